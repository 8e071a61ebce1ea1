"""Long answers: kept in a file while they come, so that no worker waits for a client to read.

Dumps are as long as the store and are not kept: their worker goes at the client's pace.
"""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import ClassVar

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from jixiao.server.problems import Problem
from jixiao.server.workers.pool import Head

_PART = 256 * 1024
_AT_ONCE = 24  # long answers that are being sent
_STALLED, _SECONDS = 30, 900  # that a client may take for a part, and for all
_PACE = 256 * 1024  # bytes that give a client a second more


class Relay:
    """An answer that is handed on as it comes from its worker."""

    def fill(
        self, first: bytes, parts: AsyncGenerator[Head | bytes], stack: AsyncExitStack
    ) -> None:
        """Take an answer from its worker."""
        self._first, self._parts, self._stack = first, parts, stack

    async def read(self) -> AsyncIterator[bytes]:
        """Yield the parts."""
        yield self._first
        async for part in self._parts:
            if isinstance(part, bytes):
                yield part

    async def close(self) -> None:
        """Give the worker back, or end it."""
        await self._stack.aclose()


class Spool:
    """An answer that is written by its worker and read by its client, each at its own pace.

    Raises `Problem` where there are too many.
    """

    _open: ClassVar = set["Spool"]()

    def __init__(self) -> None:
        if len(self._open) >= _AT_ONCE:
            raise Problem("busy")
        self._open.add(self)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._size, self._ended = 0, False
        self._error: Exception | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def fill(
        self, first: bytes, parts: AsyncGenerator[Head | bytes], stack: AsyncExitStack
    ) -> None:
        """Take an answer from its worker, which is free at its end."""
        self._task = asyncio.create_task(self._fill(first, parts, stack))

    async def _fill(
        self, first: bytes, parts: AsyncGenerator[Head | bytes], stack: AsyncExitStack
    ) -> None:
        try:
            async with stack:
                self._write(first)
                async for part in parts:
                    self._write(part if isinstance(part, bytes) else b"")
        except Exception as error:
            self._error = error
        finally:
            self._ended = True
            self._news.set()

    def _write(self, part: bytes) -> None:
        self._file.seek(self._size)
        self._size += self._file.write(part)
        self._news.set()

    async def read(self) -> AsyncIterator[bytes]:
        """Yield what has come; raises what went wrong, so that half is not taken for all."""
        at = 0
        while True:
            self._news.clear()
            self._file.seek(at)
            if part := self._file.read(_PART):
                at += len(part)
                yield part
            elif self._ended:
                break
            else:
                await self._news.wait()
        if self._error:
            raise self._error

    async def close(self) -> None:
        """Forget the answer; a worker that is still at it is ended."""
        self._open.discard(self)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._file.close()


class LongResponse(StreamingResponse):
    """Sends an answer as it comes, to a client that reads it."""

    def __init__(self, parts: Spool | Relay, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(parts.read(), status, headers)
        self.parts = parts

    async def stream_response(self, send: Send) -> None:
        """Send the parts; a client that does not take them is left."""

        async def sending(message: Message) -> None:
            async with asyncio.timeout(_STALLED):
                await send(message)
            earned = len(message.get("body", b"")) / _PACE
            whole.reschedule((whole.when() or 0) + earned)

        try:
            async with asyncio.timeout(_SECONDS) as whole:
                await super().stream_response(sending)
        finally:
            await self.parts.close()
