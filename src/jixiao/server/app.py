"""The ASGI application that serves a store."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from jixiao.errors import JixiaoError
from jixiao.server.middleware import SecurityMiddleware, error_response, response_middleware
from jixiao.server.problems import Problem
from jixiao.server.routes import routes
from jixiao.server.settings import Settings
from jixiao.server.uploads.pages import UploadPages
from jixiao.server.workers.dispatcher import Dispatcher
from jixiao.store.versions import published


def application(settings: Settings, hosts: tuple[str, ...] = ()) -> ASGIApp:
    """Return the application that serves a store.

    Args:
        settings: The store and the limits.
        hosts: The host names that it answers to; none for any.

    Raises:
        StoreError: There is no store.

    """
    published(settings.store)
    dispatcher, uploads = Dispatcher(settings), UploadPages(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        uploads.start()
        await dispatcher.start()
        try:
            yield
        finally:
            dispatcher.stop()
            await uploads.stop()

    errors = (Problem, HTTPException, JixiaoError, Exception)
    app = Starlette(
        routes=routes(settings, dispatcher, uploads),
        lifespan=lifespan,
        exception_handlers=dict.fromkeys(errors, error_response),
        middleware=response_middleware(settings),
    )
    # "/id/x/" and "/id/x" are two IRIs: neither stands for the other.
    app.router.redirect_slashes = False
    # Outermost, so that error responses have the security headers too.
    return SecurityMiddleware(app, hosts)
