"""All addresses of the server, and the job that answers each."""

from collections.abc import Awaitable, Callable
from importlib.resources import as_file, files
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from jixiao.server.i18n import language, set_language
from jixiao.server.job import Job
from jixiao.server.negotiation import SUFFIXES, prefers_html
from jixiao.server.pages.rendering import render
from jixiao.server.problems import Problem
from jixiao.server.settings import Settings
from jixiao.server.sparql.protocol import parse_request
from jixiao.server.uploads.pages import UploadPages
from jixiao.server.workers.dispatcher import Dispatcher

Endpoint = Callable[[Request], Awaitable[Response]]
_READ = ["GET", "HEAD"]
_SPARQL_METHODS = [*_READ, "POST", "OPTIONS"]
_MAX_QUERY = 2**20  # bytes of a request's body
# The pages of a store, with their jobs: of the served store, and below /try of a visitor's upload.
_PAGES = {
    "": "overview",
    "departments": "departments",
    "search": "search",
    "rules": "rules",
    "rule/{path}": "rule",
    "page/{path:path}": "thing",
    "printed/{path:path}": "printed",
    "questions": "questions",
    "question/{path}": "question",
    "answer/{path}": "answer",
    "compare": "compare",
    "picture/{path:path}": "page-image",
}
# The IRIs of things begin so.
_THINGS = ("id/", "code/", "query/", "graph/", "ns", "dimension", "shapes")
# The editor writes styles into its elements; scripts come from this server only, as everywhere.
EDITOR_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def routes(settings: Settings, dispatcher: Dispatcher, uploads: UploadPages) -> list[BaseRoute]:
    """Return all routes of the server."""
    data = _DataEndpoints(settings, dispatcher)
    with as_file(files("jixiao.server") / "static") as static:
        assets = StaticFiles(directory=static)

    def page(job_name: str, root: str = "") -> Endpoint:
        return _page(dispatcher, uploads, job_name, root)

    return [
        Mount("/static", assets),
        Route("/favicon.ico", _icon),
        Route("/language/{lang}", set_language, methods=["GET"]),
        # SPARQL and linked data
        Route("/sparql", data.sparql, methods=_SPARQL_METHODS),
        Route("/sparql/", data.sparql, methods=_SPARQL_METHODS),
        Route("/graph-store", data.graph_store, methods=_READ),
        Route("/.well-known/void", data.catalogue, methods=_READ),
        Route("/catalog", data.catalogue, methods=_READ),
        Route("/dump/{path}", data.dump, methods=_READ),
        Route("/data/{path:path}", data.resource, methods=_READ),
        *(Route(f"/{kind}{{path:path}}", _thing(kind), methods=_READ) for kind in _THINGS),
        # uploads
        Route("/try", uploads.page, methods=["GET"]),
        Route("/try", uploads.receive, methods=["POST"]),
        Route("/try/status", uploads.status, methods=["GET"]),
        Route("/try/import", uploads.import_file, methods=["POST"]),
        Route("/try/end", uploads.end, methods=["POST"]),
        *(
            Route(f"/try/{path}", page(job_name, "/try"), methods=["GET"])
            for path, job_name in _PAGES.items()
            if path
        ),
        # pages
        *(Route(f"/{path}", page(job_name), methods=_READ) for path, job_name in _PAGES.items()),
        Route("/editor", _editor, methods=_READ),
        Route("/editor/terms.json", page("editor-terms"), methods=_READ),
    ]


def _page(dispatcher: Dispatcher, uploads: UploadPages, job_name: str, root: str) -> Endpoint:
    """Return the endpoint of a page of the served store, or with a `root` of a visitor's upload."""

    async def page(request: Request) -> Response:
        path = request.path_params.get("path", "")
        is_file = job_name == "question" and path.endswith((".csv", ".png", ".svg"))
        job = Job(
            name="answer-file" if is_file else job_name,
            path=path,
            values=parse_qs(request.url.query, keep_blank_values=True),
            lang=language(request),
            root=root,
            store=str(uploads.store(request)) if root else "",
        )
        runs_query = job.name in ("answer", "answer-file")
        pool = dispatcher.queries if runs_query else dispatcher.pages
        return await dispatcher.answer(pool, job, request)

    return page


async def _editor(request: Request) -> Response:
    """Return the page of the SPARQL editor."""
    html = render("editor.html", language(request), title="SPARQL")
    headers = {"content-security-policy": EDITOR_POLICY}
    return Response(html, headers=headers, media_type="text/html")


