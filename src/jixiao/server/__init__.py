"""The workbench: serves a store as a web application, a SPARQL endpoint and linked data.

`run` starts the server; `application` returns it for another ASGI server.

Imports go one way: settings, problems, i18n, negotiation, job, snapshot, edition; then sparql and
pages; then workers, uploads, routes, middleware and app.
"""

import logging
import socket
from collections.abc import Callable

import uvicorn

from jixiao.errors import UsageError
from jixiao.server.app import application
from jixiao.server.middleware import allowed_hosts
from jixiao.server.settings import Limits, Settings

__all__ = ["Limits", "Settings", "application", "run"]

_log = logging.getLogger(__name__)


def run(
    settings: Settings,
    host: str,
    port: int,
    *,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve a store until interrupted.

    Args:
        settings: The store and the limits.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        ready: Called with the server's address once it answers.

    Raises:
        StoreError: There is no store to serve.
        UsageError: The address cannot be listened on.

    """
    app = application(settings, allowed_hosts(host, settings.base))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError("cannot-listen", host=host, port=port, reason=error.strerror) from error
    address = settings.base or _address(host, listener.getsockname()[1])

    def started() -> None:
        _log.info("serves %s at %s", settings.store, address)
        ready(address)

    # Without a configuration of its own, uvicorn logs where this program does: see `jixiao.logs`.
    config = uvicorn.Config(
        app, log_config=None, log_level=None, access_log=False, server_header=False
    )
    _Server(config, started).run(sockets=[listener])


def _address(host: str, port: int) -> str:
    """Return the address at which this machine reaches a server that listens on a host."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class _Server(uvicorn.Server):
    """Calls a function once it has started; uvicorn has no hook for that."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the server."""
        await super().startup(sockets)
        if self.started:
            self._ready()
