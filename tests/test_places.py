# pyright: basic
"""Where each value is said to be printed, there it is: every rectangle is cropped and read."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from jixiao.checks.run import check_quads
from jixiao.extraction import read
from jixiao.model.record import Goal, Project, Record, Where
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.mapping import map_record
from jixiao.text import fold

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
# `wild` has forms of real disclosures: in `pdf` as LibreOffice prints them.
PDFS = [
    ROOT / "examples" / "juluxian-2023.pdf",
    *sorted((DATA / "putuo").glob("*.pdf")),
    *sorted((DATA / "wild").glob("*/*.pdf")),
]
# The fields of an indicator that are stated in cells of their own.
CELLS = (
    "level1", "level2", "level3", "description", "value", "basis", "weight", "actual", "score",
    "deviation", "scoring", "remark",
)  # fmt: skip

SIGNS = {"大于等于": "≥", "小于等于": "≤", "等于": "="}
every_pdf = pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
# What is stated, in which words, where; whether nothing else may stand there.
Stated = tuple[str, str, Where, bool]


class Page:
    """The characters of a page with the middle of each, as PDFium alone sees them."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        height, text = page.get_height(), page.get_textpage()
        self.characters = list[tuple[str, float, float]]()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            character = fold(text.get_text_range(index, 1))
            for one in character:
                self.characters.append((one, (left + right) / 2, height - (bottom + top) / 2))

    def within(self, where: Where) -> str:
        assert where.bbox
        x0, top, x1, bottom = where.bbox
        return "".join(
            character
            for character, x, y in self.characters
            if x0 - 0.5 <= x <= x1 + 0.5 and top - 1 <= y <= bottom + 1
        )


class Crops:
    """The characters within places of a PDF."""

    def __init__(self, path: Path) -> None:
        self._document = pypdfium2.PdfDocument(path)
        self._pages = dict[int, Page]()

    def characters(self, where: Where) -> Counter[str]:
        return sum((Counter(self._one(place)) for place in (where, *where.continued)), Counter())

    def _one(self, where: Where) -> str:
        assert where.page, where
        if where.page not in self._pages:
            self._pages[where.page] = Page(self._document[where.page - 1])
        stated = self._pages[where.page].within(where)
        for words, sign in SIGNS.items():  # a column may have the comparator in words
            stated = stated.replace(words, sign)
        return stated


@cache
def record_of(path: Path) -> Record:
    return read(path)


def stated_values(record: Record) -> Iterator[Stated]:
    """Yield all values of a record that have words and a place."""
    for project in record.projects:
        yield from _of_project(project)
    overall = [record.overall_goal] if record.overall_goal else []
    for goal in (*overall, *record.goals):
        yield from _of_goal(goal)
    for statement in record.statements:
        yield "title", statement.title, statement.where, False
        for row in statement.rows:
            yield "row", row.name, row.where, False
            for label, value in row.values.items():
                yield label, value.text, row.where.cells[label], True
    for figure in record.figures:
        yield "figure", figure.text, figure.where, False
    for passage in record.passages:
        yield "passage", passage.words, passage.where, False


def _of_project(project: Project) -> Iterator[Stated]:
    yield "name", project.name, project.where, False
    for ground in project.basis:
        yield "ground", ground.text, ground.where, False
    for particular in project.particulars:
        yield "particular", particular.text, particular.where, False
    if (period := project.period) and period.where:
        # A start and an end in two cells are joined with a dash.
        yield "period", period.text.replace("—", ""), period.where, False
    if execution := project.execution:
        for name in ("rate", "weight", "score"):
            if stated := getattr(execution, name):
                yield name, stated, execution.where.cells[name], True
    goal = Goal(text="", where=Where(), indicators=project.indicators, amounts=project.amounts)
    for part in (*project.goals, goal):
        yield from _of_goal(part)


def _of_goal(goal: Goal) -> Iterator[Stated]:
    yield "goal", goal.text, goal.where, False
    for amount in goal.amounts:
        yield "amount", amount.text, amount.where, False
    for indicator in goal.indicators:
        cells = indicator.where.cells
        for name in CELLS:
            words = getattr(indicator, name) or ""
            if name in cells:
                # The cell of a first level may have its points too.
                yield name, words, cells[name], name != "level1"
            elif words and not cells:  # an indicator of the prose
                yield name, words, indicator.where, False


@every_pdf
def test_every_rectangle_has_the_words_of_its_value(path: Path) -> None:
    crops, count = Crops(path), 0
    for name, words, where, alone in stated_values(record_of(path)):
        if not words and not alone:
            continue
        found, wanted = crops.characters(where), Counter(fold(words))
        assert not wanted - found, (name, words, where)
        found -= Counter() if wanted else Counter("—/-")  # which stand for a blank
        assert not alone or found == wanted, (name, words, where, "".join(found.elements()))
        count += 1
    assert count or "P5" in path.name or not record_of(path).projects


@every_pdf
def test_every_annotation_has_the_words_of_its_value(path: Path) -> None:
    crops, mapped = Crops(path), map_record(record_of(path))
    index = EvidenceIndex.from_quads(mapped.evidence)
    for thing in {value.subject.value for value in mapped.stated}:
        for value in index.printed(thing):
            if value.where.bbox is None:  # what became of the prose of a page
                assert value.where.page
                continue
            assert not _missing(crops, value.text, value.where), value


@every_pdf
def test_every_finding_is_where_its_evidence_is_printed(path: Path) -> None:
    crops, mapped = Crops(path), map_record(record_of(path))
    for finding in check_quads([*mapped.facts, *mapped.evidence]).findings:
        if finding.where and finding.where.bbox:
            for words in finding.evidence:
                assert not _missing(crops, words, finding.where), finding


def _missing(crops: Crops, words: str, where: Where) -> Counter[str]:
    return Counter(fold(words.replace("—", ""))) - crops.characters(where)


def test_findings_of_a_merged_cell_frame_it_on_its_own_page() -> None:
    """A merged first level that ends at the top of page 30 is printed on page 29."""
    record = record_of(PDFS[0])
    earlier = [
        (indicator.where.page, cell.page)
        for project in record.projects
        for indicator in project.indicators
        for cell in indicator.where.cells.values()
        if cell.page != indicator.where.page
    ]
    assert (30, 29) in earlier
    # No cell is said to be on a later page than its row.
    assert all(cell < row for row, cell in earlier if cell and row)
