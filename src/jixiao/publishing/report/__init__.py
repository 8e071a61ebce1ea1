"""The audit report: one HTML file that loads nothing else, with cutouts of the pages.

`view` has its contents, `cutouts` the pictures.

write(Path("report.html"), [Sheet(record, report, path)], "zh")
"""

import logging
from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from jixiao.atomic_files import write_whole
from jixiao.checks.catalogue import rules
from jixiao.logs import timed
from jixiao.messages import texts
from jixiao.model.finding import SEVERITIES
from jixiao.model.message import Message
from jixiao.model.money import wan
from jixiao.model.record import Where
from jixiao.pipeline.coverage_text import pages_text, read_line
from jixiao.publishing.finding_text import place_text
from jixiao.publishing.report.view import TOP, Sheet, View
from jixiao.rdf.code_lists import words

__all__ = ["LANGUAGE", "Sheet", "html", "write"]

LANGUAGE = "zh"  # of the documents, and of a report of them unless another is asked for
_log = logging.getLogger(__name__)


def write(path: Path, sheets: Sequence[Sheet], lang: str | None = None) -> None:
    """Write the report, whole or not at all.

    Args:
        path: The HTML file to write.
        sheets: The documents, each with its findings.
        lang: "zh" or "en"; by default the language of the documents, Chinese.

    Raises:
        UsageError: The file cannot be written.

    """
    with timed(_log, "wrote", path):
        write_whole(path, html(sheets, lang or LANGUAGE).encode())


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

    def translate(message: Message) -> str:
        return message.in_language(lang)

    environment.filters["translate"] = translate
    environment.filters["wan"] = wan
    environment.filters["place"] = place
    environment.filters["pages"] = partial(pages_text, lang=lang)
    template = (files("jixiao.publishing.report") / "report.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        lang=lang,
        t=texts("report", lang),
        views=[View(sheet) for sheet in sheets],
        read_line=partial(read_line, lang=lang),
        reasons=words("unread-reason"),
        ways=words("found"),
        severities=SEVERITIES,
        rules=rules(),
        top=TOP,
    )
