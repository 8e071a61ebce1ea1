"""The audit report: one HTML file that asks for nothing else, with cut-outs of the pages."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from jixiao.atomic_files import write_whole
from jixiao.checks.catalogue import rules
from jixiao.messages import locale_language, texts
from jixiao.model.finding import SEVERITIES
from jixiao.model.message import Message
from jixiao.model.money import wan
from jixiao.model.record import Where
from jixiao.publishing.finding_text import place_text
from jixiao.publishing.report.view import TOP, Sheet, View

__all__ = ["Sheet", "html", "write"]


def write(path: Path, sheets: Sequence[Sheet], lang: str | None = None) -> None:
    """Write the report in Chinese ("zh") or English ("en"), by default that of the locale."""
    write_whole(path, html(sheets, lang or locale_language()).encode())


def html(sheets: Sequence[Sheet], lang: str) -> str:
    """Return the report as HTML."""
    environment = Environment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["say"] = _in_language(lang)
    environment.filters["wan"] = wan
    environment.filters["place"] = _place(lang)
    template = (files("jixiao.publishing.report") / "report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        lang=lang,
        t=texts("report", lang),
        views=[View(sheet) for sheet in sheets],
        severities=SEVERITIES,
        rules=rules(),
        top=TOP,
    )


def _in_language(lang: str) -> Callable[[Message], str]:
    return lambda message: message.in_language(lang)


def _place(lang: str) -> Callable[[Where | None], str]:
    return lambda where: place_text(where, lang)
