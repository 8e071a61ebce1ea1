"""The workbench: a store as a web application, a SPARQL endpoint and linked data."""

import logging
import socket
from collections.abc import Callable

import uvicorn

from jixiao.errors import UsageError
from jixiao.server.app import Settings, application
from jixiao.server.limits import Limits
from jixiao.server.middleware import hosts

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
        settings: What to serve, and how.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        ready: Called with the server's address once it answers.

    Raises:
        StoreError: There is no store to serve.
        UsageError: The address cannot be listened on.

    """
    app = application(settings, hosts(host, settings.base))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UsageError("cannot-listen", host=host, port=port, reason=error.strerror) from error
    address = settings.base or _address(host, listening.getsockname()[1])

    def started() -> None:
        _log.info("serves %s at %s", settings.store, address)
        ready(address)

    # Its log goes where ours goes: see `logs`.
    config = uvicorn.Config(
        app, log_config=None, log_level=None, access_log=False, server_header=False
    )
    _Server(config, started).run(sockets=[listening])


def _address(host: str, port: int) -> str:
    """Return the address at which this machine sees what listens on a host."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class _Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()
