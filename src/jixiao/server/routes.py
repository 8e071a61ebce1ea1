"""Which page is at which address."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from jixiao.server import i18n
from jixiao.server.pages.rendering import rendered
from jixiao.server.problems import Problem
from jixiao.server.workers.worker import Job

if TYPE_CHECKING:
    from jixiao.server.app import Endpoint, Server

_READ = ["GET", "HEAD"]
# The pages of a store: of the one that is served, and of what a visitor tries.
PAGES = {
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
    "picture/{path:path}": "picture",
}


def routes(server: "Server") -> list[BaseRoute]:
    """Return the pages of the store."""
    return [
        *(Route(f"/{path}", page(server, name), methods=_READ) for path, name in PAGES.items()),
        Route("/editor", _editor, methods=_READ),
        Route("/editor/known.json", page(server, "known"), methods=_READ),
        Route("/favicon.ico", _icon),
    ]


def page(server: "Server", name: str, *, root: str = "") -> "Endpoint":
    """Return what answers with a page."""

    async def answer(request: Request) -> Response:
        path = request.path_params.get("path", "")
        what = "answer-file" if _is_file(name, path) else name
        job = Job(
            name=what,
            path=path,
            values=parse_qs(request.url.query, keep_blank_values=True),
            lang=i18n.of(request),
            root=root,
            store=str(server.visitors.store(request)) if root else "",
        )
        asks = what in ("answer", "answer-file")
        return await server.answer(server.queries if asks else server.pages, job, request)

    return answer


def _is_file(name: str, path: str) -> bool:
    return name == "question" and path.endswith((".csv", ".png", ".svg"))


async def _editor(request: Request) -> Response:
    """Give out the editor of SPARQL."""
    lang = i18n.of(request)
    text = rendered("editor.html", lang, title="SPARQL")
    return Response(
        text, headers={"content-security-policy": EDITOR_POLICY}, media_type="text/html"
    )


async def _icon(request: Request) -> Response:
    return RedirectResponse("/static/icon.svg", 308)


def problem(of: Problem, lang: str) -> str:
    """Return a problem as a page."""
    return rendered("problem.html", lang, title=str(of.status), told=of.told(lang))


# The editor writes styles into its elements; scripts stay our own.
EDITOR_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
