"""Reads the header of a budget table: the meaning of its columns.

`extract/statements.toml` has the header words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.documents.model import Cell, Table
from jixiao.extraction.word_matching import comparable
from jixiao.model.record import Column
from jixiao.text import squeeze


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Header words of the columns that name a row; `parts` has the digits of each code part."""

    line: list[str]
    code: list[str]
    parts: dict[str, int]
    name: list[str]


class StatementTitle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of budget table, with the pattern of its title."""

    kind: Annotated[str, CodeOf("statement")]
    title: Regex
    header_rows: int | None = None
    classification: Literal["functional", "economic"] = "functional"


class ColumnMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The role and the dimensions of columns with certain header words."""

    words: list[str]
    role: Literal["amount", "quantity", "text"] = "amount"
    dimensions: dict[str, str] = {}


class Statements(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`statements.toml`: the kinds of budget tables, and the meanings of their columns."""

    title: Regex
    title_within: int
    head_mark: str
    total_rows: list[str]
    nothing: list[str]
    note: Regex
    note_lines: int
    known_from: int
    labels: Labels
    statements: list[StatementTitle]
    columns: list[ColumnMeaning]


@cache
def statement_rules() -> Statements:
    """Return the content of `statements.toml`."""
    return read_toml(folder("extract") / "statements.toml", Statements)


NUMBER = re.compile(r"[-－]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Section:
    """Columns that belong together: those that name a row, and those with its values.

    A table of revenue and expenditure has two sections side by side. A code is in one column, or
    each of its parts (类, 款, 项) is in a separate one of `codes`.
    """

    name: str | None
    naming: int | None
    codes: tuple[int, ...]
    line: int | None
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The first row of the body, each column's header rows joined with "/", and their meaning."""

    body: int
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]


def header(table: Table, top: int, rows: int | None) -> Header:
    """Return the header of a budget table.

    Args:
        table: The table.
        top: The first row of the header.
        rows: The number of its rows, if the kind of table determines it.
    """
    rules = statement_rules()
    # The row 栏次 (1, 2, 3 …) is always the last of the header, where there is one.
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


def has_header_word(table: Table, row: int) -> bool:
    """Tell whether a cell that starts in a row is a header word of budget tables."""
    return any(squeeze(cell.text.text) in _words() for cell in cells_starting_in(table, row))


@cache
def _words() -> frozenset[str]:
    rules, labels = statement_rules(), statement_rules().labels
    words = [*labels.line, *labels.code, *labels.name, *labels.parts, rules.head_mark]
    return comparable([*words, *(word for meaning in rules.columns for word in meaning.words)])


def cells_starting_in(table: Table, row: int) -> Iterator[Cell]:
    """Yield the cells that start in a row."""
    for column, cell in enumerate(table.grid[row]):
        if cell and cell.row == row and cell.column == column:
            yield cell


def _depth(table: Table, top: int) -> int:
    """Return the number of header rows: those up to the last one with header words.

    合计 may be a header or the name of the first row; it names a row if it stands in a column whose
    header is that of names.
    """
    spans = max((cell.rows for cell in table.grid[top] if cell), default=1)
    depth, totals = 0, comparable(statement_rules().total_rows)
    for row in range(top, len(table.grid)):
        total = depth and any(
            squeeze(cell.text.text) in totals and _naming(_label(table, top, row, cell.column))
            for cell in cells_starting_in(table, row)
        )
        if has_header_word(table, row) and not total:
            depth = row - top + 1
        elif depth or any(
            NUMBER.fullmatch(squeeze(c.text.text)) for c in cells_starting_in(table, row)
        ):
            break
    return max(depth, spans)


def _label(table: Table, top: int, end: int, column: int) -> str:
    """Return a column's header; a blank above a word belongs to the header on its left."""
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
    for meaning in statement_rules().columns:
        if word in comparable(meaning.words):
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
    """Return the columns of the code: the last ones before the names."""
    whole = [c for c, kind in enumerate(kinds) if kind == "code"]
    parts = [c for c, kind in enumerate(kinds) if kind == "part"]
    if not parts:
        return tuple(whole[-1:])
    first = parts[-1]  # adjacent columns only: a table with two sections has two codes
    while first - 1 in parts:
        first -= 1
    return tuple(range(first, parts[-1] + 1))


def _naming(label: str) -> str | None:
    """Return the part of a row's name in a column ("line", "code", "part", "name"), or None."""
    word, labels = label.rpartition("/")[2], statement_rules().labels
    for kind, words in (
        ("line", labels.line),
        ("code", labels.code),
        ("part", list(labels.parts)),
        ("name", labels.name),
    ):
        if word in comparable(words):
            return kind
    return None
