"""`jixiao build`: files into a store, checked and summed up."""

import sys
from pathlib import Path
from typing import Any

import click

from jixiao.cli.language import LANG, REQUESTED
from jixiao.cli.options import (
    ENGINE,
    JOBS,
    MEMORY,
    PATH,
    PROFILE,
    READER,
    SECONDS,
    command,
    option,
    settings,
    store,
)
from jixiao.cli.progress import progress

_WIDTH = 120  # characters of a line that is not printed to a terminal


@command("build")
@click.argument("paths", type=PATH, nargs=-1, required=True)
@store(text="store-new", required=True)
@option("--manifest", text="manifest", type=PATH, metavar="FILE.csv")
@option("--report", text="report", type=PATH, metavar="OUT.html")
@JOBS
@option("--scheduler", text="scheduler", metavar="ADDRESS", default="")
@SECONDS
@MEMORY
@option("--again", text="again", is_flag=True)
@option("--prune", text="prune", is_flag=True)
@READER
@ENGINE
@PROFILE
def build(
    paths: tuple[Path, ...],
    store: Path,
    manifest: Path | None,
    report: Path | None,
    seconds: int,
    memory: int,
    again: bool,
    **options: Any,
) -> None:
    """Read files into a store, check them, and sum up."""
    from rich.console import Console

    from jixiao.cli import summary
    from jixiao.pipeline import build as pipeline

    with progress(quiet=settings().quiet) as show_progress:
        result = pipeline.build(
            paths,
            store,
            manifest=manifest,
            limits=pipeline.Limits(seconds=seconds, megabytes=memory),
            again=again or report is not None,
            whole=True if report else None,
            progress=show_progress,
            **options,
        )
    if report:
        from jixiao.publishing import report as reports

        sheets = [reports.Sheet(b.record, b.report, b.path) for b in result.built]
        reports.write(report, sheets, REQUESTED)
    if not settings().quiet:
        # A pipe or a file has no width: a table is to fit without breaking names.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
        summary.show(result, console, LANG)
        summary.show_next(paths, store, report, console, LANG, manifest=manifest)
    raise SystemExit(1 if result.failed else 0)
