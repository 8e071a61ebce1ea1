"""Findings as JSON: a later check takes it as its baseline."""

from collections.abc import Sequence

import msgspec

from jixiao.model.coverage import Totals, totals
from jixiao.model.finding import Report
from jixiao.pipeline.reports import DocumentReport, all_findings, total_rates


class _Coverage(Totals, frozen=True, kw_only=True):
    """What was read of a document."""

    document: str


class _Printed(Report, frozen=True):
    """The report, with what was read of each document of which that is known."""

    coverage: tuple[_Coverage, ...] = ()


def text(reports: Sequence[DocumentReport]) -> str:
    """Return the findings and the rates of all documents as one indented report."""
    total = _Printed(
        findings=tuple(all_findings(reports)),
        rates=tuple(total_rates(reports)),
        coverage=tuple(
            _Coverage(document=report.file, cells=read.cells, characters=read.characters)
            for report in reports
            if (read := totals(report.coverage)) != Totals()
        ),
    )
    return msgspec.json.format(msgspec.json.encode(total), indent=2).decode() + "\n"
