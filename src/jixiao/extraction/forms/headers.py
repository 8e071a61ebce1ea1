"""Finds the header of an indicator table, and the layout that fits it best.

A document does not say which form it uses. Each layout of `extract/layouts/` is tried; the words
of a layout that occur above the indicators are its evidence, and the layout with most evidence
reads the table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jixiao.config import cache
from jixiao.documents.model import Table, Text
from jixiao.extraction.field_words import (
    IndicatorLayout,
    bare,
    column_words,
    field_words,
    indicator_layouts,
)
from jixiao.model.record import Scope
from jixiao.text import squeeze

_LEVELS = ("level1", "level2", "level3")  # names of the record's fields, from the top


@dataclass(frozen=True, slots=True)
class Group:
    """The columns of one indicator; `values` has a column for each scope of its value.

    A table may have two groups side by side: one for the medium term and one for the year.
    """

    columns: dict[str, int]
    values: tuple[tuple[Scope | None, int], ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an indicator table: its layout, the evidence for it, its rows and columns.

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
    """Return the header of a table by the layout with most evidence.

    Args:
        table: Any table.
        above: The paragraphs between it and the table before; a title there is evidence too.

    Returns:
        The header, None if the table has no header of indicators.
    """
    scored = list[tuple[int, Header]]()
    rows = [frozenset(bare(text) for text in table.texts(row)) for row in range(len(table.grid))]
    for layout in indicator_layouts():
        row, groups = _best_row(table, rows, layout)
        if not groups or not all(name in groups[0].columns for name in layout.requires):
            continue
        top, body = _extent(table, row, groups)
        words = frozenset[str]().union(*rows[:body])
        evidence = tuple(word for word in layout.evidence if bare(word) in words)
        # A title counts as one word of evidence; it alone must not outweigh the header.
        titled = bool(layout.title and any(re.search(layout.title, squeeze(t.text)) for t in above))
        header = Header(layout, evidence, top, body, tuple(groups))
        scored.append((len(evidence) + titled, header))
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _best_row(
    table: Table, rows: list[frozenset[str]], layout: IndicatorLayout
) -> tuple[int, list[Group]]:
    """Return the row with most header words, and its groups of columns."""
    best = 0, list[Group](), 0
    for row, words in enumerate(rows):
        if words.isdisjoint(_level_words(layout)):  # most rows of most tables; saves time
            continue
        groups = list(_groups(table, row, layout))
        count = sum(len(group.columns) + len(group.values) for group in groups)
        if count > best[2]:
            best = row, groups, count
    return best[0], best[1]


@cache
def _level_words(layout: IndicatorLayout) -> frozenset[str]:
    return frozenset(word for name in _LEVELS for word in column_words(layout)[name])


def _extent(table: Table, row: int, groups: list[Group]) -> tuple[int, int]:
    """Return the first row of the header's cells and the first row below them."""
    columns = {c for group in groups for c in group.columns.values()}
    columns |= {c for group in groups for _, c in group.values}
    cells = [cell for column in columns if (cell := table.grid[row][column])]
    return min(cell.row for cell in cells), max(cell.row + cell.rows for cell in cells)


def _groups(table: Table, row: int, layout: IndicatorLayout) -> Iterator[Group]:
    """Yield the groups of columns of a header row.

    A later group may lack columns of the first and second level, and then uses those of the first.
    """
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
    """Divide the cells of a header row before each header of a level that occurs again."""
    words = column_words(layout)
    parts = [list[tuple[int, str]]()]
    seen = set[str]()
    for column, word in cells:
        level = next((name for name in _LEVELS if word in words[name]), None)
        # Other words, such as 指标值, may occur twice in one group.
        if level and word in seen:
            parts.append([])
            seen = set[str]()
        seen.add(word)
        parts[-1].append((column, word))
    return parts


def _assign(
    cells: list[tuple[int, str]], layout: IndicatorLayout
) -> tuple[dict[str, int], list[tuple[Scope | None, int]]]:
    """Return the column of each field, and the columns of values with their scopes.

    Each cell is used once; if two cells fit a field, the word that is listed first wins.
    """
    free = {word: column for column, word in reversed(cells)}  # the leftmost of equal words
    values = list[tuple[Scope | None, int]]()
    for scope, words in field_words().value_scopes.items():
        values.extend((scope, free.pop(bare(word))) for word in words if bare(word) in free)
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
