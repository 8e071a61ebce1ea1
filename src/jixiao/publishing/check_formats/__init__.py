"""Writes reports of checks, one module a format: as text for people, and for programs.

render(reports, "sarif", "zh")
"""

from collections.abc import Sequence

from jixiao.pipeline.reports import DocumentReport

FORMATS = ("text", "json", "csv", "sarif", "html", "turtle")


def render(reports: Sequence[DocumentReport], kind: str, lang: str) -> str:
    """Return reports in one of `FORMATS`.

    Args:
        reports: The reports of documents (see `pipeline.reports`).
        kind: One of `FORMATS`.
        lang: "zh" or "en"; json and turtle have both.

    Raises:
        UsageError: html of documents that were not read for the check: it shows their pages.

    """
    # Each writer is loaded when it is used: html alone brings in Jinja, PDFium and Pillow.
    match kind:
        case "json":
            from jixiao.publishing.check_formats import json

            return json.text(reports)
        case "csv":
            from jixiao.publishing.check_formats import csv

            return csv.text(reports, lang)
        case "sarif":
            from jixiao.publishing.check_formats import sarif

            return sarif.text(reports, lang)
        case "html":
            from jixiao.publishing.check_formats import html

            return html.text(reports, lang)
        case "turtle":
            from jixiao.publishing.check_formats import turtle

            return turtle.text(reports)
        case _:
            from jixiao.publishing.check_formats import text as plain

            return plain.text(reports, lang)
