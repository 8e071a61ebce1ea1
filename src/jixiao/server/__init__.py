"""The workbench: serves a store as a web application, a SPARQL endpoint and linked data.

`run` starts the server; `application` returns it for another ASGI server.

Imports go one way: settings, problems, i18n, negotiation, job, snapshot, edition; then sparql and
pages; then workers, uploads, routes, middleware and app.
"""

import socket

import uvicorn

from jixiao.errors import UsageError
from jixiao.server.app import application
from jixiao.server.middleware import allowed_hosts
from jixiao.server.settings import Limits, Settings

__all__ = ["Limits", "Settings", "application", "run"]


def run(settings: Settings, host: str, port: int, *, quiet: bool = False) -> None:
    """Serve a store until interrupted.

    Args:
        settings: The store and the limits.
        host: The address to listen on.
        port: The port to listen on.
        quiet: Whether to print warnings only.

    Raises:
        StoreError: There is no store.
        UsageError: The address cannot be listened on.

    """
    app = application(settings, allowed_hosts(host, settings.base))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError("cannot-listen", host=host, port=port, reason=error.strerror) from error
    level = "warning" if quiet else "info"
    config = uvicorn.Config(app, log_level=level, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
