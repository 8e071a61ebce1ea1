"""`jixiao check`: what the rules find in files or in a store."""

from pathlib import Path
from typing import TYPE_CHECKING

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
    store,
)
from jixiao.errors import UsageError

if TYPE_CHECKING:
    from jixiao.checks.engine import Engine

_LEVELS = ("error", "warning", "info", "never")
_FORMATS = ("text", "json", "csv", "sarif", "html", "turtle")


@command("check")
@click.argument("files", type=PATH, nargs=-1)
@store()
@option("--format", "kind", text="format", type=click.Choice(_FORMATS), default="text")
@option("--fail-on", text="fail-on", type=click.Choice(_LEVELS), default="error")
@option("--baseline", text="baseline", type=PATH, metavar="OLD.json")
@READER
@ENGINE
@PROFILE
@JOBS
@SECONDS
@MEMORY
def check(
    files: tuple[Path, ...],
    store: Path | None,
    kind: str,
    fail_on: str,
    baseline: Path | None,
    reader: str,
    engine: "Engine",
    profile: str,
    jobs: int,
    seconds: int,
    memory: int,
) -> None:
    """Print what the rules find in files, or in a store."""
    from jixiao.atomic_files import write_whole
    from jixiao.pipeline.process_limits import Limits
    from jixiao.pipeline.reports import all_findings, check_files, check_store, new_findings
    from jixiao.publishing import check_formats
    from jixiao.publishing.report import LANGUAGE

    if bool(files) == (store is not None):
        raise UsageError("check-what")
    if store:
        reports = check_store(store, engine, profile)
    else:
        limits = Limits(seconds=seconds, megabytes=memory)
        reports = check_files(files, reader, engine, profile, limits, jobs=jobs)
    if baseline:
        reports = new_findings(reports, baseline)
    lang = (REQUESTED or LANGUAGE) if kind == "html" else LANG
    write_whole(Path("-"), check_formats.render(reports, kind, lang).encode())
    grave = _LEVELS[: _LEVELS.index(fail_on) + 1] if fail_on != "never" else ()
    # What could not be told is no fault of the document.
    failed = any(f.outcome == "failed" and f.severity in grave for f in all_findings(reports))
    raise SystemExit(1 if failed else 0)
