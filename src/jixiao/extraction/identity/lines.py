"""The document as identity sees it: its lines, and its labels with their values.

A line is a paragraph, or a row of a table with a single text in it: titles stand there as often
as above the table, and a sheet of a workbook may be one table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from jixiao.config import lru_cache
from jixiao.documents.model import Cell, DocumentContent, Table, Text
from jixiao.extraction.identity.bodies import name_of
from jixiao.extraction.identity.rules import Role, identity_rules
from jixiao.extraction.word_matching import compiled
from jixiao.text import fold, half_width, squeeze

_LONGEST_LABEL = 24
_LONGEST_CELL = 80


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document; `text` is without white space, `spaced` has it.

    `form` is true in a table, `block` is the number of the paragraph or table, counted from 0.
    """

    text: str
    spaced: str
    source: Text
    form: bool
    block: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """What stands beside or below a label that names a role."""

    role: Role
    value: str
    line: Line


_CAPTION = 3  # lines above a table that may be its caption


@dataclass(slots=True)
class Lines:
    """All lines in the order of the document, and all values under labels of a role.

    `results` are the headers of forms that only evaluations have: 全年执行数.
    """

    lines: list[Line] = field(default_factory=list[Line])
    labelled: list[Labelled] = field(default_factory=list[Labelled])
    results: list[Line] = field(default_factory=list[Line])


def read_lines(content: DocumentContent) -> Lines:
    """Return the lines and the labelled values of a document."""
    result = Lines()
    for number, block in enumerate(content.blocks):
        if isinstance(block, Table):
            _read_table(block, number, result)
        elif block.text.strip():
            line = _line(block, number, form=False)
            result.lines.append(line)
            _read_inline(line, result)
    _read_labels_above(result)
    return result


@lru_cache(maxsize=4096)
def role_of(label: str) -> Role | None:
    """Return the role that a label gives to the body beside it, None if it is no such label.

    Args:
        label: The text of a line or cell.
    """
    if len(label) > _LONGEST_CELL or label[:1].isdigit():
        return None
    rules = identity_rules()
    bare = re.sub(rules.labels.decoration, "", fold(label))
    # Twice, for a mark may follow a colon: 填报单位(盖章):
    bare = re.sub(rules.labels.decoration, "", bare)
    if not bare or len(bare) > _LONGEST_LABEL or re.search(rules.labels.not_label, bare):
        return None
    return next((role.role for role in rules.roles if compiled(role.label).search(bare)), None)


def _line(text: Text, block: int, *, form: bool) -> Line:
    spaced = half_width(text.text)
    return Line(squeeze(spaced), spaced, text, form, block)


def _read_inline(line: Line, result: Lines) -> None:
    """Read 填报单位：某县财政局, and each label of 来源：某报 发布机构：某局."""
    rules = identity_rules().labels
    spaced = re.sub(identity_rules().labels.sealed, ":", line.spaced)
    if ":" not in spaced:
        return
    # PDF files may print no space before the next label: 10:25:19来源：某局.
    for part in re.split(r"(?:[ |]+|(?<=\d))(?=[^\s\d:|]{2,14} ?:)", spaced):
        match = re.search(rules.inline, fold(part).strip("[]【】"))
        if match and (role := role_of(match["label"])):
            value = re.sub(rules.next_label, "", match["value"])
            if value:
                result.labelled.append(Labelled(role, value, line))


def _read_labels_above(result: Lines) -> None:
    """Read a label on a line of its own, with its value on the next line."""
    for line, after in pairwise(result.lines):
        if line.text.endswith(":") and len(line.text) <= _LONGEST_LABEL and ":" not in after.text:
            role = role_of(line.text)
            if role:
                result.labelled.append(Labelled(role, after.text, after))


def _read_table(table: Table, block: int, result: Lines) -> None:
    above = result.lines[-_CAPTION:]
    allocated = any(re.search(identity_rules().labels.allocation, line.text) for line in above)
    is_result = re.compile(identity_rules().labels.result).search
    for at, row in enumerate(table.grid):
        filled = [cell for cell in _starting(row, at) if cell.text.text.strip()]
        if len(filled) == 1:
            line = _line(filled[0].text, block, form=True)
            result.lines.append(line)
            _read_inline(line, result)
            allocated |= bool(re.search(identity_rules().labels.allocation, line.text))
            continue
        for place, cell in enumerate(filled):
            stated = cell.text.text
            if len(stated) > _LONGEST_CELL:
                continue
            if is_result(squeeze(stated)):
                result.results.append(_line(cell.text, block, form=True))
            if not place and stated[:1].isdigit() and _is_caption(filled):
                result.lines.append(_line(cell.text, block, form=True))
            if ":" in stated[:-1] or "：" in stated[:-1]:
                _read_inline(_line(cell.text, block, form=True), result)
            elif (role := role_of(stated)) and not (allocated and role == "author"):
                result.labelled += _values(table, cell, role, filled[place + 1 :], block)


def _nested(above: str, below: str) -> bool:
    """Tell whether the code before a name goes on that before another."""
    codes = [re.match(r"\d{3,}", text) for text in (above, below)]
    return bool(codes[0] and codes[1] and codes[1][0].startswith(codes[0][0]))


def _is_caption(filled: list[Cell]) -> bool:
    """Tell whether a row says whose table it is: 920某镇财政所 | 预算年度:2025 | 单位:万元."""
    return len(filled) == 2 or all(":" in half_width(cell.text.text) for cell in filled[1:])


def _values(
    table: Table, label: Cell, role: Role, right: list[Cell], block: int
) -> Iterator[Labelled]:
    """Yield what stands to the right of a label, and below it if it heads a column."""
    if right and right[0].column == label.column + label.columns:
        line = _line(right[0].text, block, form=True)
        yield Labelled(role, line.text, line)
        if name_of(line.text):
            return
    column = dict[str, Line]()
    for row in table.grid[label.row + label.rows :]:
        cell = row[label.column] if label.column < len(row) else None
        if cell and cell.text.text.strip():
            line = _line(cell.text, block, form=True)
            column.setdefault(line.text, line)
            # Rows of several bodies are a list of them, which is nobody's paper; but for a body
            # below the department whose code it has before its own: 820 and 820001.
            if len(column) > 1 and not _nested(*column):
                return
            if len(column) > 1:
                column = {line.text: line}
    for text, line in column.items():
        yield Labelled(role, text, line)


def _starting(row: list[Cell | None], at: int) -> list[Cell]:
    """Return the cells that start in a row, each once."""
    found, last = list[Cell](), None
    for cell in row:
        if cell is not None and cell is not last and cell.row == at:
            found.append(cell)
        last = cell
    return found
