"""The audit report: one HTML file that asks for nothing else, with cut-outs of the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape
from jixiao.report.cutouts import Cutouts

from jixiao.files import write_whole
from jixiao.findings import Finding
from jixiao.iris import budget_key
from jixiao.messages import locale_language, message, sentences
from jixiao.record import Indicator, Project, Record

PICTURES = 60  # cut-outs of one document; what has none still names its page


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document of the report: its record, its findings, and the file for the pictures."""

    record: Record
    findings: tuple[Finding, ...]
    path: Path | None


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
    environment.globals |= {"lang": lang, "t": lambda code, **fields: _say(code, lang, fields)}
    environment.filters["say"] = lambda told: getattr(told, lang)
    environment.filters["wan"] = _wan
    template = (files("jixiao.report") / "report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(sheets=[_view(sheet) for sheet in sheets])


def _say(code: str, lang: str, fields: dict[str, object]) -> str:
    told: str = getattr(message(f"report-{code}", **fields), lang)
    return told


def _wan(yuan: object) -> str:
    from decimal import Decimal

    return f"{Decimal(str(yuan)) / 10000:f}".rstrip("0").rstrip(".")
