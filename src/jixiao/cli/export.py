"""`jixiao export`: the store as linked data, as tables, or as a site."""

from pathlib import Path

import click

from jixiao.cli.language import LANG, say
from jixiao.cli.options import OUTPUT, PATH, command, complete_folders, option, settings, store
from jixiao.cli.progress import progress
from jixiao.errors import UsageError

_FORMATS = ("turtle", "trig", "nquads", "jsonld", "rdfxml", "csv", "parquet", "dcat")


@command("export")
@store(required=True)
@option("--format", "kind", text="rdf-format", type=click.Choice(_FORMATS))
@OUTPUT
@option("--site", text="site", type=PATH, metavar="DIR", shell_complete=complete_folders)
@option("--at", text="at", metavar="URL", default="")
@option("--publisher", text="publisher", default="")
@option("--contact", text="contact", default="")
@option("--endpoint", text="endpoint-beside", metavar="URL", default="")
@option("--licence", text="licence", metavar="URL", default="")
def export(
    store: Path, kind: str | None, output: Path, site: Path | None, **description: str
) -> None:
    """Write the store out as linked data, describe it, or make a site of it."""
    from jixiao import publishing as exports
    from jixiao.store.store import open_store

    if site and (kind or str(output) != "-"):
        raise UsageError("site-alone")
    if site is None and kind != "dcat":
        with open_store(store) as opened:
            exports.export(opened, kind or "trig", output)
        return
    from jixiao.publishing.dcat import publication, write

    published = publication(**description)
    if site is None:
        with open_store(store) as opened:
            write(opened, output, published)
        return
    from jixiao.publishing.site import write as write_site

    with open_store(store) as opened, progress(quiet=settings().quiet) as show_progress:
        pages = write_site(opened, site, published, LANG, show_progress)
    if not settings().quiet:
        click.echo(say("site-written", path=site, pages=pages), err=True)
