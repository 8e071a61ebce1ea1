"""Finds the forms of a document: tables, or parts of them, with heads and indicators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jixiao.documents.model import DocumentContent, Table, Text
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.field_words import label_like
from jixiao.extraction.forms.blocks import Block, blocks
from jixiao.extraction.forms.columns import assign
from jixiao.extraction.forms.grid import filled, row_cells
from jixiao.extraction.forms.pairs import Pair, PairReader
from jixiao.extraction.forms.sections import sections
from jixiao.extraction.forms.subjects import subject_rules
from jixiao.extraction.forms.turned import turned_from
from jixiao.extraction.forms.unruled import with_spans
from jixiao.extraction.ledger import Ledger
from jixiao.text import squeeze

_TOP, _LABEL = 8, 20  # rows and characters within which labels show the head of a form
_HEAD = frozenset({"name", "goal", "amount", "department-name", "particular", "period", "ground"})


@dataclass(slots=True)
class Part:
    """One table of a form, or the part of a table that holds it.

    `blocks` are its indicators, `head_rows` its other rows and `pairs` their labels and values;
    `above` are the paragraphs above it, and the titles in it.
    """

    table: Table
    above: list[Text]
    blocks: list[Block]
    pairs: list[Pair]
    head_rows: list[int]

    @property
    def named(self) -> bool:
        """Whether it has the label of a project's name."""
        return any(p.mark and p.mark.field == "name" and p.row is None for p in self.pairs)


def parts_of(content: DocumentContent, year: int | None, ledger: Ledger) -> Iterator[Part]:
    """Yield the tables, or parts of tables, that are a form or the head of one.

    Args:
        content: The document.
        year: The budget's year, None if it is not known.
        ledger: What becomes of each cell; the labels and values of heads are claimed.
    """
    above = list[Text]()
    for block in content.blocks:
        if isinstance(block, Text):
            above.append(block)
            continue
        found = False
        for section in sections(block):
            if part := _part(section, above, year, ledger):
                found = True
                yield part
                above = []
        if not found:
            above = []


def _part(table: Table, above: list[Text], year: int | None, ledger: Ledger) -> Part | None:
    if (top := turned_from(table)) is not None:
        turned = table.part(top, len(table.grid)).turn()
        found = _assigned(blocks(turned, headed=True), year)
        inside = set(range(top, len(table.grid)))
    else:
        found = _assigned(blocks(table), year)
        inside = {row for block in found for row in range(block.top, block.end)}
    head_rows = [row for row in range(len(table.grid)) if row not in inside]
    titles = [
        cells[0].text for row in head_rows if len(cells := filled(row_cells(table, row))) == 1
    ]
    if not found and not _may_be_head(table):
        return None
    if not table.ruled:
        table = with_spans(table, head_rows)
    part = Part(table, [*above, *titles], found, [], head_rows)
    trial = Ledger()
    reader = PairReader(table, trial, part.pairs)
    for rows in _runs(part.head_rows):
        reader.read(rows)
    if not found and not _is_head(part):
        return None
    ledger.merge(trial)
    return part


def _assigned(found: list[Block], year: int | None) -> list[Block]:
    """Return the blocks that have a column of indicators, with their columns assigned."""
    for block in found:
        assign(block, year)
    return [block for block in found if any(c.role == "level3" for c in block.columns)]


def _runs(rows: list[int]) -> Iterator[range]:
    start = 0
    for at, row in enumerate(rows):
        if at + 1 == len(rows) or rows[at + 1] != row + 1:
            yield range(rows[start], row + 1)
            start = at + 1


def _may_be_head(table: Table) -> bool:
    """Tell whether a table without indicators has labels of a form near its top."""
    cells = {cell.text.text for row in table.grid[:_TOP] for cell in row if cell}
    known = [label_like(stated) for stated in cells if len(stated) < _LABEL]
    return sum(mark is not None and like > 0.75 for mark, like in known) >= 2


def _is_head(part: Part) -> bool:
    """Tell whether a table without indicators is the head of a form: several labels of one."""
    known = [p for p in part.pairs if p.mark and p.likeness > 0.75 and p.heading is None]
    # 项目名称 | 金额 are the headers of a list, and no label with its value.
    known = [p for p in known if label_like(p.stated)[1] < limits().label_itself]
    fields = {p.mark.field for p in known if p.mark and p.mark.field in _HEAD and p.row is None}
    if fields & {"name", "goal"} and len(fields) >= 2:
        return True
    titled = any(re.search(subject_rules().form_title, squeeze(t.text)) for t in part.above)
    return titled and len(known) >= 2
