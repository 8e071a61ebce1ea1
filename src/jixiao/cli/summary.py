"""The summary that a budget reviewer reads at the end of a build, in Chinese or English."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jixiao.checks.catalogue import rules
from jixiao.messages import texts
from jixiao.model.coverage import totals
from jixiao.model.finding import SEVERITIES, Finding, Rate, contradicts
from jixiao.model.money import wan
from jixiao.model.record import Record
from jixiao.pipeline.build import CheckedDocument, Result
from jixiao.pipeline.coverage_text import read_line, totals_line
from jixiao.pipeline.process_document import Tally
from jixiao.publishing.finding_text import named_message, place_text

SHOWN = 12  # findings of a document in full; the report has them all
RULES = 10  # rules that are summed up below them
ROWS = 50  # documents of a table; of more, only the totals are of use on a screen
_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}


def show(result: Result, console: Console, lang: str) -> None:
    """Print what was built, what was found, and what could not be read."""
    say = texts("summary", lang)
    if result.tally.documents == len(result.built) == 1:
        _document(result.built[0], console, lang)
    elif result.tally.documents:
        if result.tally.documents == len(result.built) <= ROWS:
            _documents(result.built, console, lang)
        _together(result.tally, console, lang)
    if result.stated:
        console.print(say("stated", count=result.stated))
    for notice in result.notices:
        console.print(Text("! ", style="yellow") + Text(notice.in_language(lang)), soft_wrap=True)
    for name in ("skipped", "known", "dropped"):
        if count := len(getattr(result, name)):
            console.print(say(name, count=count))
    for failed in result.failed:
        line = Text("✗ ", style="bold red")
        console.print(line + Text(failed.error.message.in_language(lang)), soft_wrap=True)
    console.print(say("done", built=result.tally.documents, failed=len(result.failed)))


def show_next(
    paths: Sequence[Path],
    store: Path,
    report: Path | None,
    console: Console,
    lang: str,
    *,
    manifest: Path | None = None,
) -> None:
    """Print what to do with a store that was built, as commands to copy.

    Args:
        paths: What was built from.
        store: The store's folder.
        report: The report that was written, None where there was none.
        console: Where to print.
        lang: "zh" or "en".
        manifest: The manifest that was given, None where there was none.

    """
    say = texts("next", lang)
    folder, files = quote(str(store)), " ".join(quote(str(path)) for path in paths)
    if manifest:
        files += f" --manifest {quote(str(manifest))}"
    if report:
        console.print(Text(say("report", report=report)), soft_wrap=True)
    else:
        console.print(Text(say("no-report", files=files, store=folder)), soft_wrap=True)
    console.print(Text(say("store", store=folder)), soft_wrap=True)


def _documents(documents: Sequence[CheckedDocument], console: Console, lang: str) -> None:
    """Print a table with a row for each document."""
    say = texts("summary", lang)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(say("document"), overflow="fold")
    table.add_column(say("file"), overflow="fold", style="dim")
    for name in ("projects", "indicators", "read", *SEVERITIES):
        table.add_column(say(name), justify="right", no_wrap=True)
    for built in documents:
        record = built.record
        document, projects = record.document, record.projects
        counts = Counter(finding.severity for finding in built.report.findings)
        table.add_row(
            Text(f"{document.department or '?'} {document.fiscal_year or '?'}"),
            Text(document.file),
            f"{len(projects):,}",
            f"{sum(len(project.indicators) for project in projects):,}",
            f"{cells.percent} %" if (cells := totals(record.coverage).cells).of else "",
            *(f"{counts[severity]:,}" for severity in SEVERITIES),
        )
    console.print()
    console.print(table)
    console.print()


def _together(tally: Tally, console: Console, lang: str) -> None:
    """Print what many documents come to: how much was read, and the rules that fail most."""
    say = texts("summary", lang)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name in ("documents", "projects", "indicators", "problems"):
        table.add_row(Text(say(name), style="dim"), f"{getattr(tally, name):,}")
    if read := totals_line(tally.read, lang):
        table.add_row(Text(say("read"), style="dim"), read)
    console.print(table)
    counts = " · ".join(f"{say(severity)} {tally.findings[severity]:,}" for severity in SEVERITIES)
    console.print(Text(f"{say('findings')} {tally.findings.total():,}: {counts}", style="bold"))
    for code, failed in tally.failed.most_common(RULES):
        name = rules()[code].name.in_language(lang)
        line = Text(f"  {code} ", style="yellow") + Text(
            f"{failed:,} / {tally.checked[code]:,}  {name}"
        )
        console.print(line, soft_wrap=True)


def _document(built: CheckedDocument, console: Console, lang: str) -> None:
    say, record = texts("summary", lang), built.record
    document = record.document
    console.print()
    console.print(
        Text(f"{document.department or '?'} {document.fiscal_year or '?'}", style="bold")
        + Text(f"  {document.file}", style="dim")
    )
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in _facts(record, lang):
        table.add_row(Text(name, style="dim"), value)
    console.print(table)
    findings = built.report.findings
    counts = Counter(finding.severity for finding in findings)
    tally = " · ".join(f"{say(severity)} {counts[severity]}" for severity in SEVERITIES)
    console.print(Text(f"{say('findings')} {len(findings)}: {tally}", style="bold"))
    shown = _first(findings)
    for finding in shown:
        _finding(finding, console, lang)
    left = Counter(finding.code for finding in findings) - Counter(f.code for f in shown)
    rates = [rate for rate in built.report.rates if rate.code in left]
    for rate in sorted(rates, key=lambda rate: (_grade(rate, findings), -rate.failed))[:RULES]:
        line = Text(f"  {rate.code} ", style=_STYLES[SEVERITIES[_grade(rate, findings)]])
        line += Text(f"{rate.failed} / {rate.checked}  {rate.name.in_language(lang)}")
        console.print(line, soft_wrap=True)
    if left:
        console.print(say("more", count=left.total()))


def _first(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Return what is told in full: all of a few, else the figures that contradict each other."""
    if len(findings) <= SHOWN:
        return findings
    return [finding for finding in findings if contradicts(finding)][:SHOWN]


