"""The commands: parses and prints, and decides nothing.

Exit 0: fine; 1: findings at or over --fail-on, or files that could not be read; 2: could not run.
"""

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import shell_complete

from jixiao.errors import JixiaoError, UsageError
from jixiao.messages import locale_language, message, texts

if TYPE_CHECKING:
    from jixiao.checks.engine import Engine

_FINDINGS = ("error", "warning", "info", "never")
_REPORTS = ("text", "json", "csv", "sarif", "html", "turtle")
_PATH = click.Path(path_type=Path)
_EACH = 30  # seconds between two lines of progress
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def _asked_language() -> str:
    """Return the language of --lang before the commands' help is made, else the locale's."""
    words = sys.argv[1:]
    for at, word in enumerate(words):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang" and at + 1 < len(words):
            return words[at + 1]
    return locale_language()


_LANG = "zh" if _asked_language() == "zh" else "en"
_help = texts("help", _LANG)


@contextmanager
def _told() -> Generator[None]:
    """Turn what jixiao raises on purpose into one line, and leave with 2."""
    try:
        yield
    except JixiaoError as error:
        click.echo(f"jixiao: {getattr(error.message, _LANG)}", err=True)
        raise SystemExit(2) from None


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _option(*names: str, told: str, **settings: Any) -> Callable[..., Any]:
    return click.option(*names, help=_help(told), **settings)


_STORE = _option("--store", told="store", type=_PATH, metavar="DIR")
_READER = _option(
    "--reader", told="reader", type=click.Choice(["pdfium", "pdfplumber"]), default="pdfium"
)
_ENGINE = _option(
    "--engine", told="engine", type=click.Choice(["auto", "fast", "pyshacl"]), default="auto"
)
_PROFILE = _option("--profile", told="profile", default="auto", metavar="NAME|FILE")
_SERVER = _option(
    "--server",
    told="server",
    type=click.Choice(["oxigraph", "virtuoso", "fuseki", "standard"]),
)