async def _icon(request: Request) -> Response:
    return RedirectResponse("/static/icon.svg", 308)


def _thing(prefix: str) -> Endpoint:
    async def thing(request: Request) -> Response:
        """Redirect from the IRI of a thing to its page or its data (303, as linked data asks)."""
        path = quote(prefix + request.path_params["path"])
        kind = "page" if prefers_html(_accept(request)) else "data"
        return RedirectResponse(f"/{kind}/{path}", 303, {"vary": "Accept"})

    return thing


class _DataEndpoints:
    """The endpoints that answer with RDF or with rows."""

    def __init__(self, settings: Settings, dispatcher: Dispatcher) -> None:
        self._settings, self._dispatcher = settings, dispatcher

    async def sparql(self, request: Request) -> Response:
        """Answer a query (SPARQL 1.1 Protocol); without one, describe the service."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"allow": ", ".join(_SPARQL_METHODS)})
        media_type = request.headers.get("content-type", "")
        body = await _body(request)
        query = parse_request(request.method, request.url.query, media_type, body)
        accept, base = _accept(request), self._base(request)
        if query is None and prefers_html(accept):
            return RedirectResponse("/editor", 303)
        if query is None:
            job = Job(name="service", accept=accept, base=base)
            return await self._dispatcher.answer(self._dispatcher.pages, job, request)
        values = {"query": [query.text]}
        if query.default is not None and query.named is not None:
            values |= {"dataset": ["given"], "default": query.default, "named": query.named}
        job = Job(name="sparql", accept=accept, base=f"{base}/", values=values)
        return await self._dispatcher.answer(self._dispatcher.queries, job, request)

    async def graph_store(self, request: Request) -> Response:
        """Send a graph (SPARQL 1.1 Graph Store HTTP Protocol)."""
        values = parse_qs(request.url.query, keep_blank_values=True)
        names = values.get("graph", [])
        if len(names) + ("default" in values) != 1:
            raise Problem("one-graph")
        job = Job(
            name="graph",
            path=names[0] if names else "",
            accept=_accept(request),
            values={} if names else {"default": ["default"]},
        )
        # The default graph is the union of all: it is as long as a dump.
        pool = self._dispatcher.queries if names else self._dispatcher.dumps
        return await self._dispatcher.answer(pool, job, request)

    async def catalogue(self, request: Request) -> Response:
        """Describe the data (DCAT, VoID)."""
        job = Job(
            name="catalogue",
            accept=_accept_data(request),
            base=self._base(request),
            values={"publisher": [self._settings.publisher]},
        )
        return await self._dispatcher.answer(self._dispatcher.queries, job, request)

    async def dump(self, request: Request) -> Response:
        """Send the whole store."""
        path = request.path_params["path"]
        if path not in ("jixiao.trig", "jixiao.nq"):
            raise Problem("not-found", what=path)
        job = Job(name="dump", path=path)
        return await self._dispatcher.answer(self._dispatcher.dumps, job, request)

    async def resource(self, request: Request) -> Response:
        """Send the triples of a thing; a suffix of the path overrides the Accept header."""
        path, dot, suffix = request.path_params["path"].rpartition(".")
        if not dot or suffix not in SUFFIXES:
            path, suffix = request.path_params["path"], ""
        job = Job(name="resource", path=path, accept=SUFFIXES.get(suffix) or _accept_data(request))
        return await self._dispatcher.answer(self._dispatcher.pages, job, request)

    def _base(self, request: Request) -> str:
        """Return the address of the server, without a slash at the end."""
        return self._settings.base.rstrip("/") or str(request.base_url).rstrip("/")


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > _MAX_QUERY:
            raise Problem("body-too-long", limit=_MAX_QUERY)
    return bytes(content)


def _accept(request: Request) -> str:
    """Return what the client accepts; `?format=` overrides the header, so that links can choose."""
    formats = {
        **SUFFIXES,
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
    }
    chosen = formats.get(request.query_params.get("format", ""))
    return chosen or ", ".join(request.headers.getlist("accept")) or "*/*"


def _accept_data(request: Request) -> str:
    """Return what the client accepts; a browser, which accepts pages only, gets Turtle."""
    accept = _accept(request)
    return "text/turtle" if prefers_html(accept) else accept
