"""Reads the budget tables (预算公开表): rows with codes, names and amounts in yuan."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jixiao.extract import targets
from jixiao.extract.profiles import StatementTitle, compared, disclosure, statements
from jixiao.messages import message
from jixiao.pages.layout import Flow, Table, Text, squeeze
from jixiao.record import Cell as Value
from jixiao.record import Column, Problem, Statement, StatementRow, Where

_NUMBER = re.compile(r"[-－]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class _Section:
    """Columns that belong together: those that name the row, and those that hold its values."""

    name: str | None
    naming: int | None
    code: int | None
    line: int | None
    values: tuple[int, ...]


def read(flow: Flow, described: set[int]) -> tuple[list[Statement], list[Problem]]:
    """Return the flow's budget tables, and the cells and tables that could not be read.

    `described` are the numbers of the tables that have been read as something else.
    """
    found, problems = list[Statement](), list[Problem]()
    blocks = flow.blocks
    for at, block in enumerate(blocks):
        if not isinstance(block, Table):
            continue
        above = _texts_above(blocks[:at])
        titled = next(((k, t) for t in reversed(above) if (k := _kind(t.text))), None)
        if titled:
            kind, title = titled
            unit = _unit(above, block)
            note = _note(blocks[at + 1 :])
            found.append(_statement(block, kind, title, unit, note, problems))
        elif block.number not in described and len(block.grid[0]) >= statements().known_from:
            title_text = above[-1].text if above else ""
            told = message("unknown-table", table=block.number, title=title_text)
            problems.append(Problem("unknown-table", told, block.where(0)))
    return found, problems


def _texts_above(blocks: Sequence[Text | Table]) -> list[Text]:
    """Return the paragraphs since the last table."""
    last = max((i for i, b in enumerate(blocks) if isinstance(b, Table)), default=-1)
    return [block for block in blocks[last + 1 :] if isinstance(block, Text)]


def _kind(title: str) -> StatementTitle | None:
    known = squeeze(title)
    return next((s for s in statements().statements if known in compared(s.titles)), None)


def _unit(above: list[Text], table: Table) -> str:
    header = "".join(table.texts(0))
    for text in (*(block.text for block in reversed(above)), header):
        if match := re.search(disclosure().unit, squeeze(text)):
            return match["unit"]
    return disclosure().default_unit


def _note(after: Sequence[Text | Table]) -> str | None:
    """Return the notes right below a table."""
    notes = list[str]()
    for block in after[: statements().note_lines]:
        if not isinstance(block, Text) or not re.match(statements().note, block.text):
            break
        notes.append(block.text)
    return "\n".join(notes) or None


def _statement(
    table: Table,
    kind: StatementTitle,
    title: Text,
    unit: str,
    note: str | None,
    problems: list[Problem],
) -> Statement:
    body, labels = _header(table, kind)
    columns = [_column(label) for label in labels]
    rows = [
        row
        for number in range(body, len(table.grid))
        for section in _sections(labels)
        if (row := _row(table, number, section, columns, unit, problems))
    ]
    shown = sorted({column for section in _sections(labels) for column in section.values})
    return Statement(
        kind=kind.kind,
        classification=kind.classification,
        title=title.text,
        unit=unit,
        columns=tuple(columns[column] for column in shown),
        rows=tuple(rows),
        note=note,
        where=title.where(),
    )


def _header(table: Table, kind: StatementTitle) -> tuple[int, list[str]]:
    """Return where the body starts, and each column's header joined with "/"."""
    rules = statements()
    marks = (r for r in range(len(table.grid)) if squeeze(table.text(r, 0)) == rules.head_mark)
    mark = next(marks, None)
    depth = mark if mark is not None else kind.header_rows or _depth(table)
    body = depth + (mark is not None)
    return body, [_label(table, depth, column) for column in range(len(table.grid[0]))]


def _depth(table: Table) -> int:
    """Return how many rows the header has: as many as its highest cell spans."""
    return max((cell.rows for cell in table.grid[0] if cell), default=1)


def _label(table: Table, depth: int, column: int) -> str:
    """Return a column's header; a blank over a word belongs to what stands left of it."""
    parts = list[str]()
    for row in range(depth):
        left = column
        under = any(table.text(below, column) for below in range(row + 1, depth))
        while under and left > 0 and not table.text(row, left):
            left -= 1
        text = squeeze(table.text(row, left))
        if text and text not in parts[-1:]:
            parts.append(text)
    return "/".join(parts)


def _column(label: str) -> Column:
    word = label.rpartition("/")[2]
    for meaning in statements().columns:
        if word in compared(meaning.words):
            return Column(label, meaning.role, meaning.dimensions)
    return Column(label, "amount", {})


def _sections(labels: list[str]) -> list[_Section]:
    """Return one section for each column of names, with the columns up to the next."""
    kinds = [_naming(label) for label in labels]
    names = [c for c, kind in enumerate(kinds) if kind == "name"]
    line = kinds.index("line") if "line" in kinds else None
    sections = list[_Section]()
    for at, column in enumerate(names or [None]):
        first = column if at and column is not None else 0
        last = names[at + 1] if at + 1 < len(names) else len(labels)
        inside = [c for c in range(len(labels)) if first <= c < last and kinds[c] is None]
        codes = [c for c in range(last) if kinds[c] == "code"]
        name = labels[column].rpartition("/")[0] if column is not None else None
        sections.append(
            _Section(
                name=(name or None) if len(names) > 1 else None,
                naming=column,
                code=codes[-1] if codes else None,
                line=line,
                values=tuple(inside),
            )
        )
    return sections


def _naming(label: str) -> str | None:
    word, known = label.rpartition("/")[2], statements().labels
    for kind, words in (("line", known.line), ("code", known.code), ("name", known.name)):
        if word in compared(words):
            return kind
    return None


def _row(
    table: Table,
    number: int,
    section: _Section,
    columns: list[Column],
    unit: str,
    problems: list[Problem],
) -> StatementRow | None:
    """Return a row of a section, None where it is blank."""
    where = table.where(
        number, {columns[c].label: c for c in section.values if table.text(number, c)}
    )
    values = {
        columns[c].label: _value(text, columns[c], unit, where, problems)
        for c in section.values
        if (text := table.text(number, c))
    }
    name = table.text(number, section.naming) if section.naming is not None else ""
    code = squeeze(table.text(number, section.code)) if section.code is not None else ""
    if not (name or code or values):
        return None
    return StatementRow(
        line=(table.text(number, section.line) or None) if section.line is not None else None,
        section=section.name,
        code=code or None,
        name=name,
        total=squeeze(name) in statements().total_rows,
        values=values,
        where=where,
    )


def _value(text: str, column: Column, unit: str, where: Where, problems: list[Problem]) -> Value:
    plain = squeeze(text).replace(",", "")
    if column.role == "text":
        return Value(text)
    if not _NUMBER.fullmatch(plain):
        told = message("no-number", text=text, column=column.label)
        problems.append(Problem("no-number", told, where))
        return Value(text)
    if column.role == "quantity":
        return Value(text, number=Decimal(plain))
    return Value(text, yuan=targets.money(plain, unit))
