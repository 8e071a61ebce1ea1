"""Findings as JSON: a later check takes it as its baseline."""

from collections.abc import Sequence

import msgspec

from jixiao.model.finding import Report
from jixiao.pipeline.reports import DocumentReport, all_findings, total_rates


def text(reports: Sequence[DocumentReport]) -> str:
    """Return the findings and the rates of all documents as one indented report."""
    total = Report(tuple(all_findings(reports)), tuple(total_rates(reports)))
    return msgspec.json.format(msgspec.json.encode(total), indent=2).decode() + "\n"
