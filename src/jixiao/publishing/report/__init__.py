"""The audit report: one HTML file that loads nothing else, with cutouts of the pages.

write(Path("report.html"), [Sheet(record, report, path)], "zh")
"""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from jixiao.atomic_files import write_whole
from jixiao.checks.catalogue import rules
from jixiao.messages import locale_language, texts
from jixiao.model.finding import SEVERITIES
from jixiao.model.record import Where
from jixiao.publishing.finding_text import place_text, wan
from jixiao.publishing.report.view import TOP, Sheet, View

__all__ = ["Sheet", "html", "write"]


def write(path: Path, sheets: Sequence[Sheet], lang: str | None = None) -> None:
    """Write the report.

    Args:
        path: The file.
        sheets: The documents of the report.
        lang: "zh" or "en", by default the language of the locale.

    Raises:
        UsageError: The file cannot be written.

    """
    write_whole(path, html(sheets, lang or locale_language()).encode())


def html(sheets: Sequence[Sheet], lang: str) -> str:
    """Return the report on documents as HTML, in "zh" or "en"."""

    def place(where: Where | None) -> str:
        return place_text(where, lang)

    # Escaping is on for every template: names and values come from documents of strangers.
    environment = Environment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["translate"] = lambda message: getattr(message, lang)
    environment.filters["wan"] = wan
    environment.filters["place"] = place
    template = (files("jixiao.publishing.report") / "report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        lang=lang,
        t=texts("report", lang),
        views=[View(sheet) for sheet in sheets],
        severities=SEVERITIES,
        rules=rules(),
        top=TOP,
    )
