"""Findings as CSV, a row for each."""

import csv
import io
from collections.abc import Sequence

from jixiao.pipeline.reports import DocumentReport, all_findings

_HEADER = "file", "code", "severity", "outcome", "message", "page", "focus", "evidence", "repair"


def text(reports: Sequence[DocumentReport], lang: str) -> str:
    """Return the findings of all documents, messages in one language."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_HEADER)
    for finding in all_findings(reports):
        page = finding.where.page if finding.where else None
        repair = finding.repair.message.in_language(lang) if finding.repair else ""
        writer.writerow(
            [
                finding.document,
                finding.code,
                finding.severity,
                finding.outcome,
                finding.message.in_language(lang),
                page or "",
                finding.focus,
                " / ".join(finding.evidence),
                repair,
            ]
        )
    return buffer.getvalue()
