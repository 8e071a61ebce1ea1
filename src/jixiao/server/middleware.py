"""What stands before all pages: who may ask, what every answer says, and how problems are told."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jixiao.errors import JixiaoError
from jixiao.server import i18n, problems, routes
from jixiao.server.negotiation import HTML, likes_pages
from jixiao.server.problems import Problem

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CODES = {404: "not-found", 405: "method", 413: "body-too-long"}


class SecurityMiddleware:
    """Puts on every answer what keeps a page to itself; asks back who calls it by a foreign name.

    A page elsewhere whose name is made to mean this machine (DNS rebinding) calls it by that name.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                fresh = ((n.encode(), v.encode()) for n, v in _HEADERS.items())
                message["headers"] = [
                    *message["headers"],
                    *((n, v) for n, v in fresh if n not in known),
                ]
            await send(message)

        request = Request(scope)
        app = self._app if self._knows(request) else _told(request, Problem("foreign-host"))
        await app(scope, receive, sending)

    def _knows(self, request: Request) -> bool:
        host = request.headers.get("host", "")
        return not self._hosts or not host or _name(f"//{host}") in self._hosts


def hosts(listens: str, base: str) -> tuple[str, ...]:
    """Return the names that a server may be called by; none stands for any."""
    if listens not in _LOOPBACK:
        return ()
    return (*_LOOPBACK, *([_name(base)] if base else []))


def is_public(base: str) -> bool:
    """Tell whether an address is one that other machines use: there is one, and no loopback."""
    name = _name(base)
    if not name or name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        return not ip_address(name).is_loopback
    except ValueError:
        return True


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


async def told(request: Request, error: Exception) -> Response:
    """Tell what went wrong: as a page to a browser, else as problem+json."""
    return _told(request, _problem(request, error), getattr(error, "headers", None) or {})


def _problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, JixiaoError):
        return Problem("unavailable")
    if not isinstance(error, HTTPException):
        return Problem("fault")
    code = _CODES.get(error.status_code, "bad-request")
    return Problem(code, what=request.url.path, limit="—", reason=error.detail)


def _told(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    lang, named = i18n.of(request), dict(headers or {})
    if problem.status == 503:
        named["retry-after"] = "5"
    if likes_pages(request.headers.get("accept", "")):
        page = routes.problem(problem, lang)
        return Response(page, problem.status, named, f"{HTML}; charset=utf-8")
    return Response(problem.body(lang), problem.status, named, problems.TYPE)
