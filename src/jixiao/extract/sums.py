"""Checks that a budget table adds up: codes under codes, rows to the total, columns to theirs."""

from collections.abc import Iterator
from decimal import Decimal

from jixiao.messages import message
from jixiao.record import Cell, Column, Problem, Statement, StatementRow

_SUMS = ("total", "subtotal")


def check(statement: Statement) -> Iterator[Problem]:
    """Yield each stated sum that differs from what it sums up; blank sums are not judged."""
    columns = [column for column in statement.columns if column.role == "amount"]
    for row, addends in _sums_of_rows(statement.rows):
        for column in columns:
            terms = [term.values.get(column.label) for term in addends]
            yield from _differs(statement, row, column, terms)
    for column, others in _sums_of_columns(columns):
        for row in statement.rows:
            yield from _differs(statement, row, column, [row.values.get(c.label) for c in others])


def _sums_of_rows(
    rows: tuple[StatementRow, ...],
) -> Iterator[tuple[StatementRow, list[StatementRow]]]:
    """Yield each row with the rows it sums up: the codes next below its own, or the topmost."""
    coded = [row for row in rows if row.code]
    for row in coded:
        below = [other for other in coded if _below(other, row)]
        lengths = {len(other.code or "") for other in below}
        if below:
            yield row, [other for other in below if len(other.code or "") == min(lengths)]
    top = min((len(row.code or "") for row in coded), default=0)
    for row in rows:
        if row.total and coded:
            yield row, [other for other in coded if len(other.code or "") == top]


def _below(row: StatementRow, above: StatementRow) -> bool:
    code, prefix = row.code or "", above.code or ""
    return row.section == above.section and len(code) > len(prefix) and code.startswith(prefix)


def _sums_of_columns(columns: list[Column]) -> Iterator[tuple[Column, list[Column]]]:
    """Yield each column headed as a sum with those that stand beside it under one heading.

    A group of columns further below counts with its own sum, or all of its columns without one.
    """
    for column in columns:
        if _is_sum(column):
            heading = _heading(column)
            within = [
                c for c in columns if c is not column and _heading(c)[: len(heading)] == heading
            ]
            direct = [c for c in within if len(_heading(c)) == len(heading)]
            groups = {_heading(c) for c in within} - {heading}
            nested = [c for group in groups for c in _standing_for(group, within)]
            if len(direct) + len(nested) > 1 and not any(_is_sum(c) for c in direct):
                yield column, direct + nested


def _standing_for(group: tuple[str, ...], columns: list[Column]) -> list[Column]:
    inside = [column for column in columns if _heading(column) == group]
    return [column for column in inside if _is_sum(column)] or inside


def _is_sum(column: Column) -> bool:
    return column.dimensions.get("measureScope") in _SUMS


def _heading(column: Column) -> tuple[str, ...]:
    return tuple(column.label.split("/")[:-1])


def _differs(
    statement: Statement, row: StatementRow, column: Column, terms: list[Cell | None]
) -> Iterator[Problem]:
    stated = row.values.get(column.label)
    amounts = [term.yuan for term in terms if term and term.yuan is not None]
    if stated is None or stated.yuan is None or not amounts:
        return
    total = sum(amounts, Decimal(0))
    if total != stated.yuan:
        told = message(
            "sum-differs",
            title=statement.title,
            row=row.name or row.code or "",
            column=column.label,
            stated=f"{stated.yuan:f}",
            sum=f"{total:f}",
        )
        yield Problem("sum-differs", told, row.where)
