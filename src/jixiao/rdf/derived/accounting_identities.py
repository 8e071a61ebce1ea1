"""Finds the figures of a record that must agree, as `extract/identities.toml` declares them.

Which cell is the sum of which is found here; whether it is, the shapes ask of the graph.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec

from jixiao.config import folder, read_toml
from jixiao.model.message import Message
from jixiao.model.record import Column, Record, Statement, StatementRow
from jixiao.text import fold


class Selector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which figures an identity speaks of: cells of a kind of table, or a figure of the text."""

    statement: str | None = None
    code: str | None = None
    row: str | None = None
    total: bool | None = None
    column: dict[str, str] = {}
    figure: str | None = None
    either: list["Selector"] = []


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An identity that `identities.toml` declares."""

    name: str
    rule: str
    relation: Literal["sum", "equal", "at-most"]
    label: Message
    whole: Selector
    parts: list[Selector]


class Structural(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rule that sums within a table are held to, and what each kind of sum is called."""

    rule: str
    codes: Message
    rows: Message
    columns: Message


class Identities(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`identities.toml`: which figures must agree; the items and totals of projects' money."""

    structural: Structural
    items: Selector
    totals: Selector
    identities: list[Declared]


@cache
def identities() -> Identities:
    """Return `identities.toml`."""
    return read_toml(folder("extract") / "identities.toml", Identities)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the record: the table, the row and the column, or a figure of the text."""

    statement: int
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the text, by its number in the record."""

    number: int


Place = Cell | Figure


@dataclass(frozen=True, slots=True)
class Identity:
    """Figures that must agree: wholes and parts, and what is left blank of them."""

    name: str
    rule: str
    relation: str
    label: Message
    wholes: tuple[Place, ...]
    parts: tuple[Place, ...]
    blank_wholes: tuple[Cell, ...] = ()
    blank_parts: int = 0


def find_identities(record: Record) -> Iterator[Identity]:
    """Yield the identities that the record's figures take part in."""
    for number, statement in enumerate(record.statements):
        yield from _structural(number, statement)
    for declared in identities().identities:
        yield from _declared(declared, record)


def _structural(number: int, statement: Statement) -> Iterator[Identity]:
    columns = [column for column in statement.columns if column.role == "amount"]
    for kind, row, addends in _sums_of_rows(statement.rows):
        for column in columns:
            whole = Cell(number, row, column.label)
            parts = [Cell(number, addend, column.label) for addend in addends]
            yield from _held(kind, statement, whole, parts)
    for column, others in _sums_of_columns(columns):
        for row in range(len(statement.rows)):
            whole = Cell(number, row, column.label)
            parts = [Cell(number, row, other.label) for other in others]
            yield from _held("columns", statement, whole, parts)


def _held(kind: str, statement: Statement, whole: Cell, parts: list[Cell]) -> Iterator[Identity]:
    rules = identities().structural
    stated = [part for part in parts if _stated(statement, part)]
    if stated:
        known = _stated(statement, whole)
        yield Identity(
            name=kind,
            rule=rules.rule,
            relation="sum",
            label=getattr(rules, kind),
            wholes=(whole,) if known else (),
            parts=tuple(stated),
            blank_wholes=() if known else (whole,),
            blank_parts=len(parts) - len(stated),
        )


def _stated(statement: Statement, cell: Cell) -> bool:
    value = statement.rows[cell.row].values.get(cell.column)
    return value is not None and value.yuan is not None


def _sums_of_rows(rows: tuple[StatementRow, ...]) -> Iterator[tuple[str, int, list[int]]]:
    """Yield each row with the rows it sums up: the codes next below its own, or the topmost."""
    coded = [number for number, row in enumerate(rows) if row.code]
    for number in coded:
        below = [other for other in coded if _below(rows[other], rows[number])]
        least = min((len(rows[other].code or "") for other in below), default=0)
        if below:
            yield "codes", number, [o for o in below if len(rows[o].code or "") == least]
    top = min((len(rows[number].code or "") for number in coded), default=0)
    for number, row in enumerate(rows):
        if row.total and coded:
            yield "rows", number, [o for o in coded if len(rows[o].code or "") == top]


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
            groups = dict.fromkeys(_heading(c) for c in within if _heading(c) != heading)
            nested = [c for group in groups for c in _standing_for(group, within)]
            if len(direct) + len(nested) > 1 and not any(_is_sum(c) for c in direct):
                yield column, direct + nested


def _standing_for(group: tuple[str, ...], columns: list[Column]) -> list[Column]:
    inside = [column for column in columns if _heading(column) == group]
    return [column for column in inside if _is_sum(column)] or inside


def _is_sum(column: Column) -> bool:
    return column.dimensions.get("measureScope") in ("total", "subtotal")


def _heading(column: Column) -> tuple[str, ...]:
    return tuple(column.label.split("/")[:-1])


def _declared(declared: Declared, record: Record) -> Iterator[Identity]:
    wholes = places(declared.whole, record)
    parts = [place for selector in declared.parts for place in places(selector, record)]
    if not wholes or not parts:
        return
    for of_wholes, of_parts in _matched(declared, wholes, parts):
        stated = [place for place in of_parts if _known(place, record)]
        known = [place for place in of_wholes if _known(place, record)]
        if stated:
            yield Identity(
                name=declared.name,
                rule=declared.rule,
                relation=declared.relation,
                label=declared.label,
                wholes=tuple(known),
                parts=tuple(stated),
                blank_wholes=tuple(
                    place for place in of_wholes if place not in known and isinstance(place, Cell)
                ),
                blank_parts=len(of_parts) - len(stated),
            )


def _matched(
    declared: Declared, wholes: list[Place], parts: list[Place]
) -> Iterator[tuple[list[Place], list[Place]]]:
    """Yield which parts are held to which wholes: column by column where none is named."""
    if declared.whole.column or declared.whole.figure:
        yield wholes, parts
        return
    for label in dict.fromkeys(place.column for place in wholes if isinstance(place, Cell)):
        yield _in_column(wholes, label), _in_column(parts, label)


def _in_column(places: Iterable[Place], label: str) -> list[Place]:
    return [place for place in places if isinstance(place, Cell) and place.column == label]


def places(selector: Selector, record: Record) -> list[Place]:
    """Return the cells and figures that a selector finds, blank or not."""
    for other in selector.either:
        found = places(other, record)
        if any(_known(place, record) for place in found):
            return found
    if selector.figure:
        kinds = [figure.kind for figure in record.figures]
        return [Figure(kinds.index(selector.figure))] if selector.figure in kinds else []
    return [
        Cell(number, row, column.label)
        for number, statement in enumerate(record.statements)
        if selector.statement == statement.kind
        for row in _rows(selector, statement)
        for column in statement.columns
        if column.role == "amount" and _means(column, selector)
    ]


def _rows(selector: Selector, statement: Statement) -> list[int]:
    return [
        number
        for number, row in enumerate(statement.rows)
        if (selector.total is None or row.total == selector.total)
        and (not selector.code or re.fullmatch(selector.code, row.code or ""))
        and (not selector.row or re.fullmatch(selector.row, fold(row.name)))
    ]


def _means(column: Column, selector: Selector) -> bool:
    return all(column.dimensions.get(key) == value for key, value in selector.column.items())


def _known(place: Place, record: Record) -> bool:
    return isinstance(place, Figure) or _stated(record.statements[place.statement], place)
