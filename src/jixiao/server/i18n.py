"""Which language a page is in: what the visitor chose, else what the browser asks for first."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

_COOKIE = "lang"


def of(request: Request) -> str:
    """Return "zh" or "en"."""
    chosen = request.query_params.get("lang") or request.cookies.get(_COOKIE, "")
    if chosen in ("zh", "en"):
        return chosen
    first = request.headers.get("accept-language", "zh").split(",")[0].strip().lower()
    return "zh" if first.startswith("zh") or not first else "en"


async def choose(request: Request) -> Response:
    """Keep the visitor's choice, and go back to where it was made."""
    before = urlsplit(request.headers.get("referer", ""))
    own = before.netloc == request.headers.get("host") and not before.path.startswith("//")
    back = f"{before.path}?{before.query}".rstrip("?") if own else "/"
    response = RedirectResponse(back or "/", 303)
    if request.path_params["lang"] in ("zh", "en"):
        response.set_cookie(
            _COOKIE, request.path_params["lang"], max_age=365 * 86400, samesite="lax"
        )
    return response
