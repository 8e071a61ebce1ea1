"""Runs trials: each in a process of its own, ended with all that it started."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from jixiao.server.uploads.trial import Step

SECONDS, MEMORY = 120, 3 * 2**30
_AT_ONCE = 2


class Trials:
    """So many trials at once; the others wait for their turn."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def run(self, file: Path, store: Path, tell: Callable[[Step], None]) -> None:
        """Read a file into a store, and tell each step; the last one says how it ended."""
        last = Step(step="died")

        def follow(step: Step) -> None:
            nonlocal last
            last = step
            tell(step)

        async with self._turn:
            try:
                await asyncio.wait_for(_followed(file, store, follow), SECONDS)
            except TimeoutError:
                follow(Step(step="too-slow"))
        if not last.ended:
            tell(Step(step="died"))


async def _followed(file: Path, store: Path, tell: Callable[[Step], None]) -> None:
    words = [
        sys.executable,
        "-m",
        "jixiao.server.uploads.trial",
        str(file),
        str(store),
        str(MEMORY),
    ]
    async with _process(words) as process:
        if process.stdout is None:
            return
        async for line in process.stdout:
            with suppress(msgspec.DecodeError):
                tell(msgspec.json.decode(line, type=Step))
        await process.wait()


@asynccontextmanager
async def _process(words: list[str]) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Start a process that leads a group; in the end nobody of the group is left.

    It ends too when its input does, so that it does not outlive a server that was killed.
    """
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, PermissionError):
            _kill_group(process)
        await process.wait()


def _kill_group(process: asyncio.subprocess.Process) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
