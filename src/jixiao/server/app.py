"""The ASGI application: what is asked at which address, and which worker job answers it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from urllib.parse import parse_qs, quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from jixiao.errors import JixiaoError
from jixiao.server import i18n
from jixiao.server import routes as pages
from jixiao.server.edition import edition
from jixiao.server.limits import Limits
from jixiao.server.middleware import SecurityMiddleware, is_public, told
from jixiao.server.negotiation import SUFFIXES, likes_pages
from jixiao.server.problems import Problem
from jixiao.server.sparql import protocol
from jixiao.server.uploads.routes import Visitors
from jixiao.server.workers.pool import Head, OneShotPool, Pool
from jixiao.server.workers.spool import LongResponse, Relay, Spool
from jixiao.server.workers.worker import Job
from jixiao.store.versions import published, stamp

_READ = ["GET", "HEAD"]
_ASKING = [*_READ, "POST", "OPTIONS"]
_BUFFERED = 2**20  # bytes of an answer that are kept back, so that its status can be right
_BODY = 2**20  # bytes of a query
Endpoint = Callable[[Request], Awaitable[Response]]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a server serves, and how: `base` is its address as others see it, if it is known.

    `origins` are the websites whose pages may read its answers, "*" for all; None for all where
    `base` is a public address, else for none.

    Queries and pages have workers of their own, so that none waits for the other; each dump has
    one for itself.
    """

    store: Path
    base: str = ""
    publisher: str = "jixiao"
    allow_import: bool = False
    origins: tuple[str, ...] | None = None
    queries: Limits = Limits()
    pages: Limits = Limits(seconds=10, waiting=64)
    dumps: Limits = Limits(seconds=3600, size=2**42, workers=4, patience=30)


class Server:
    """The application's state: the workers, and the visitors' own stores."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.queries = Pool(settings.store, settings.queries)
        self.pages = Pool(settings.store, settings.pages)
        self.dumps = OneShotPool(settings.store, settings.dumps)
        self.visitors = Visitors(settings)
        self._token = (0, "")

    @asynccontextmanager
    async def running(self, app: Starlette) -> AsyncGenerator[None]:
        """Start the workers, and end them with the server."""
        self.visitors.start()
        await asyncio.gather(self.queries.start(), self.pages.start())
        try:
            yield
        finally:
            self.queries.stop()
            self.pages.stop()
            await self.visitors.stop()

    def base(self, request: Request) -> str:
        """Return the address of the server, without a slash."""
        return self.settings.base.rstrip("/") or str(request.base_url).rstrip("/")

    def token(self) -> str:
        """Return what is another one for each version of the store."""
        seen = stamp(self.settings.store)
        if seen != self._token[0]:
            self._token = seen, published(self.settings.store).token
        return self._token[1]

    async def answer(self, pool: Pool | OneShotPool, job: Job, request: Request) -> Response:
        """Have a worker do a job; what is asked again is not done again where it is known."""
        tag = self.tag(job) if request.method in _READ and not job.store else ""
        if tag and tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=self._kept(tag))
        response = await _while_connected(_answered(pool, job), request)
        if request.method == "HEAD" and isinstance(response, LongResponse):
            await response.parts.close()
            response = Response(None, response.status_code, response.headers)
        if job.store:  # a visitor's own
            response.headers["cache-control"] = "private, no-store"
        if tag and response.status_code == 200:
            for name, value in self._kept(tag).items():
                response.headers.setdefault(name, value)
        return response

    def tag(self, job: Job) -> str:
        """Return what is another one where the answer may be."""
        said = msgspec.json.encode(job) + self.token().encode() + edition().encode()
        return f'W/"{hashlib.sha256(said).hexdigest()[:24]}"'

    def _kept(self, tag: str) -> dict[str, str]:
        return {
            "etag": tag,
            "cache-control": "no-cache",
            "vary": "Accept, Accept-Language, Cookie, Accept-Encoding",
        }


async def _answered(pool: Pool | OneShotPool, job: Job) -> Response:
    """Return the answer of a worker: whole where it is small, else as it comes.

    A worker that others wait for does not wait for its client.
    """
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(pool.worker())
        parts = worker.answer(job)
        head = await anext(parts)
        if not isinstance(head, Head):
            raise Problem("died")
        first = bytearray()
        async for part in parts:
            first += part if isinstance(part, bytes) else b""
            if len(first) > _BUFFERED:
                long = Spool() if isinstance(pool, Pool) else Relay()
                long.fill(bytes(first), parts, stack.pop_all())
                return LongResponse(long, head.status, head.headers)
        return Response(bytes(first), head.status, head.headers)


async def _while_connected(work: Awaitable[Response], request: Request) -> Response:
    """Wait for an answer, and give up where the client has gone: its worker is ended."""
    answering = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering
            return Response(status_code=499)
        return answering.result()
    finally:
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def application(settings: Settings, known_as: tuple[str, ...] = ()) -> ASGIApp:
    """Return the application that serves a store; raises `StoreError` where there is none.

    It may be called by the names `known_as`, by any where there are none.
    """
    published(settings.store)
    server = Server(settings)
    app = Starlette(
        routes=_routes(server),
        lifespan=server.running,
        exception_handlers=dict.fromkeys((Problem, HTTPException, JixiaoError, Exception), told),
        middleware=[
            *_sharing(settings),
            Middleware(GZipMiddleware, minimum_size=2048, compresslevel=5),
        ],
    )
    app.router.redirect_slashes = False
    return SecurityMiddleware(app, known_as)


def _sharing(settings: Settings) -> list[Middleware]:
    """Return what lets pages of other websites read the answers (CORS), if any may.

    A browser on this machine reaches a loopback server from any website's page. Without this header
    it keeps the answers, and so an unpublished store, from that page.
    """
    origins = settings.origins
    if origins is None:
        origins = ("*",) if is_public(settings.base) else ()
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=_ASKING,
            allow_headers=["*"],
            expose_headers=["ETag", "Link", "Content-Location", "Retry-After"],
        )
    ]


def _routes(server: Server) -> list[BaseRoute]:
    with as_file(files("jixiao.server") / "static") as static:
        assets = StaticFiles(directory=static)
    return [
        Mount("/static", assets),
        Route("/sparql", _sparql(server), methods=_ASKING),
        Route("/sparql/", _sparql(server), methods=_ASKING),
        Route("/graph-store", _graph_store(server), methods=_READ),
        Route("/.well-known/void", _described(server), methods=_READ),
        Route("/catalog", _described(server), methods=_READ),
        Route("/dump/{path}", _whole(server), methods=_READ),
        Route("/data/{path:path}", _data(server), methods=_READ),
        Route("/language/{lang}", i18n.choose, methods=["GET"]),
        *server.visitors.routes(server),
        *pages.routes(server),
        *(
            Route(f"/{kind}{{path:path}}", _thing(kind), methods=_READ)
            for kind in ("id/", "code/", "query/", "graph/", "ns", "dimension", "shapes")
        ),
    ]


def _sparql(server: Server) -> Endpoint:
    async def sparql(request: Request) -> Response:
        """Answer a query (SPARQL 1.1 Protocol), or describe the service."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"allow": ", ".join(_ASKING)})
        media_type = request.headers.get("content-type", "")
        asked = protocol.asked(request.method, request.url.query, media_type, await _body(request))
        accept = _accept(request)
        if asked is None:
            if likes_pages(accept):
                return RedirectResponse("/editor", 303)
            job = Job(name="service", accept=accept, base=server.base(request))
            return await server.answer(server.pages, job, request)
        values = {"query": [asked.text]}
        if asked.default is not None and asked.named is not None:
            values |= {"dataset": ["given"], "default": asked.default, "named": asked.named}
        job = Job(name="sparql", accept=accept, base=server.base(request) + "/", values=values)
        return await server.answer(server.queries, job, request)

    return sparql


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > _BODY:
            raise Problem("body-too-long", limit=_BODY)
    return bytes(content)