@click.group(
    help=_help("main"),
    epilog=_help("completion"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="jixiao", prog_name="jixiao")
@_option("--lang", told="lang", type=click.Choice(["zh", "en"]))
@_option("--quiet", "-q", told="quiet", is_flag=True)
@_option("--verbose", "-v", told="verbose", is_flag=True)
@click.pass_context
def cli(context: click.Context, lang: str | None, quiet: bool, verbose: bool) -> None:
    """Read what holds for every command; `main` looks for --verbose, and --lang is known by now."""
    context.obj = {"quiet": quiet}


@cli.command(help=_help("extract"), short_help=_help("extract-short"))
@click.argument("file", type=_PATH)
@_option("--output", "-o", told="output", type=_PATH, default="-")
@_READER
def extract(file: Path, output: Path, reader: str) -> None:
    """Print the record of a file."""
    from jixiao.atomic_files import write_whole
    from jixiao.extraction import read
    from jixiao.model.record import to_json

    with _told():
        write_whole(output, to_json(read(file, reader=reader)))


@cli.command(help=_help("tables"), short_help=_help("tables-short"))
@click.argument("file", type=_PATH)
@_option(
    "--format", "kind", told="format", type=click.Choice(["json", "csv", "html"]), default="json"
)
@_option("--output", "-o", told="output", type=_PATH, default="-")
@_READER
def tables(file: Path, kind: str, output: Path, reader: str) -> None:
    """Print the tables of a file."""
    from jixiao.atomic_files import write_whole
    from jixiao.documents import tables as grids

    with _told():
        found = grids.tables(file, reader=reader)
        write_whole(output, grids.format_tables(found, kind).encode())


@cli.command(help=_help("build"), short_help=_help("build-short"))
@click.argument("paths", type=_PATH, nargs=-1, required=True)
@_option("--store", told="store-new", type=_PATH, metavar="DIR", required=True)
@_option("--report", told="report", type=_PATH, metavar="OUT.html")
@_option("--jobs", "-j", told="jobs", type=click.IntRange(min=1), default=_cores)
@_option("--scheduler", told="scheduler", metavar="ADDRESS", default="")
@_option(
    "--seconds", told="limit-seconds", type=click.IntRange(min=1), default=300, show_default=True
)
@_option(
    "--memory", told="limit-memory", type=click.IntRange(min=256), default=2048, show_default=True
)
@_option("--again", told="again", is_flag=True)
@_option("--prune", told="prune", is_flag=True)
@_READER
@_ENGINE
@_PROFILE
@click.pass_obj
def build(
    settings: dict[str, bool],
    /,
    paths: tuple[Path, ...],
    store: Path,
    report: Path | None,
    seconds: int,
    memory: int,
    again: bool,
    **ways: Any,
) -> None:
    """Read files into a store, check them, and sum up."""
    from rich.console import Console

    from jixiao.cli.summary import show
    from jixiao.pipeline.build import Limits
    from jixiao.pipeline.build import build as run

    with _told():
        with progress(settings) as tell:
            done = run(
                paths,
                store,
                limits=Limits(seconds=seconds, megabytes=memory),
                again=again or report is not None,
                whole=True if report else None,
                progress=tell,
                **ways,
            )
        if report:
            from jixiao.publishing import report as reports

            sheets = [reports.Sheet(b.record, b.report, b.path) for b in done.built]
            reports.write(report, sheets, _LANG)
        if not settings["quiet"]:
            show(done, Console(highlight=False), _LANG)
    raise SystemExit(1 if done.failed else 0)


@contextmanager
def progress(settings: dict[str, bool]) -> Generator[Callable[[int, int], None]]:
    """Show a bar on standard error where it is a terminal, else a line from time to time."""
    if settings["quiet"] or not sys.stderr.isatty():
        yield (lambda done, total: None) if settings["quiet"] else _Lines().say
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """Says in lines how far a long job is, for logs: one each half a minute."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    def say(self, done: int, total: int) -> None:
        """Say how far it is, and how long it will take."""
        now = time.monotonic()
        if now - self._last < _EACH:
            return
        self._last, rate = now, done / (now - self._began)
        left = timedelta(seconds=round((total - done) / rate))
        told = message("progress", done=done, total=total, rate=f"{rate:.2f}", left=left)
        click.echo(getattr(told, _LANG), err=True)


@cli.command(help=_help("check"), short_help=_help("check-short"))
@click.argument("files", type=_PATH, nargs=-1)
@_STORE
@_option("--format", "kind", told="format", type=click.Choice(_REPORTS), default="text")
@_option("--fail-on", told="fail-on", type=click.Choice(_FINDINGS), default="error")
@_option("--baseline", told="baseline", type=_PATH, metavar="OLD.json")
@_READER
@_ENGINE
@_PROFILE
def check(
    files: tuple[Path, ...],
    store: Path | None,
    kind: str,
    fail_on: str,
    baseline: Path | None,
    reader: str,
    engine: "Engine",
    profile: str,
) -> None:
    """Print what the rules find in files, or in a store."""
    from jixiao.atomic_files import write_whole
    from jixiao.publishing import check_formats

    with _told():
        if bool(files) == (store is not None):
            raise UsageError("check-what")
        ways = engine, profile
        checked = (
            check_formats.stored(store, *ways)
            if store
            else check_formats.files(files, reader, *ways)
        )
        if baseline:
            checked = check_formats.since(checked, baseline)
        write_whole(Path("-"), check_formats.text(checked, kind, _LANG).encode())
    grave = _FINDINGS[: _FINDINGS.index(fail_on) + 1] if fail_on != "never" else ()
    failed = any(finding.severity in grave for finding in check_formats.findings(checked))
    raise SystemExit(1 if failed else 0)


@cli.command(help=_help("query"), short_help=_help("query-short"))
@click.argument("name", required=False)
@_option("--param", "-p", told="param", multiple=True, metavar="K=V")
@_STORE
@_option("--endpoint", told="endpoint", metavar="URL")
@_SERVER
@_option(
    "--format",
    "kind",
    told="query-format",
    type=click.Choice(["table", "csv", "tsv", "json", "turtle", "markdown", "png", "svg"]),
    default="table",
)
@_option("--output", "-o", told="output", type=_PATH, default="-")
def query(
    name: str | None,
    param: tuple[str, ...],
    store: Path | None,
    endpoint: str | None,
    server: str | None,
    kind: str,
    output: Path,
) -> None:
    """Ask a question of a store, or list the questions."""
    from jixiao.atomic_files import write_whole
    from jixiao.queries import format

    with _told():
        if name is None:
            write_whole(output, format.listing(_LANG).encode())
            return
        if bool(store) == bool(endpoint):
            raise UsageError("query-store")
        wanted = format.from_input() if name == "-" else name
        with format.source(store, endpoint, server or "") as asked:
            told = format.answer(asked, wanted, _parameters(param), kind, _LANG)
        write_whole(output, told)


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    for pair in given:
        if "=" not in pair:
            raise UsageError("param-form", given=pair)
    return dict(pair.split("=", 1) for pair in given)


@cli.command(help=_help("export"), short_help=_help("export-short"))
@_option("--store", told="store", type=_PATH, metavar="DIR", required=True)
@_option(
    "--format",
    "kind",
    told="rdf-format",
    type=click.Choice(["turtle", "trig", "nquads", "jsonld", "rdfxml", "csv", "parquet", "dcat"]),
)
@_option("--output", "-o", told="output", type=_PATH, default="-")
@_option("--site", told="site", type=_PATH, metavar="DIR")
@_option("--at", told="at", metavar="URL", default="")
@_option("--publisher", told="publisher", default="")
@_option("--contact", told="contact", default="")
@_option("--endpoint", told="endpoint-beside", metavar="URL", default="")
@_option("--licence", told="licence", metavar="URL", default=_LICENCE)
@click.pass_obj
def export(
    settings: dict[str, bool],
    /,
    store: Path,
    kind: str | None,
    output: Path,
    site: Path | None,
    **where: str,
) -> None:
    """Write the store out as linked data, describe it, or make a site of it."""
    from jixiao.publishing import export as run
    from jixiao.store.store import open_store

    with _told():
        if site is None and kind != "dcat":
            with open_store(store) as opened:
                run(opened, kind or "trig", output)
            return
        if site and (kind or str(output) != "-"):
            raise UsageError("site-alone")
        from jixiao.publishing.dcat import publication, write

        described = publication(**where)
        if site is None:
            with open_store(store) as opened:
                write(opened, output, described)
            return
        from jixiao.publishing.site import write as write_site

        with open_store(store) as opened, progress(settings) as tell:
            pages = write_site(opened, site, described, _LANG, tell)
        if not settings["quiet"]:
            told = message("site-written", path=site, pages=pages)
            click.echo(getattr(told, _LANG), err=True)


@cli.command(help=_help("publish"), short_help=_help("publish-short"))
@_option("--store", told="store", type=_PATH, metavar="DIR", required=True)
@_option("--endpoint", told="endpoint", metavar="URL", required=True)
@_option("--update-url", told="update-url", metavar="URL", default="")
@_option("--graph-store-url", told="graph-store-url", metavar="URL", default="")
@_SERVER
@_option("--name", told="name", default="")
@_option("--timeout", told="timeout", type=click.IntRange(min=1), default=60)
@click.pass_obj
def publish(
    settings: dict[str, bool],
    store: Path,
    endpoint: str,
    update_url: str,
    graph_store_url: str,
    server: str | None,
    name: str,
    timeout: int,
) -> None:
    """Copy what changed in the store to a SPARQL store."""
    from jixiao.publishing.sparql_store import publish as run
    from jixiao.queries.repositories.sparql_http import Endpoint
    from jixiao.store.store import open_store

    with _told(), open_store(store) as opened:
        there = Endpoint(
            endpoint,
            update_url=update_url,
            graph_store_url=graph_store_url,
            server=server or "",
            timeout=timeout,
        )
        with progress(settings) as tell:
            done = run(opened, there, name=name, progress=tell)
        if not settings["quiet"]:
            told = message(
                "published", sent=done.sent, unchanged=done.unchanged, deleted=done.deleted
            )
            click.echo(getattr(told, _LANG), err=True)


@cli.command(help=_help("serve"), short_help=_help("serve-short"))
@_option("--store", told="store", type=_PATH, metavar="DIR", required=True)
@_option("--host", told="host", default="127.0.0.1", show_default=True)
@_option("--port", told="port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@_option("--base", told="base", metavar="URL", default="")
@_option("--publisher", told="publisher", default="jixiao")
@_option("--seconds", told="seconds", type=click.IntRange(min=1), default=30, show_default=True)
@_option("--rows", told="rows", type=click.IntRange(min=1), default=1_000_000, show_default=True)
@_option("--workers", told="workers", type=click.IntRange(min=1), default=2, show_default=True)
@_option("--in-memory", told="in-memory", is_flag=True)
@_option("--allow-import", told="allow-import", is_flag=True)
@_option("--allow-origin", told="allow-origin", multiple=True, metavar="ORIGIN")
@click.pass_obj
def serve(
    settings: dict[str, bool],
    store: Path,
    host: str,
    port: int,
    base: str,
    publisher: str,
    seconds: int,
    rows: int,
    workers: int,
    in_memory: bool,
    allow_import: bool,
    allow_origin: tuple[str, ...],
) -> None:
    """Serve a store until interrupted."""
    from jixiao.server import Limits, Settings, run

    with _told():
        run(
            Settings(
                store=store.resolve(),
                base=base,
                publisher=publisher,
                allow_import=allow_import,
                origins=allow_origin or None,
                queries=Limits(seconds=seconds, rows=rows, workers=workers, in_memory=in_memory),
            ),
            host,
            port,
            quiet=settings["quiet"],
        )


def main() -> None:
    """Run the command line; only here do errors become lines and exit codes."""
    try:
        if completes := os.environ.get("_JIXIAO_COMPLETE"):
            sys.exit(shell_complete(cli, {}, "jixiao", "_JIXIAO_COMPLETE", completes))
        with cli.make_context("jixiao", sys.argv[1:]) as context:  # click.main hides closed pipes
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as left:
        sys.exit(left.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"jixiao: {getattr(message('interrupted'), _LANG)}", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if {"--verbose", "-v"} & set(sys.argv):
            raise
        told = message("unexpected", kind=type(error).__name__, reason=error)
        click.echo(f"jixiao: {getattr(told, _LANG)}", err=True)
        sys.exit(2)
