"""Pools of worker processes; a worker that takes too long, or dies, is replaced.

A query engine that runs in this process could not be stopped. A process can be killed.
"""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from jixiao.logs import LogSettings, current
from jixiao.pipeline.process_limits import failure
from jixiao.pipeline.starting import process
from jixiao.server.job import Job
from jixiao.server.problems import Problem
from jixiao.server.settings import Limits
from jixiao.server.workers.framing import CHUNK, END, ERROR, HEAD, HEADER

WorkerMain = Callable[[socket.socket, Path, Limits, LogSettings], None]


class Head(msgspec.Struct):
    """The first part of an answer."""

    status: int
    headers: dict[str, str]


class Worker:
    """One worker process and the connection to it.

    Attributes:
        idle: Whether the last job has ended, so that the worker can take another.

    """

    def __init__(self, store: Path, limits: Limits, main: WorkerMain) -> None:
        self._store, self._limits, self._main = store, limits, main
        self.idle = True

    async def start(self) -> None:
        """Start the process, and wait until it has opened the store."""
        server_end, worker_end = socket.socketpair()
        server_end.setblocking(False)
        arguments = (worker_end, self._store, self._limits, current())
        self.process = process(self._main, *arguments)
        await asyncio.to_thread(self.process.start)
        worker_end.close()
        self._reader, self._writer = await asyncio.open_connection(sock=server_end)
        with suppress(asyncio.IncompleteReadError, OSError):  # it died: its first job will say so
            await self._frame()

    async def answer(self, job: Job) -> AsyncGenerator[Head | bytes]:
        """Yield the head of an answer, then the parts of its content.

        Only the worker's time counts against the limit, not the time that the client takes to read.

        Raises:
            Problem: The worker reported it, took too long ("too-slow") or died ("died").

        """
        self.idle, left = False, self._limits.seconds
        request = msgspec.json.encode(job)
        self._writer.write(HEADER.pack(HEAD, len(request)) + request)
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                kind, content = await asyncio.wait_for(self._frame(), left)
            except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
                code = failure(error) or "died"
                raise Problem(code, seconds=f"{self._limits.seconds:g}") from None
            left -= clock() - began
            if kind == END:
                self.idle = True
                return
            if kind == ERROR:
                self.idle = True
                problem: dict[str, Any] = msgspec.json.decode(content)
                raise Problem(problem.pop("code"), **problem)
            yield content if kind == CHUNK else msgspec.json.decode(content, type=Head)

    async def _frame(self) -> tuple[bytes, bytes]:
        kind, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
        return kind, await self._reader.readexactly(length)

    def kill(self) -> None:
        """Kill the process."""
        with suppress(AttributeError):  # it never started
            self.process.kill()
            self._writer.close()

    def join(self) -> None:
        """Wait until the process has ended, so that the system forgets it."""
        with suppress(AttributeError):  # it never started
            self.process.join()


class Pool:
    """A fixed number of workers, and a limited number of requests that may wait for one."""

    def __init__(self, store: Path, limits: Limits, main: WorkerMain) -> None:
        self._store, self._limits, self._main = store, limits, main
        self._idle = asyncio.Queue[Worker]()
        self._all, self._tasks = set[Worker](), set[asyncio.Task[None]]()
        self._waiting = self._starting = 0

    async def start(self) -> None:
        """Start the workers."""
        await asyncio.gather(*(self._add() for _ in range(self._limits.workers)))

    def stop(self) -> None:
        """Kill the workers."""
        for worker in self._all:
            worker.kill()

    async def _add(self) -> None:
        worker = Worker(self._store, self._limits, self._main)
        self._all.add(worker)  # before it starts, so that `stop` kills it too
        self._starting += 1
        try:
            await worker.start()
        finally:
            self._starting -= 1
        self._idle.put_nowait(worker)

    async def _replace(self, dead: Worker) -> None:
        await asyncio.to_thread(dead.join)
        await self._add()

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker]:
        """Lend a worker; it is killed and replaced unless its job has ended.

        Raises:
            Problem: "busy", if too many requests wait, or none of the workers became idle in time.

        """
        if self._idle.empty() and self._waiting >= self._limits.waiting:
            raise Problem("busy")
        self._waiting += 1
        try:
            worker = await self._next()
        finally:
            self._waiting -= 1
        try:
            yield worker
        finally:
            if worker.idle and worker.process.is_alive():
                self._idle.put_nowait(worker)
            else:
                worker.kill()
                self._all.discard(worker)
                # asyncio itself refers to tasks weakly: without the set they could be collected.
                task = asyncio.create_task(self._replace(worker))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _next(self) -> Worker:
        while True:
            try:
                return await asyncio.wait_for(self._idle.get(), self._limits.patience)
            except TimeoutError:
                # A worker that starts is soon ready, however slow the machine: it is waited for.
                if not self._starting:
                    raise Problem("busy") from None


class OneShotPool:
    """Workers that are started for one request each, a limited number at the same time."""

    def __init__(self, store: Path, limits: Limits, main: WorkerMain) -> None:
        self._store, self._limits, self._main = store, limits, main
        self._slots = asyncio.Semaphore(limits.workers)

    @asynccontextmanager
    async def worker(self) -> AsyncGenerator[Worker]:
        """Start a worker, and kill it at the end.

        Raises:
            Problem: "busy", if too many are at work.

        """
        try:
            await asyncio.wait_for(self._slots.acquire(), self._limits.patience)
        except TimeoutError:
            raise Problem("busy") from None
        try:
            worker = Worker(self._store, self._limits, self._main)
            try:
                await worker.start()
                yield worker
            finally:
                worker.kill()
                # In a thread: if the client has left, this task is cancelled and cannot await.
                threading.Thread(target=worker.join, daemon=True).start()
        finally:
            self._slots.release()
