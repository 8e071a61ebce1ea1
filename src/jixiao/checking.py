"""Reports of files or of a store, as text for people, JSON or CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from jixiao.build import documents, make
from jixiao.findings import Finding, Rate, Report, order
from jixiao.iris import graphs
from jixiao.messages import texts
from jixiao.shapes import check_quads
from jixiao.store import open_store
from jixiao.summary import place_text, told


def files_report(paths: Sequence[Path], reader: str) -> Report:
    """Return what the rules find in files; raises `FileError` for the first bad one."""
    return _together([make(path, reader).report for path in documents(paths)])


def store_report(folder: Path) -> Report:
    """Return what the rules find in a store, document by document."""
    with open_store(folder) as store:
        reports = [check_quads(store.quads(graphs(document)[:2])) for document in store.documents()]
    return _together(reports)


def _together(reports: Iterable[Report]) -> Report:
    findings, rates = list[Finding](), dict[str, Rate]()
    for report in reports:
        findings += report.findings
        for rate in report.rates:
            before = rates.get(rate.code, Rate(rate.code, rate.name, 0, 0, 0))
            rates[rate.code] = Rate(
                code=rate.code,
                name=rate.name,
                checked=before.checked + rate.checked,
                failed=before.failed + rate.failed,
                cannot_tell=before.cannot_tell + rate.cannot_tell,
            )
    return Report(tuple(sorted(findings, key=order)), tuple(rates[code] for code in sorted(rates)))


def text(report: Report, kind: str, lang: str) -> str:
    """Return a report as lines for people ("text"), as "json" or as "csv"."""
    if kind == "json":
        return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    return _csv(report, lang) if kind == "csv" else _lines(report, lang)


def _lines(report: Report, lang: str) -> str:
    say = texts("check", lang)
    lines = list[str]()
    for finding in report.findings:
        place = place_text(finding.where, lang)
        grade = say(finding.outcome if finding.outcome == "cannot-tell" else finding.severity)
        lines.append(
            f"{finding.code}  {grade}  {told(finding, lang)}" + (f"  [{place}]" if place else "")
        )
        if finding.evidence:
            lines.append("      " + say("printed", words=" / ".join(finding.evidence)))
        if finding.repair:
            lines.append(f"      → {getattr(finding.repair.message, lang)}")
    lines += [""] if lines else []
    for rate in report.rates:
        name = getattr(rate.name, lang)
        unsure = say("unsure", count=rate.cannot_tell) if rate.cannot_tell else ""
        lines.append(f"{rate.code:14}{rate.failed:5} / {rate.checked:<6} {name}{unsure}")
    return "".join(f"{line}\n" for line in lines)


def _csv(report: Report, lang: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        ["code", "severity", "outcome", "message", "page", "focus", "evidence", "repair"]
    )
    for finding in report.findings:
        repair = getattr(finding.repair.message, lang) if finding.repair else ""
        writer.writerow(
            [
                finding.code,
                finding.severity,
                finding.outcome,
                getattr(finding.message, lang),
                (finding.where.page if finding.where else None) or "",
                finding.focus,
                " / ".join(finding.evidence),
                repair,
            ]
        )
    return buffer.getvalue()
