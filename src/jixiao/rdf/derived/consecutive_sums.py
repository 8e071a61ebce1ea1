"""The runs of amounts in the text's list of projects that add up to an item of the tables.

Any subset could be tried, but hundreds of subsets fit by chance; runs of neighbours hardly do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from jixiao.model.record import Record
from jixiao.rdf.derived.accounting_identities import Cell, identities, places


@dataclass(frozen=True, slots=True)
class ConsecutiveSum:
    """Amounts `first` to `last` of the list, which add up to an item.

    Attributes:
        item: the cell with the item's amount.
        first: the place of the first amount in the list, from 1; `last` is included.
        difference: yuan subtracted before the sum fits: the excess of the whole list over all
            project expenditure.
        without: the cell of another item, whose own run within this one is left out.

    """

    item: Cell
    first: int
    last: int
    difference: Decimal = Decimal(0)
    without: Cell | None = None


def find_consecutive_sums(record: Record) -> Iterator[ConsecutiveSum]:
    """Yield the runs of two or more amounts that add up to an item.

    There are none if an amount of the list could not be read: every sum over it would be wrong.
    """
    amounts = _listed(record)
    items = _items(record)
    totals = [yuan for _, yuan in _cells(record, total=True)]
    if len(amounts) < 2 or not items:
        return
    sums = [Decimal(0), *accumulate(amounts)]
    difference = sums[-1] - max(totals, default=sums[-1])
    plain = list(_fitting(sums, items, Decimal(0)))
    yield from plain
    if difference:
        yield from _fitting(sums, items, difference)
    fitted = {run.item for run in plain}
    unfitted = {yuan: [c for c in cells if c not in fitted] for yuan, cells in items.items()}
    for inner in plain:
        yield from _around(inner, sums, unfitted)


def _fitting(
    sums: list[Decimal], items: dict[Decimal, list[Cell]], difference: Decimal
) -> Iterator[ConsecutiveSum]:
    for first in range(1, len(sums) - 1):
        for last in range(first + 1, len(sums)):
            for item in items.get(sums[last] - sums[first - 1] - difference, ()):
                yield ConsecutiveSum(item, first, last, difference)


def _around(
    inner: ConsecutiveSum, sums: list[Decimal], items: dict[Decimal, list[Cell]]
) -> Iterator[ConsecutiveSum]:
    """Yield the runs that fit an item once the run of another item within them is left out."""
    within = sums[inner.last] - sums[inner.first - 1]
    for first in range(1, inner.first):
        for last in range(inner.last + 1, len(sums)):
            for item in items.get(sums[last] - sums[first - 1] - within, ()):
                yield ConsecutiveSum(item, first, last, without=inner.item)


def _listed(record: Record) -> list[Decimal]:
    """Return the amounts in the order of the text, none if one of them is missing."""
    listed = sorted(
        (amount.order, amount.yuan)
        for project in record.projects
        for amount in project.amounts
        if amount.order is not None
    )
    complete = [order for order, _ in listed] == list(range(1, len(listed) + 1))
    return [yuan for _, yuan in listed] if complete else []


def _items(record: Record) -> dict[Decimal, list[Cell]]:
    items = dict[Decimal, list[Cell]]()
    for cell, yuan in _cells(record, total=False):
        if yuan:
            items.setdefault(yuan, []).append(cell)
    return items


def _cells(record: Record, *, total: bool) -> Iterator[tuple[Cell, Decimal]]:
    selector = identities().totals if total else identities().items
    for cell in places(selector, record):
        if isinstance(cell, Cell):
            value = record.statements[cell.statement].rows[cell.row].values.get(cell.column)
            if value is not None and value.yuan is not None:
                yield cell, value.yuan