def _accept(request: Request) -> str:
    """Return what the client accepts; a link can say so by `format`."""
    asked = request.query_params.get("format", "")
    known = {
        **SUFFIXES,
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
    }
    return known.get(asked) or ", ".join(request.headers.getlist("accept")) or "*/*"


def _graph_store(server: Server) -> Endpoint:
    async def graph_store(request: Request) -> Response:
        """Give out a graph (Graph Store HTTP Protocol)."""
        values = parse_qs(request.url.query, keep_blank_values=True)
        names = values.get("graph", [])
        if len(names) + ("default" in values) != 1:
            raise Problem("one-graph")
        job = Job(
            name="graph",
            path=names[0] if names else "",
            accept=_accept(request),
            values={"default": ["default"]} if not names else {},
        )
        pool = server.queries if names else server.dumps
        return await server.answer(pool, job, request)

    return graph_store


def _described(server: Server) -> Endpoint:
    async def described(request: Request) -> Response:
        """Describe the data (DCAT, VoID)."""
        values = {"publisher": [server.settings.publisher]}
        accept, base = _accept(request), server.base(request)
        job = Job(
            name="described",
            accept="text/turtle" if likes_pages(accept) else accept,
            base=base,
            values=values,
        )
        return await server.answer(server.queries, job, request)

    return described


def _whole(server: Server) -> Endpoint:
    async def whole(request: Request) -> Response:
        """Give out the whole graph."""
        path = request.path_params["path"]
        if path not in ("jixiao.trig", "jixiao.nq"):
            raise Problem("not-found", what=path)
        return await server.answer(server.dumps, Job(name="whole", path=path), request)

    return whole


def _data(server: Server) -> Endpoint:
    async def data(request: Request) -> Response:
        """Give out what is said of a thing; a suffix says in which format."""
        path, dot, suffix = request.path_params["path"].rpartition(".")
        if not dot or suffix not in SUFFIXES:
            path, suffix = request.path_params["path"], ""
        accept = SUFFIXES.get(suffix) or _accept(request)
        job = Job(
            name="thing-data", path=path, accept="text/turtle" if likes_pages(accept) else accept
        )
        return await server.answer(server.pages, job, request)

    return data


def _thing(kind: str) -> Endpoint:
    async def thing(request: Request) -> Response:
        """Send a client on from a thing to its page, or to its data."""
        path = quote(kind + request.path_params["path"])
        page = likes_pages(_accept(request))
        vary = {"vary": "Accept"}
        return RedirectResponse(f"/{'page' if page else 'data'}/{path}", 303, vary)

    return thing
