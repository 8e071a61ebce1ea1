"""How far a budget and each of its projects were read, from the coverage of their tables.

A rule that finds something missing needs to know this: what was not read may be what is missing.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import NamedNode

from jixiao.model.record import Coverage, Indicator, Project, Record, Where
from jixiao.rdf.namespaces import JX
from jixiao.rdf.terms import Triple, decimal, integer

_Rows = dict[int, list[tuple[int, str]]]  # by table: the first row of each project, in order


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read and what was not; None where the record tells nothing of it.

    Attributes:
        share: the share of cells that were read, by the project's id; "" is the whole document.
        unread: how many cells were not read, likewise.
        in_table: how many cells of each table were not read, by its number.
        projects_of: the ids of the projects that each unread passage of the record is printed in.

    """

    share: Mapping[str, Decimal]
    unread: Mapping[str, int]
    in_table: Mapping[int, int]
    projects_of: list[list[str]]


def reading_of(record: Record) -> Reading:
    """Return how far a document and each of its projects were read."""
    rows = _first_rows(record)
    by_table = defaultdict[int, list[Coverage]](list)
    for coverage in record.coverage:
        if coverage.kind == "table" and coverage.where.table is not None:
            by_table[coverage.where.table].append(coverage)
    projects_of = [_projects_at(unread.where, rows) for unread in record.unread]
    if not record.coverage:
        return Reading({}, {}, {}, projects_of)
    tables = [c for c in record.coverage if c.kind == "table"]
    share, unread = {"": _share(tables or record.coverage)}, {"": sum(c.unread for c in tables)}
    tables_of = defaultdict[str, set[int]](set)
    for table, starts in rows.items():
        for _, project in starts:
            tables_of[project].add(table)
    for project, own in tables_of.items():
        covered = [c for table in own for c in by_table.get(table, ())]
        if covered:
            share[project] = _share(covered)
            unread[project] = sum(project in of for of in projects_of)
    in_table = {table: sum(c.unread for c in of) for table, of in by_table.items()}
    return Reading(share, unread, in_table, projects_of)


def of_reading(
    reading: Reading, budget: NamedNode, projects: Mapping[str, NamedNode]
) -> Iterator[Triple]:
    """Yield how far a budget and its projects were read.

    Args:
        reading: how far each was read.
        budget: the budget.
        projects: its projects, by their ids.

    """
    for name, share in reading.share.items():
        node = projects[name] if name else budget
        yield node, JX.readShare, decimal(share)
        yield node, JX.unreadCount, integer(reading.unread[name])


def _share(coverage: Iterable[Coverage]) -> Decimal:
    read = unread = 0
    for each in coverage:
        read += each.value + each.label + each.heading + each.furniture
        unread += each.unread
    # A table without text has nothing that was not read.
    return round(Decimal(read) / (read + unread), 3) if read + unread else Decimal(1)


def _first_rows(record: Record) -> _Rows:
    rows = defaultdict[int, dict[str, int]](dict)
    for project in record.projects:
        for where in _places(project):
            if where.table is not None:
                of_table = rows[where.table]
                of_table[project.id] = min(where.row or 0, of_table.get(project.id, where.row or 0))
    return {table: sorted((row, p) for p, row in of.items()) for table, of in rows.items()}


def _projects_at(where: Where, rows: _Rows) -> list[str]:
    """Return the projects that a place is in: the last one that starts above it in its table.

    What stands above the first one is its head. A place without a row may be in any of them.
    """
    starts = rows.get(where.table, []) if where.table is not None else []
    if not starts or where.row is None:
        return [project for _, project in starts]
    first = [row for row, _ in starts]
    last = first[max(bisect_right(first, where.row) - 1, 0)]
    # Forms side by side start in the same row.
    return [project for row, project in starts if row == last]


def _places(project: Project) -> Iterator[Where]:
    """Yield all places of a project: of its title, its goals, its money and its indicators."""
    indicators: list[Indicator] = [*project.indicators]
    for goal in project.goals:
        yield goal.where
        indicators += goal.indicators
    wheres = [project.where, *(i.where for i in indicators), *(o.where for o in project.other)]
    # Money in the prose or in a list of projects is outside of the project's own form.
    for where in wheres:
        yield where
        yield from where.continued
