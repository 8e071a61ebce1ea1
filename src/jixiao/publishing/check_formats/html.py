"""Findings as the HTML report, with pictures of the pages."""

from collections.abc import Sequence

from jixiao.errors import UsageError
from jixiao.pipeline.reports import DocumentReport
from jixiao.publishing.report import Sheet, html


def text(reports: Sequence[DocumentReport], lang: str) -> str:
    """Return the report in one language.

    Raises:
        UsageError: A document was checked from a store: the report shows records and pages, which
            are read from the file.

    """
    built = [report.built for report in reports if report.built]
    if len(built) < len(reports):
        raise UsageError("report-of-store")
    return html([Sheet(b.record, b.report, b.path) for b in built], lang)
