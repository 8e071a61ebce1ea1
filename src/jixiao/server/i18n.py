"""The language of a page: the visitor's choice, else the first language of the browser."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

_COOKIE = "lang"
_LANGUAGES = ("zh", "en")


def language(request: Request) -> str:
    """Return the language to answer a request in, "zh" or "en"."""
    choice = request.query_params.get("lang") or request.cookies.get(_COOKIE, "")
    if choice in _LANGUAGES:
        return choice
    first = request.headers.get("accept-language", "zh").split(",")[0].strip().lower()
    return "zh" if first.startswith("zh") or not first else "en"


async def set_language(request: Request) -> Response:
    """Store the visitor's choice in a cookie, and redirect to the page where it was made."""
    referer = urlsplit(request.headers.get("referer", ""))
    # Only to a page of this server: a referer of another site, or a path like //host that a browser
    # takes for another server, would make this an open redirect.
    is_local = referer.netloc == request.headers.get("host") and not referer.path.startswith("//")
    target = f"{referer.path}?{referer.query}".rstrip("?") if is_local else "/"
    response = RedirectResponse(target or "/", 303)
    choice = request.path_params["lang"]
    if choice in _LANGUAGES:
        response.set_cookie(_COOKIE, choice, max_age=365 * 86400, samesite="lax")
    return response
