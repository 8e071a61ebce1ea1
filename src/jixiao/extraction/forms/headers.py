"""Finds the header of an indicator table, and the layout that reads the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jixiao.documents.model import Table, Text
from jixiao.extraction.forms.words import (
    IndicatorLayout,
    bare,
    column_words,
    fields,
    indicator_layouts,
)
from jixiao.model.record import Scope
from jixiao.text import squeeze

_LEVELS = ("level1", "level2", "level3")  # what the record calls them, from the top


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that make up one indicator; `values` has a column for each scope of its value."""

    columns: dict[str, int]
    values: tuple[tuple[Scope | None, int], ...]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's indicators start, which columns hold them, and what layout says so.

    `row` is the first row of the header, `body` the first row below it.
    """

    layout: IndicatorLayout
    evidence: tuple[str, ...]
    row: int
    body: int
    groups: tuple[Group, ...]

    @property
    def columns(self) -> dict[str, int]:
        """The columns of the first group."""
        return self.groups[0].columns


def header_of(table: Table, above: list[Text]) -> Header | None:
    """Return the header by the layout that most speaks for, None for another kind of table.

    `above` are the paragraphs since the last table.
    """
    found = list[tuple[int, Header]]()
    rows = [frozenset(bare(text) for text in table.texts(row)) for row in range(len(table.grid))]
    for layout in indicator_layouts():
        row, groups = _best_row(table, rows, layout)
        if not groups or not _has_required(layout, groups):
            continue
        top, body = _extent(table, row, groups)
        words = frozenset[str]().union(*rows[:body])
        evidence = tuple(word for word in layout.evidence if bare(word) in words)
        titled = bool(layout.title and any(re.search(layout.title, squeeze(t.text)) for t in above))
        header = Header(layout, evidence, top, body, tuple(groups))
        found.append((len(evidence) + titled, header))
    return max(found, key=lambda scored: scored[0])[1] if found else None


def _best_row(
    table: Table, rows: list[frozenset[str]], layout: IndicatorLayout
) -> tuple[int, list[Group]]:
    """Return the row with most header words, and the groups of columns it makes."""
    best = 0, list[Group](), 0
    for row, words in enumerate(rows):
        if words.isdisjoint(_level_words(layout)):
            continue
        groups = list(_groups(table, row, layout))
        known = sum(len(group.columns) + len(group.values) for group in groups)
        if known > best[2]:
            best = row, groups, known
    return best[0], best[1]


@cache
def _level_words(layout: IndicatorLayout) -> frozenset[str]:
    return frozenset(word for name in _LEVELS for word in column_words(layout)[name])


def _has_required(layout: IndicatorLayout, groups: list[Group]) -> bool:
    return all(name in groups[0].columns for name in layout.requires)


def _extent(table: Table, row: int, groups: list[Group]) -> tuple[int, int]:
    """Return the first row of the header's cells and the first row below them."""
    columns = {c for group in groups for c in group.columns.values()}
    columns |= {c for group in groups for _, c in group.values}
    cells = [cell for column in columns if (cell := table.grid[row][column])]
    return min(cell.row for cell in cells), max(cell.row + cell.rows for cell in cells)


def _groups(table: Table, row: int, layout: IndicatorLayout) -> Iterator[Group]:
    """Yield the groups of columns: a new one starts where a level is named again."""
    cells = [(c.column, bare(c.text.text)) for c in table.grid[row] if c]
    cells = [(column, word) for column, word in dict(cells).items() if word]
    shared = dict[str, int]()
    for part in _parts(cells, layout):
        columns, values = _assign(part, layout)
        columns = {**{k: v for k, v in shared.items() if k not in columns}, **columns}
        if "level3" in columns and values and {"level1", "level2"} & columns.keys():
            shared = shared or {name: columns[name] for name in _LEVELS[:2] if name in columns}
            yield Group(columns, tuple(values))


def _parts(cells: list[tuple[int, str]], layout: IndicatorLayout) -> list[list[tuple[int, str]]]:
    words = column_words(layout)
    parts = [list[tuple[int, str]]()]
    seen = set[str]()
    for column, word in cells:
        level = next((name for name in _LEVELS if word in words[name]), None)
        if level and word in seen:
            parts.append([])
            seen = set[str]()
        seen.add(word)
        parts[-1].append((column, word))
    return parts


def _assign(
    cells: list[tuple[int, str]], layout: IndicatorLayout
) -> tuple[dict[str, int], list[tuple[Scope | None, int]]]:
    """Return which column holds which field: each cell once, the word listed first wins."""
    free = {word: column for column, word in reversed(cells)}
    values = list[tuple[Scope | None, int]]()
    for scope, known in fields().value_scopes.items():
        values.extend((scope, free.pop(bare(word))) for word in known if bare(word) in free)
    columns = dict[str, int]()
    for name, words in column_words(layout).items():
        word = next((word for word in words if word in free), None)
        if word is None:
            continue
        if name == "value":
            values.append((None, free.pop(word)))
        else:
            columns[name] = free.pop(word)
    return columns, sorted(values, key=lambda value: value[1])
