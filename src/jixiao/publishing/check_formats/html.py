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
    # The report on a document has what a baseline left of its findings; `built` has them all.
    sheets = [Sheet(r.built.record, r.report, r.built.path) for r in reports if r.built]
    if len(sheets) < len(reports):
        raise UsageError("report-of-store")
    return html(sheets, lang)
