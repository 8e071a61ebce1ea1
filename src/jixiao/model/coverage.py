"""What was read of a document and what was not, added up: of each table, and of the prose.

`totals(record.coverage).cells.percent` is "97.8"; `parts` has a line for each table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from jixiao.model.record import Coverage, Record, Unread


class Counted(msgspec.Struct, frozen=True):
    """A number of cells or characters, and how many of them were not read."""

    of: int = 0
    unread: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.of + other.of, self.unread + other.unread)

    @property
    def percent(self) -> str:
        """The share that was read, in percent: rounded down, so that only all of it is 100."""
        if not self.unread:
            return "100"
        tenths = 1000 * (self.of - self.unread) // self.of
        return f"{tenths // 10}.{tenths % 10}"


class Totals(msgspec.Struct, frozen=True):
    """What was counted in one document or several: cells of tables, characters of prose."""

    cells: Counted = Counted()
    characters: Counted = Counted()

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.cells + other.cells, self.characters + other.characters)


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a document, or all of its prose.

    Attributes:
        table: the number of the table, None for the prose.
        count: its cells; of prose the characters.
        pages: the pages on which something of it is unread, or else the one it begins on.
        unread: what was not read, in the order of the document.
        ordinals: which coverages of the record it is made of, counted from 1.

    """

    table: int | None
    count: Counted
    pages: tuple[int, ...]
    unread: tuple[Unread, ...]
    ordinals: tuple[int, ...]


def totals(coverage: Iterable[Coverage]) -> Totals:
    """Return the sums over all tables and all prose."""
    total = Totals()
    for each in coverage:
        if each.kind == "table":
            total += Totals(cells=_count(each))
        else:
            total += Totals(characters=_count(each))
    return total


def parts(coverage: Sequence[Coverage], unread: Sequence[Unread]) -> list[Part]:
    """Return the tables in the order of the document, then the prose as one part."""
    of_table = dict[int | None, list[int]]()
    for number, each in enumerate(coverage, 1):
        of_table.setdefault(each.where.table if each.kind == "table" else None, []).append(number)
    found = list[Part]()
    for table in sorted(of_table, key=lambda table: (table is None, table or 0)):
        own = [coverage[number - 1] for number in of_table[table]]
        left = tuple(u for u in unread if u.where.table == table)
        begins = [each.where.page for each in own if each.unread] or [own[0].where.page]
        found.append(
            Part(
                table=table,
                count=sum((_count(each) for each in own), Counted()),
                pages=unread_pages(own, left) or tuple(p for p in begins if p is not None),
                unread=left,
                ordinals=tuple(of_table[table]),
            )
        )
    return found


def unread_pages(coverage: Iterable[Coverage], unread: Sequence[Unread]) -> tuple[int, ...]:
    """Return the pages on which something was not read, as far as the file has pages.

    Without the unread passages these are the pages on which the tables begin.
    """
    wheres = [place for u in unread for place in (u.where, *u.where.continued)]
    wheres = wheres or [each.where for each in coverage if each.unread]
    return tuple(sorted({where.page for where in wheres if where.page is not None}))


def titles(record: Record) -> dict[int, list[str]]:
    """Return what is printed in each table: the names of projects, the titles of budget tables."""
    found = dict[int, list[str]]()
    stated = [
        (project.name, where)
        for project in record.projects
        # The name of a project may stand above the table of its indicators.
        for where in (project.where, *(indicator.where for indicator in project.indicators))
    ]
    stated += [(statement.title, statement.where) for statement in record.statements]
    for title, where in stated:
        if title and where.table is not None:
            names = found.setdefault(where.table, [])
            if title not in names:
                names.append(title)
    return found


def _count(coverage: Coverage) -> Counted:
    read = coverage.value + coverage.label + coverage.heading + coverage.furniture
    return Counted(read + coverage.unread, coverage.unread)
