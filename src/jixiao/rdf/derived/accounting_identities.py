"""The figures of a record that must agree, as `extract/identities.toml` declares them.

This module pairs sums with their parts. Whether they are equal is checked by the shapes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.model.message import Message
from jixiao.model.record import Column, Record, Statement, StatementRow
from jixiao.text import fold


class Selector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Selects the figures of an identity: cells of a kind of table, or a figure of the text.

    Of the selectors in `either`, the first one that selects a stated figure counts.
    """

    statement: Annotated[str, CodeOf("statement")] | None = None
    code: Regex | None = None
    row: Regex | None = None
    total: bool | None = None
    column: dict[str, str] = {}
    figure: Annotated[str, CodeOf("figure")] | None = None
    either: list["Selector"] = []


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An identity that `identities.toml` declares."""

    name: str
    rule: Annotated[str, CodeOf("rule")]
    relation: Literal["sum", "equal", "at-most"]
    label: Message
    whole: Selector
    parts: list[Selector]


class Structural(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rule for sums within a table, and the label of each kind of sum."""

    rule: Annotated[str, CodeOf("rule")]
    codes: Message
    rows: Message
    columns: Message


class Identities(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`identities.toml`: the figures that must agree; the items and totals of project money."""

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
    """A cell of a budget table: the numbers of table and row from 0, the label of the column."""

    statement: int
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the text, by its number in the record from 0."""

    number: int


Place = Cell | Figure


@dataclass(frozen=True, slots=True)
class Identity:
    """Figures that must agree.

    Attributes:
        name: the name of the declared identity, or the kind of sum ("codes", "rows", "columns").
        rule: the code of the rule that checks it.
        relation: "sum", "equal" or "at-most".
        label: the name for the user.
        wholes: the places of the sum; more than one if tables repeat it.
        parts: the places of the addends that are stated.
        blank_wholes: the cells of the sum that are blank.
        blank_parts: the number of addends that are blank; blank is not 0.
        within_precision: whether the figures differ by no more than their rounding, or cutting
            off, to the last digit that each of them states ("328,661万元" for 3,286,618,082.20).

    """

    name: str
    rule: str
    relation: str
    label: Message
    wholes: tuple[Place, ...]
    parts: tuple[Place, ...]
    blank_wholes: tuple[Cell, ...] = ()
    blank_parts: int = 0
    within_precision: bool = False


def find_identities(record: Record) -> Iterator[Identity]:
    """Yield the identities of a record, those within a table first.

    Identities without any stated part are left out.
    """
    for number, statement in enumerate(record.statements):
        for identity in _structural(number, statement):
            yield _with_precision(identity, record)
    for declared in identities().identities:
        for identity in _declared(declared, record):
            yield _with_precision(identity, record)


def _structural(number: int, statement: Statement) -> Iterator[Identity]:
    columns = [column for column in statement.columns if column.role == "amount"]
    for kind, row, addends in _sums_of_rows(statement.rows):
        for column in columns:
            whole = Cell(number, row, column.label)
            parts = [Cell(number, addend, column.label) for addend in addends]
            yield from _sum(kind, statement, whole, parts)
    for column, others in _sums_of_columns(columns):
        for row in range(len(statement.rows)):
            whole = Cell(number, row, column.label)
            parts = [Cell(number, row, other.label) for other in others]
            yield from _sum("columns", statement, whole, parts)


def _sum(kind: str, statement: Statement, whole: Cell, parts: list[Cell]) -> Iterator[Identity]:
    rules = identities().structural
    stated = [part for part in parts if _stated(statement, part)]
    if stated:
        whole_stated = _stated(statement, whole)
        yield Identity(
            name=kind,
            rule=rules.rule,
            relation="sum",
            label=getattr(rules, kind),
            wholes=(whole,) if whole_stated else (),
            parts=tuple(stated),
            blank_wholes=() if whole_stated else (whole,),
            blank_parts=len(parts) - len(stated),
        )


def _stated(statement: Statement, cell: Cell) -> bool:
    value = statement.rows[cell.row].values.get(cell.column)
    return value is not None and value.yuan is not None


def _sums_of_rows(rows: tuple[StatementRow, ...]) -> Iterator[tuple[str, int, list[int]]]:
    """Yield each sum with its addends, as the kind of sum and numbers of rows.

    A code is the sum of those that extend it by the fewest digits (201 of 20103, not of 2010301);
    a row of totals is the sum of the shortest codes.
    """
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
    """Yield each column headed as a sum with the columns beside it under the same heading.

    A nested group of columns counts with its own sum, or with all of its columns if it has none.
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
    if declared.relation == "equal":
        wholes, parts = _once(wholes, record), _once(parts, record)
    for of_wholes, of_parts in _matched(declared, wholes, parts):
        stated = [place for place in of_parts if _has_amount(place, record)]
        stated_wholes = [place for place in of_wholes if _has_amount(place, record)]
        if stated:
            yield Identity(
                name=declared.name,
                rule=declared.rule,
                relation=declared.relation,
                label=declared.label,
                wholes=tuple(stated_wholes),
                parts=tuple(stated),
                blank_wholes=tuple(
                    place
                    for place in of_wholes
                    if place not in stated_wholes and isinstance(place, Cell)
                ),
                blank_parts=len(of_parts) - len(stated),
            )


def _once(places: Sequence[Place], record: Record) -> list[Place]:
    """Return the places without a row's namesakes: a table may print one total in two sections."""
    named = dict[object, Place]()
    for place in places:
        if isinstance(place, Figure):
            named[place] = place
        else:
            row = record.statements[place.statement].rows[place.row]
            named.setdefault((place.statement, row.code, fold(row.name), place.column), place)
    return list(named.values())


def _matched(
    declared: Declared, wholes: list[Place], parts: list[Place]
) -> Iterator[tuple[list[Place], list[Place]]]:
    """Yield wholes with their parts: column by column if the identity names no column."""
    if declared.whole.column or declared.whole.figure:
        yield wholes, parts
        return
    for label in dict.fromkeys(place.column for place in wholes if isinstance(place, Cell)):
        yield _in_column(wholes, label), _in_column(parts, label)


def _in_column(places: Iterable[Place], label: str) -> list[Place]:
    return [place for place in places if isinstance(place, Cell) and place.column == label]


def places(selector: Selector, record: Record) -> list[Place]:
    """Return the cells and figures that a selector selects, blank or not."""
    for other in selector.either:
        selected = places(other, record)
        if any(_has_amount(place, record) for place in selected):
            return selected
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


def _has_amount(place: Place, record: Record) -> bool:
    return isinstance(place, Figure) or _stated(record.statements[place.statement], place)


def _with_precision(identity: Identity, record: Record) -> Identity:
    """Return an identity that tells whether its figures differ by their rounding alone."""
    wholes = [_stated_figure(place, record) for place in identity.wholes]
    parts = [_stated_figure(place, record) for place in identity.parts]
    difference = sum((y for y, _ in parts), Decimal(0)) - sum((y for y, _ in wholes), Decimal(0))
    if not wholes or not difference:
        return identity
    of_whole, of_parts = ([step for _, step in figures] for figures in (wholes, parts))
    allowed = _allowed(of_whole, of_parts, difference)
    return replace(identity, within_precision=abs(difference) <= allowed)


def _allowed(wholes: Sequence[Decimal], parts: Sequence[Decimal], difference: Decimal) -> Decimal:
    """Return by how much a sum may differ from its parts, given the last digit of each in yuan."""
    steps = [*wholes, *parts]
    if len(steps) == 2 and steps[0] == steps[1]:
        return Decimal(0)  # one figure, rounded in the same way twice, is the same
    # Rounded figures are off by half a step each. Figures that are cut off are all too small: the
    # parts fall short of the whole by less than their steps, or exceed it by less than its own.
    cut = sum(wholes if difference > 0 else parts, Decimal(0))
    return max(sum(steps, Decimal(0)) / 2, cut - min(steps))


def _stated_figure(place: Place, record: Record) -> tuple[Decimal, Decimal]:
    """Return a figure in yuan, and the yuan of one step of the last digit it is stated with."""
    if isinstance(place, Figure):
        figure = record.figures[place.number]
        yuan, text = figure.yuan, figure.text
    else:
        cell = record.statements[place.statement].rows[place.row].values[place.column]
        yuan, text = cell.yuan or Decimal(0), cell.text
    match = re.search(r"\d[\d,]*(?:\.\d+)?", fold(text))
    number = Decimal(match[0].replace(",", "")) if match else Decimal(0)
    if not number:  # a nought is exact
        return yuan, Decimal(0)
    exponent = number.as_tuple().exponent
    return yuan, abs(yuan / number) * Decimal(10) ** int(exponent)