def _grade(rate: Rate, findings: Sequence[Finding]) -> int:
    return min(SEVERITIES.index(f.severity) for f in findings if f.code == rate.code)


def _facts(record: Record, lang: str) -> Iterator[tuple[str, str]]:
    say = texts("summary", lang)
    indicators = sum(len(project.indicators) for project in record.projects)
    goals = sum(len(project.goals) for project in record.projects)
    rows = sum(len(statement.rows) for statement in record.statements)
    stated = [a.yuan for p in record.projects for a in p.amounts if a.source == "prose"]
    yield say("projects"), say("projects-value", projects=len(record.projects), goals=goals)
    yield say("indicators"), str(indicators)
    if record.goals:
        inline = sum(len(goal.indicators) for goal in record.goals)
        yield say("department-goals"), say("goals-value", goals=len(record.goals), inline=inline)
    if stated:
        yield (
            say("amounts"),
            say("amounts-value", sum=wan(sum(stated, Decimal())), count=len(stated)),
        )
    yield say("statements"), say("statements-value", tables=len(record.statements), rows=rows)
    if line := read_line(record.coverage, record.unread, lang):
        yield say("read"), line
    if record.problems:
        yield say("problems"), _problems(record)


def _problems(record: Record) -> str:
    counts = Counter(problem.code for problem in record.problems)
    return ", ".join(f"{code} × {count}" for code, count in counts.items())


def _finding(finding: Finding, console: Console, lang: str) -> None:
    line = Text(f"  {finding.code} ", style=_STYLES[finding.severity])
    line += Text(named_message(finding, lang))
    if place := place_text(finding.where, lang):
        line += Text(f"  [{place}]", style="dim")
    console.print(line, soft_wrap=True)
    if finding.repair:
        console.print(Text(f"      → {finding.repair.message.in_language(lang)}"), soft_wrap=True)
