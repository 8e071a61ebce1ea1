"""Sends jobs to the worker pools and turns what they answer into responses."""

import asyncio
import hashlib
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from jixiao.pipeline.starting import preload
from jixiao.server.edition import edition
from jixiao.server.job import Job
from jixiao.server.problems import Problem
from jixiao.server.settings import Settings
from jixiao.server.workers.jobs import worker_main
from jixiao.server.workers.pool import Head, OneShotPool, Pool
from jixiao.server.workers.streaming import BufferedStream, DirectStream, LongResponse
from jixiao.store.versions import published, stamp

# Bytes of an answer that are held back: an error within them still gets the right status.
_HELD_BACK = 2**20
# Seconds within which a worker may end its job after the client has left. Another opens the store
# anew, most jobs take milliseconds, and visitors who click twice leave all the time.
_GRACE = 0.5


class Dispatcher:
    """The worker pools of a server: for queries, for pages, for dumps."""

    def __init__(self, settings: Settings) -> None:
        self._store = settings.store
        self.queries = Pool(settings.store, settings.queries, worker_main)
        self.pages = Pool(settings.store, settings.pages, worker_main)
        self.dumps = OneShotPool(settings.store, settings.dumps, worker_main)
        self._token = (0, "")

    async def start(self) -> None:
        """Start the workers."""
        preload("jixiao.server.workers.preloaded")
        await asyncio.gather(self.queries.start(), self.pages.start())

    def stop(self) -> None:
        """Kill the workers."""
        self.queries.stop()
        self.pages.stop()

    async def answer(self, pool: Pool | OneShotPool, job: Job, request: Request) -> Response:
        """Have a worker of a pool do a job, and return its answer.

        A browser that already has the answer (If-None-Match) is told so without a worker.

        Raises:
            Problem: The job cannot be done, or no worker is free.

        """
        is_read = request.method in ("GET", "HEAD")
        tag = self.etag(job) if is_read and not job.store else ""
        if tag and tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=_caching(tag))
        response = await _while_connected(_response(pool, job), request)
        if request.method == "HEAD" and isinstance(response, LongResponse):
            await response.parts.close()
            response = Response(None, response.status_code, response.headers)
        if job.store:  # a visitor's own upload
            response.headers["cache-control"] = "private, no-store"
        if tag and response.status_code == 200:
            for name, value in _caching(tag).items():
                response.headers.setdefault(name, value)
        return response

    def etag(self, job: Job) -> str:
        """Return the ETag of a job's answer: of the job, the version of the store, the program."""
        content = msgspec.json.encode(job) + self._version().encode() + edition().encode()
        return f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'

    def _version(self) -> str:
        """Return the token of the version of the store that was published last."""
        current = stamp(self._store)
        if current != self._token[0]:
            self._token = current, published(self._store).token
        return self._token[1]


def _caching(tag: str) -> dict[str, str]:
    return {
        "etag": tag,
        "cache-control": "no-cache",
        "vary": "Accept, Accept-Language, Cookie, Accept-Encoding",
    }


async def _response(pool: Pool | OneShotPool, job: Job) -> Response:
    """Return the answer of a worker: a short one whole, a long one as a stream."""
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(pool.worker())
        parts = worker.answer(job)
        head = await anext(parts)
        if not isinstance(head, Head):
            raise Problem("died")
        first = bytearray()
        async for part in parts:
            first += part if isinstance(part, bytes) else b""
            if len(first) > _HELD_BACK:
                stream = BufferedStream() if isinstance(pool, Pool) else DirectStream()
                stream.fill(bytes(first), parts, stack.pop_all())
                return LongResponse(stream, head.status, head.headers)
        return Response(bytes(first), head.status, head.headers)


async def _while_connected(work: Awaitable[Response], request: Request) -> Response:
    """Wait for an answer; if the client disconnects, cancel it soon, which kills its worker."""
    answering = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            return answering.result()
        await asyncio.wait({answering}, timeout=_GRACE)
        answering.cancel()
        with suppress(asyncio.CancelledError, Problem):
            response = await answering
            if isinstance(response, LongResponse):
                await response.parts.close()
        return Response(status_code=499)  # nginx's code for "client closed request"
    finally:
        leaving.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
