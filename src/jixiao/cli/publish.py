"""`jixiao publish`: what changed in the store to a SPARQL store."""

from pathlib import Path

import click

from jixiao.cli.language import say
from jixiao.cli.options import SERVER, command, option, settings, store
from jixiao.cli.progress import progress


@command("publish")
@store(required=True)
@option("--endpoint", text="endpoint", metavar="URL", required=True)
@option("--update-url", text="update-url", metavar="URL", default="")
@option("--graph-store-url", text="graph-store-url", metavar="URL", default="")
@SERVER
@option("--name", text="name", default="")
@option("--timeout", text="timeout", type=click.IntRange(min=1), default=60)
def publish(
    store: Path,
    endpoint: str,
    update_url: str,
    graph_store_url: str,
    server: str | None,
    name: str,
    timeout: int,
) -> None:
    """Copy what changed in the store to a SPARQL store."""
    from jixiao.publishing import sparql_store as publishing
    from jixiao.queries.repositories.sparql_http import Endpoint
    from jixiao.store.store import open_store

    target = Endpoint(
        endpoint,
        update_url=update_url,
        graph_store_url=graph_store_url,
        server=server or "",
        timeout=timeout,
    )
    with open_store(store) as opened, progress(quiet=settings().quiet) as show_progress:
        result = publishing.publish(opened, target, name=name, progress=show_progress)
    if not settings().quiet:
        counts = {"sent": result.sent, "unchanged": result.unchanged, "deleted": result.deleted}
        click.echo(say("published", **counts), err=True)
