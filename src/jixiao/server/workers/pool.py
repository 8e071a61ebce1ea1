"""Worker processes that answer requests; one that takes too long, or dies, is replaced.

No query engine that runs in this process could be stopped: a process can.
"""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec

from jixiao.server.limits import Limits
from jixiao.server.problems import Problem
from jixiao.server.workers import worker
from jixiao.server.workers.frames import CHUNK, END, FAULT, HEAD, HEADER


class Head(msgspec.Struct):
    """The first part of an answer."""

    status: int
    headers: dict[str, str]


class Worker:
    """One process, and the connection to it."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self.at_rest = True

    async def start(self) -> "Worker":
        """Start the process."""
        here, there = socket.socketpair()
        here.setblocking(False)
        arguments = (there, self._store, self._limits)
        self.process = get_context("spawn").Process(target=worker.main, args=arguments, daemon=True)
        await asyncio.to_thread(self.process.start)
        there.close()
        self._reader, self._writer = await asyncio.open_connection(sock=here)
        return self

    async def answer(self, job: worker.Job) -> AsyncGenerator[Head | bytes]:
        """Yield the head of an answer and its parts; raises `Problem`.

        The time that the client takes to read is not the work's.
        """
        self.at_rest, left = False, self._limits.seconds
        request = msgspec.json.encode(job)
        self._writer.write(HEADER.pack(HEAD, len(request)) + request)
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                kind, content = await asyncio.wait_for(self._frame(), left)
            except TimeoutError:
                raise Problem("too-slow", seconds=f"{self._limits.seconds:g}") from None
            except (asyncio.IncompleteReadError, OSError):
                raise Problem("died") from None
            left -= clock() - began
            if kind == END:
                self.at_rest = True
                return
            if kind == FAULT:
                self.at_rest = True
                fault: dict[str, Any] = msgspec.json.decode(content)
                raise Problem(fault.pop("code"), **fault)
            yield content if kind == CHUNK else msgspec.json.decode(content, type=Head)

    async def _frame(self) -> tuple[bytes, bytes]:
        kind, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
        return kind, await self._reader.readexactly(length)

    def kill(self) -> None:
        """End the process, whatever it does."""
        with suppress(AttributeError):  # it never started
            self.process.kill()
            self._writer.close()


class Pool:
    """So many workers, and so many requests that may wait for one."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._idle = asyncio.Queue[Worker]()
        self._all, self._tasks, self._waiting = set[Worker](), set[asyncio.Task[None]](), 0

    async def start(self) -> None:
        """Start the workers."""
        await asyncio.gather(*(self._add() for _ in range(self._limits.workers)))

    def stop(self) -> None:
        """End the workers."""
        for each in self._all:
            each.kill()

    async def _add(self) -> None:
        fresh = await Worker(self._store, self._limits).start()
        self._all.add(fresh)
        self._idle.put_nowait(fresh)

    async def _replace(self, ended: Worker) -> None:
        await asyncio.to_thread(ended.process.join)
        await self._add()

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker]:
        """Lend a worker; raises `Problem` where too many wait."""
        held = await self._next()
        try:
            yield held
        finally:
            if held.at_rest and held.process.is_alive():
                self._idle.put_nowait(held)
            else:
                held.kill()
                self._all.discard(held)
                task = asyncio.create_task(self._replace(held))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _next(self) -> Worker:
        if self._idle.empty() and self._waiting >= self._limits.waiting:
            raise Problem("busy")
        self._waiting += 1
        try:
            return await asyncio.wait_for(self._idle.get(), self._limits.patience)
        except TimeoutError:
            raise Problem("busy") from None
        finally:
            self._waiting -= 1


class OneShotPool:
    """Workers that are started for one request each, so many at once; none waits for the next."""

    def __init__(self, store: Path, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._turns = asyncio.Semaphore(limits.workers)

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker]:
        """Start a worker and end it; raises `Problem` where too many are at work for long."""
        try:
            await asyncio.wait_for(self._turns.acquire(), self._limits.patience)
        except TimeoutError:
            raise Problem("busy") from None
        try:
            started = await Worker(self._store, self._limits).start()
            try:
                yield started
            finally:
                started.kill()
                # Not awaited: where the client has left, nothing can be.
                threading.Thread(target=started.process.join, daemon=True).start()
        finally:
            self._turns.release()
