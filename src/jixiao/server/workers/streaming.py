"""Long answers, sent while their worker still writes them.

An answer of a pool is buffered in a file, so that no worker waits for a slow client. Dumps are as
long as the store and are not buffered: their worker serves nobody else, and waits for its client.
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

_PART = 256 * 1024  # bytes
_MAX_OPEN = 24  # buffered answers at the same time
_STALLED = 30  # seconds that a client may take for one part
_SECONDS = 900  # that a client may take for the whole answer, ...
_PACE = 256 * 1024  # ... and one second more for so many bytes


class DirectStream:
    """An answer that is passed on as its worker writes it."""

    def fill(
        self, first: bytes, parts: AsyncGenerator[Head | bytes], stack: AsyncExitStack
    ) -> None:
        """Begin with the part that was read already; `stack` gives the worker back."""
        self._first, self._parts, self._stack = first, parts, stack

    async def read(self) -> AsyncIterator[bytes]:
        """Yield the parts."""
        yield self._first
        async for part in self._parts:
            if isinstance(part, bytes):
                yield part

    async def close(self) -> None:
        """Give the worker back, or kill it if it still writes."""
        await self._stack.aclose()


class BufferedStream:
    """An answer that its worker writes to a temporary file, and its client reads at its own pace.

    Raises:
        Problem: "busy", if too many are open.

    """

    _open: ClassVar = set["BufferedStream"]()

    def __init__(self) -> None:
        if len(self._open) >= _MAX_OPEN:
            raise Problem("busy")
        self._open.add(self)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._size, self._complete = 0, False
        self._error: Exception | None = None
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def fill(
        self, first: bytes, parts: AsyncGenerator[Head | bytes], stack: AsyncExitStack
    ) -> None:
        """Begin with the part that was read already; `stack` gives the worker back at the end."""
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
            self._complete = True
            self._changed.set()

    def _write(self, part: bytes) -> None:
        self._file.seek(self._size)
        self._size += self._file.write(part)
        self._changed.set()

    async def read(self) -> AsyncIterator[bytes]:
        """Yield the parts; raise the worker's error, so that no client takes half for the whole."""
        position = 0
        while True:
            self._changed.clear()
            self._file.seek(position)
            if part := self._file.read(_PART):
                position += len(part)
                yield part
            elif self._complete:
                break
            else:
                await self._changed.wait()
        if self._error:
            raise self._error

    async def close(self) -> None:
        """Delete the file; a worker that still writes is killed."""
        self._open.discard(self)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._file.close()


class LongResponse(StreamingResponse):
    """Sends a long answer, and gives up on a client that does not read it."""

    def __init__(
        self, parts: BufferedStream | DirectStream, status: int, headers: Mapping[str, str]
    ) -> None:
        super().__init__(parts.read(), status, headers)
        self.parts = parts

    async def stream_response(self, send: Send) -> None:
        """Send the parts."""

        async def timed_send(message: Message) -> None:
            async with asyncio.timeout(_STALLED):
                await send(message)
            earned = len(message.get("body", b"")) / _PACE
            whole.reschedule((whole.when() or 0) + earned)

        try:
            async with asyncio.timeout(_SECONDS) as whole:
                await super().stream_response(timed_send)
        finally:
            await self.parts.close()
