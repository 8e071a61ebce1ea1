"""The audit report: one HTML file that asks for nothing else, with cut-outs of the pages."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from jixiao.files import write_whole
from jixiao.findings import SEVERITIES, Finding, Report
from jixiao.messages import locale_language, texts
from jixiao.ontology import indicator_iris
from jixiao.record import Indicator, Project, Record, Where
from jixiao.report.cutouts import Cutouts
from jixiao.summary import place_text, wan

PICTURES = 60  # cut-outs of one document; a finding without one still names its page


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document of the report: its record, what was found, and the file for the pictures."""

    record: Record
    report: Report
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
    environment.filters["say"] = lambda told: getattr(told, lang)
    environment.filters["wan"] = wan
    environment.filters["place"] = _place(lang)
    template = (files("jixiao.report") / "report.html").read_text(encoding="utf-8")
    views = [_View(sheet) for sheet in sheets]
    return environment.from_string(template).render(
        lang=lang, t=texts("report", lang), views=views, severities=SEVERITIES
    )


def _place(lang: str) -> Callable[[Where | None], str]:
    return lambda where: place_text(where, lang)


class _View:
    """What the template shows of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.record, self.document = sheet.record, sheet.record.document
        self.findings, self.rates = sheet.report.findings, sheet.report.rates
        self.counts = Counter(finding.severity for finding in self.findings)
        self.pictures = _pictures(sheet)
        self._by_focus = dict[str, list[Finding]]()
        for finding in self.findings:
            self._by_focus.setdefault(finding.focus, []).append(finding)
        self._iris = indicator_iris(sheet.record)

    def rows(self, project: Project) -> Iterator[tuple[Indicator, list[Finding]]]:
        """Yield each indicator of a project with what was found in it."""
        for number, indicator in enumerate(project.indicators):
            yield indicator, self._by_focus.get(self._iris[project.id][number], [])


def _pictures(sheet: Sheet) -> dict[int, str]:
    """Return the cut-outs by the finding's number."""
    with closing(Cutouts(sheet.path)) as cutouts:
        found = (
            (number, cutouts.picture(finding.where))
            for number, finding in enumerate(sheet.report.findings[:PICTURES])
        )
        return {number: picture for number, picture in found if picture}
