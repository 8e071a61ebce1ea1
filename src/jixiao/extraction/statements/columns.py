"""What the columns of a budget table mean: its header rows, as `extract/statements.toml` says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec

from jixiao.config import folder, read_toml
from jixiao.documents.model import Cell, Table
from jixiao.extraction.word_lists import compared
from jixiao.model.record import Column
from jixiao.text import squeeze


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Header words of the columns that name a row; `parts` says how long each part of a code is."""

    line: list[str]
    code: list[str]
    parts: dict[str, int]
    name: list[str]


class StatementTitle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of budget table, by a pattern of its title."""

    kind: str
    title: str
    header_rows: int | None = None
    classification: Literal["functional", "economic"] = "functional"


class ColumnMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the columns with these header words hold."""

    words: list[str]
    role: Literal["amount", "quantity", "text"] = "amount"
    dimensions: dict[str, str] = {}


class Statements(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`statements.toml`: the budget tables and their columns."""

    title: str
    title_within: int
    head_mark: str
    total_rows: list[str]
    nothing: list[str]
    note: str
    note_lines: int
    known_from: int
    labels: Labels
    statements: list[StatementTitle]
    columns: list[ColumnMeaning]


@cache
def statements() -> Statements:
    """Return `statements.toml`."""
    return read_toml(folder("extract") / "statements.toml", Statements)


NUMBER = re.compile(r"[-－]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Section:
    """Columns that belong together: those that name the row, and those that hold its values.

    A code is in one column, or each of its `codes` (类, 款, 项) in one of its own.
    """

    name: str | None
    naming: int | None
    codes: tuple[int, ...]
    line: int | None
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The row the body starts at, each column's header joined with "/", and what it means."""

    body: int
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]


def header(table: Table, top: int, rows: int | None) -> Header:
    """Return the header that starts at row `top`; `rows` is its height where the kind fixes it."""
    rules = statements()
    marks = (r for r in range(len(table.grid)) if squeeze(table.text(r, 0)) == rules.head_mark)
    mark = next(marks, None)
    end = mark if mark is not None else top + (rows or _depth(table, top))
    labels = [_label(table, top, end, column) for column in range(len(table.grid[0]))]
    return Header(
        body=end + (mark is not None),
        labels=tuple(labels),
        columns=tuple(_column(label) for label in labels),
        sections=tuple(_sections(labels)),
    )


def worded(table: Table, row: int) -> bool:
    """Tell whether a row of its own has a word that the header of a budget table has."""
    return any(squeeze(cell.text.text) in _words() for cell in own(table, row))


@cache
def _words() -> frozenset[str]:
    rules, known = statements(), statements().labels
    words = [*known.line, *known.code, *known.name, *known.parts, rules.head_mark]
    return compared([*words, *(word for meaning in rules.columns for word in meaning.words)])


def own(table: Table, row: int) -> Iterator[Cell]:
    """Yield the cells that start in a row."""
    for column, cell in enumerate(table.grid[row]):
        if cell and cell.row == row and cell.column == column:
            yield cell


def _depth(table: Table, top: int) -> int:
    """Return how many rows the header has: to the end of the rows with header words.

    A row that names a total closes it once the row names have their header.
    """
    spans = max((cell.rows for cell in table.grid[top] if cell), default=1)
    depth, totals = 0, compared(statements().total_rows)
    for row in range(top, len(table.grid)):
        total = depth and any(
            squeeze(cell.text.text) in totals and _naming(_label(table, top, row, cell.column))
            for cell in own(table, row)
        )
        if worded(table, row) and not total:
            depth = row - top + 1
        elif depth or any(NUMBER.fullmatch(squeeze(c.text.text)) for c in own(table, row)):
            break
    return max(depth, spans)


def _label(table: Table, top: int, end: int, column: int) -> str:
    """Return a column's header; a blank over a word belongs to what stands left of it."""
    parts = list[str]()
    for row in range(top, end):
        left = column
        under = any(table.text(below, column) for below in range(row + 1, end))
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


def _sections(labels: list[str]) -> Iterator[Section]:
    """Yield one section for each column of names, with the columns up to the next."""
    kinds = [_naming(label) for label in labels]
    names = [c for c, kind in enumerate(kinds) if kind == "name"]
    line = kinds.index("line") if "line" in kinds else None
    for at, column in enumerate(names or [None]):
        first = column if at and column is not None else 0
        last = names[at + 1] if at + 1 < len(names) else len(labels)
        name = labels[column].rpartition("/")[0] if column is not None else None
        yield Section(
            name=(name or None) if len(names) > 1 else None,
            naming=column,
            codes=_codes(kinds[:last]),
            line=line,
            values=tuple(c for c in range(len(labels)) if first <= c < last and not kinds[c]),
        )


def _codes(kinds: list[str | None]) -> tuple[int, ...]:
    """Return the columns of the code that stands nearest to the names."""
    whole = [c for c, kind in enumerate(kinds) if kind == "code"]
    parts = [c for c, kind in enumerate(kinds) if kind == "part"]
    if not parts:
        return tuple(whole[-1:])
    first = parts[-1]
    while first - 1 in parts:
        first -= 1
    return tuple(range(first, parts[-1] + 1))


def _naming(label: str) -> str | None:
    """Return what a column tells of a row ("line", "code", "part", "name"), None for a value."""
    word, known = label.rpartition("/")[2], statements().labels
    for kind, words in (
        ("line", known.line),
        ("code", known.code),
        ("part", list(known.parts)),
        ("name", known.name),
    ):
        if word in compared(words):
            return kind
    return None
