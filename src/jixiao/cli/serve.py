"""`jixiao serve`: a store as a workbench in the browser, and as a SPARQL endpoint."""

import logging
import webbrowser
from pathlib import Path

import click

from jixiao.cli.language import say
from jixiao.cli.options import Command, command, option, settings, store


class _Serve(Command):
    """A command that runs for long: its problems are on standard error without --verbose too."""

    stderr_level = logging.WARNING


@command("serve", _Serve)
@store(required=True)
@option("--host", text="host", default="127.0.0.1", show_default=True)
@option("--port", text="port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@option("--open", "open_browser", text="open", is_flag=True)
@option("--base", text="base", metavar="URL", default="")
@option("--publisher", text="publisher", default="jixiao")
@option("--seconds", text="seconds", type=click.IntRange(min=1), default=30, show_default=True)
@option("--rows", text="rows", type=click.IntRange(min=1), default=1_000_000, show_default=True)
@option("--workers", text="workers", type=click.IntRange(min=1), default=2, show_default=True)
@option("--in-memory", text="in-memory", is_flag=True)
@option("--allow-origin", text="allow-origin", multiple=True, metavar="ORIGIN")
@option("--allow-import", text="allow-import", is_flag=True)
def serve(
    store: Path,
    host: str,
    port: int,
    open_browser: bool,
    base: str,
    publisher: str,
    seconds: int,
    rows: int,
    workers: int,
    in_memory: bool,
    allow_origin: tuple[str, ...],
    allow_import: bool,
) -> None:
    """Serve a store until interrupted."""
    from jixiao import server

    def ready(address: str) -> None:
        if not settings().quiet:
            click.echo(say("serving", store=store, address=address), err=True)
        if open_browser:
            webbrowser.open(address)

    server.run(
        server.Settings(
            store=store.resolve(),
            base=base,
            publisher=publisher,
            allow_import=allow_import,
            origins=allow_origin or None,
            queries=server.Limits(seconds=seconds, rows=rows, workers=workers, in_memory=in_memory),
        ),
        host,
        port,
        ready=ready,
    )
