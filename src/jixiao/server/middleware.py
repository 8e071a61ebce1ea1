"""Security headers, allowed host names, access from other websites (CORS), and error responses."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jixiao.errors import JixiaoError
from jixiao.server.i18n import language
from jixiao.server.negotiation import HTML, prefers_html
from jixiao.server.pages.rendering import render
from jixiao.server.problems import MEDIA_TYPE, Problem
from jixiao.server.settings import Settings

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
    """Adds the security headers to every response, and refuses requests to foreign host names.

    A website can point its own name at this machine (DNS rebinding); its pages then count as pages
    of this server, and could read everything. The browser sends that name in the Host header.

    Args:
        app: The application.
        hosts: The names that the server answers to; none for any.

    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                security = ((n.encode(), v.encode()) for n, v in _HEADERS.items())
                message["headers"] = [
                    *message["headers"],
                    *((n, v) for n, v in security if n not in present),
                ]
            await send(message)

        request = Request(scope)
        host = request.headers.get("host", "")
        is_allowed = not self._hosts or not host or _host_name(f"//{host}") in self._hosts
        app = self._app if is_allowed else problem_response(request, Problem("foreign-host"))
        await app(scope, receive, send_with_headers)


def allowed_hosts(listen: str, base: str) -> tuple[str, ...]:
    """Return the names that a server answers to.

    Args:
        listen: The address that it listens on.
        base: Its public address, "" if there is none.

    Returns:
        The names of a server on loopback; none (any name) for one that is behind a proxy.

    """
    if listen not in _LOOPBACK:
        return ()
    return (*_LOOPBACK, *([_host_name(base)] if base else []))


def _host_name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


def response_middleware(settings: Settings) -> list[Middleware]:
    """Return the middleware of Starlette: access from other websites (CORS), and compression.

    A browser on this machine reaches a loopback server from any website's page. Without the CORS
    header it keeps the answers, and so an unpublished store, from that page.
    """
    origins = settings.origins
    if origins is None:
        origins = ("*",) if is_public(settings.base) else ()
    cors = Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "Content-Location", "Retry-After"],
    )
    compression = Middleware(GZipMiddleware, minimum_size=2048, compresslevel=5)
    return [cors, compression] if origins else [compression]


def is_public(base: str) -> bool:
    """Tell whether an address is one that other machines use: there is one, and no loopback."""
    name = _host_name(base)
    if not name or name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        return not ip_address(name).is_loopback
    except ValueError:
        return True


async def error_response(request: Request, error: Exception) -> Response:
    """Return the response to an error: a page for a browser, else `application/problem+json`."""
    if isinstance(error, Problem):
        problem = error
    elif isinstance(error, JixiaoError):
        problem = Problem("unavailable")
    elif isinstance(error, HTTPException):
        code = _CODES.get(error.status_code, "bad-request")
        problem = Problem(code, what=request.url.path, limit="—", reason=error.detail)
    else:
        problem = Problem("fault")
    return problem_response(request, problem, getattr(error, "headers", None) or {})


def problem_response(
    request: Request, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response to a problem: a page for a browser, else `application/problem+json`."""
    lang, named = language(request), dict(headers or {})
    if problem.status == 503:
        named["retry-after"] = "5"
    if prefers_html(request.headers.get("accept", "")):
        page = render("problem.html", lang, title=str(problem.status), reason=problem.text(lang))
        return Response(page, problem.status, named, f"{HTML}; charset=utf-8")
    return Response(problem.to_json(lang), problem.status, named, MEDIA_TYPE)
