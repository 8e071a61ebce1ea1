"""Findings as lines for people, and a table of the rules below them."""

from collections.abc import Sequence

from jixiao.messages import texts
from jixiao.pipeline.coverage_text import read_line
from jixiao.pipeline.reports import DocumentReport, all_findings, total_rates
from jixiao.publishing.finding_text import named_message, place_text

_CODE_WIDTH = 14  # of a rule's code in the table


def text(reports: Sequence[DocumentReport], lang: str) -> str:
    """Return the findings of all documents, the rates of the rules, and what was read."""
    say = texts("check", lang)
    lines = list[str]()
    for finding in all_findings(reports):
        file = finding.document if len(reports) > 1 else ""
        place = " ".join(part for part in (file, place_text(finding.where, lang)) if part)
        grade = say(finding.outcome if finding.outcome == "cannot-tell" else finding.severity)
        line = f"{finding.code}  {grade}  {named_message(finding, lang)}"
        lines.append(f"{line}  [{place}]" if place else line)
        if finding.evidence:
            lines.append("      " + say("printed", words=" / ".join(finding.evidence)))
        if finding.repair:
            lines.append(f"      → {finding.repair.message.in_language(lang)}")
    lines += [""] if lines else []
    for rate in total_rates(reports):
        unsure = say("unsure", count=rate.cannot_tell) if rate.cannot_tell else ""
        counts = f"{rate.code:{_CODE_WIDTH}}{rate.failed:5} / {rate.checked:<6}"
        lines.append(f"{counts} {rate.name.in_language(lang)}{unsure}")
    lines += [""] if any(report.coverage for report in reports) else []
    for report in reports:
        unread = report.built.record.unread if report.built else ()
        if line := read_line(report.coverage, unread, lang):
            lines.append(f"{report.file}: {line}")
    return "".join(f"{line}\n" for line in lines)
