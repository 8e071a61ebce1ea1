"""The workbench: a store as a web application, a SPARQL endpoint and linked data."""

import socket

import uvicorn

from jixiao.errors import UsageError
from jixiao.server.app import Settings, application
from jixiao.server.limits import Limits
from jixiao.server.middleware import hosts

__all__ = ["Limits", "Settings", "application", "run"]


def run(settings: Settings, host: str, port: int, *, quiet: bool = False) -> None:
    """Serve a store until interrupted; raises `StoreError`, `UsageError`."""
    app = application(settings, hosts(host, settings.base))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError("cannot-listen", host=host, port=port, reason=error.strerror) from error
    level = "warning" if quiet else "info"
    config = uvicorn.Config(app, log_level=level, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])
