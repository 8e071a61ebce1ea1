"""Reads the rows of an indicator table: third-level indicators (三级指标) with target values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import read_toml
from jixiao.documents.model import Cell, Table
from jixiao.extraction import targets
from jixiao.extraction.field_words import field_words
from jixiao.extraction.forms.categories import Scheme, category, scheme_of
from jixiao.extraction.forms.headers import Group, Header
from jixiao.extraction.money import bound_in_yuan
from jixiao.extraction.problems import problem
from jixiao.extraction.value_rules import value_rules
from jixiao.extraction.word_matching import key_by_word
from jixiao.model.record import Amount, CostScope, Indicator, Problem, Scope, field_place
from jixiao.text import fold, squeeze


class CostWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`lexicons/cost.toml`: words of unit costs, and the categories of costs and quantities."""

    per_unit: list[str]
    categories: list[str]
    quantity: list[str]


@cache
def cost_words() -> CostWords:
    """Return the content of `lexicons/cost.toml`."""
    return read_toml(folder("extract") / "lexicons" / "cost.toml", CostWords)


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator as its row states it: the text and column of each field, its value's scope.

    `above` has the row of each field whose text is taken from a row above.
    """

    number: int
    texts: dict[str, str]
    columns: dict[str, int]
    above: dict[str, int]
    scope: Scope | None

    def cells(self, table: Table) -> dict[str, list[Cell | None]]:
        """Return the cell that has the text of each field, in a list of its own."""
        return {
            name: [table.grid[self.above.get(name, self.number)][column]]
            for name, column in self.columns.items()
        }


def body(table: Table, header: Header) -> tuple[list[Row], list[int]]:
    """Return the rows below a header.

    Args:
        table: An indicator table.
        header: Its header.

    Returns:
        The indicators, group of columns by group, and the numbers of the other rows with text.
    """
    rows, others = list[Row](), list[int]()
    for at, group in enumerate(header.groups):
        above, stated = dict[str, str](), dict[str, int]()
        for number in range(header.body, len(table.grid)):
            if not _is_indicator(table, number, group):
                named = _named_above(table, number, group)
                above |= named
                stated |= dict.fromkeys(named, number)
                if at == 0 and any(table.texts(number)) and not _beside(table, number, header):
                    others.append(number)
                continue
            texts = _texts(table, number, group, above)
            # A text that its own cell does not have was taken from the row that states it.
            taken = {
                name: stated[name]
                for name, column in group.columns.items()
                if texts[name] and not table.text(number, column) and name in stated
            }
            above, stated = texts, dict.fromkeys(group.columns, number) | taken
            rows += _scoped(table, number, texts, taken, header, at)
    return rows, others


def _is_indicator(table: Table, number: int, group: Group) -> bool:
    level3 = table.grid[number][group.columns["level3"]]
    if level3 is None:
        return False
    values = [table.grid[number][column] for _, column in group.values]
    # A cell over both columns is a note or a subtitle, not an indicator.
    merged = level3.columns > 1 and any(value is level3 for value in values)
    blank = not level3.text.text and not any(value and value.text.text for value in values)
    return not merged and not blank and not _is_tail(table, number, group)


def _is_tail(table: Table, number: int, group: Group) -> bool:
    """Tell whether one cell spans the first to the third level, as that of a sum or note does."""
    first = group.columns.get("level1")
    cells = table.grid[number]
    return first is not None and cells[first] is cells[group.columns["level3"]]


def _texts(table: Table, number: int, group: Group, above: dict[str, str]) -> dict[str, str]:
    """Return the text of each field of a row; blank levels are taken from the row above."""
    texts = {name: table.text(number, column) for name, column in group.columns.items()}
    # In a scan, the sign = alone in its cell may be recognised as a Chinese character.
    if table.confidence_of_row(number) < 1 and "nature" in texts:
        texts["nature"] = value_rules().misread.get(texts["nature"], texts["nature"])
    for name in ("department", "name", "level1", "level2"):
        if name in texts and not texts[name]:
            # A second level belongs to its first level and does not pass on to the next one.
            if name == "level2" and texts.get("level1", "") != above.get("level1", ""):
                break
            texts[name] = above.get(name, "")
    return {"level1": "", "level2": "", **texts}


def _named_above(table: Table, number: int, group: Group) -> dict[str, str]:
    """Return the department that a row without an indicator names, for the rows below it."""
    column = group.columns.get("department")
    text = table.text(number, column) if column is not None else ""
    return {"department": text} if text else {}


def _beside(table: Table, number: int, header: Header) -> bool:
    """Tell whether another group of columns has an indicator in the row."""
    return any(_is_indicator(table, number, group) for group in header.groups[1:])


def _scoped(
    table: Table,
    number: int,
    texts: dict[str, str],
    taken: dict[str, int],
    header: Header,
    at: int,
) -> Iterator[Row]:
    """Yield an indicator for each value of a row: one value for each scope."""
    group, scopes = header.groups[at], header.layout.group_scopes
    several = len(header.groups) > 1 and at < len(scopes)
    for scope, column in group.values:
        value = table.text(number, column)
        # With several scopes, a blank value means that the indicator has none for that scope.
        if value or len(group.values) == 1:
            yield Row(
                number=number,
                texts={**texts, "value": value},
                columns={**group.columns, "value": column},
                above=taken,
                scope=scope or (scopes[at] if several else None),
            )


def _value(texts: dict[str, str]) -> tuple[str, list[str]]:
    """Return a value with its comparator and unit, and the fields that it is put together of."""
    value, nature, unit = (squeeze(texts.get(name, "")) for name in ("value", "nature", "unit"))
    fields = ["value"]
    # Some tables repeat the comparator or the unit in the value itself.
    if nature and fold(nature) in _comparators() and not fold(value).startswith(fold(nature)):
        value = nature + value
        fields.append("nature")
    if unit and value and unit not in field_words().blanks and not fold(value).endswith(fold(unit)):
        value += unit
        fields.append("unit")
    return value, fields


def _comparators() -> frozenset[str]:
    return frozenset(key_by_word(value_rules().comparators.before))


def scheme_of_rows(rows: list[Row], year: int | None) -> Scheme | None:
    """Return the scheme of categories that the first and second levels of rows follow.

    Args:
        rows: The indicators of a table.
        year: The budget's year, None if it is not known.
    """
    levels = [(_points(row.texts["level1"])[0], row.texts["level2"]) for row in rows]
    return scheme_of(levels, year)


def indicator(table: Table, scheme: Scheme | None, row: Row) -> Indicator:
    """Return the indicator that a row states.

    Args:
        table: The row's table.
        scheme: The scheme of the table's categories.
        row: The row.
    """
    texts = row.texts
    value, fields = _value(texts)
    cells = row.cells(table)
    cells["value"] = [cell for name in fields for cell in cells[name]]
    level1, points = _points(texts["level1"])
    notation = category(scheme, (level1, texts["level2"])) if scheme else None
    # Whether a cost is per unit is only in its wording: 人均, 单价.
    described = texts["level3"] + texts.get("description", "")
    return Indicator(
        level1=level1,
        level2=texts["level2"],
        level3=texts["level3"],
        description=texts.get("description", ""),
        value=value,
        category=notation,
        target=targets.parse(value),
        basis=texts.get("basis"),
        basis_inherited=_inherited(table, row.number, row.columns.get("basis")),
        cost_scope=_cost_scope(notation, described),
        scope=row.scope,
        nature=texts.get("nature") or None,
        direction=texts.get("direction") or None,
        weight=texts.get("weight") or None,
        level1_weight=points,
        actual=texts.get("actual") or None,
        score=texts.get("score") or None,
        deviation=texts.get("deviation") or None,
        scoring=texts.get("scoring") or None,
        remark=texts.get("remark") or None,
        confidence=round(table.confidence_of_row(row.number), 3),
        where=table.where(row.number, cells),
    )


def _points(level1: str) -> tuple[str, str | None]:
    """Return the name of a first level without its points, and the points: 产出指标（50分）."""
    match = re.search(field_words().level1_points, squeeze(level1))
    return (squeeze(level1)[: match.start()], match["weight"]) if match else (level1, None)


def _inherited(table: Table, row: int, column: int | None) -> bool | None:
    """Tell whether a cell is merged with the one above; None if the table does not show it."""
    cell = table.grid[row][column] if column is not None else None
    if cell is None or (not table.ruled and not cell.text.text):
        return None
    return cell.row < row


def _cost_scope(notation: str | None, described: str) -> CostScope | None:
    words = cost_words()
    if notation not in words.categories:
        return None
    return "per-unit" if any(word in squeeze(described) for word in words.per_unit) else "total"


def amounts(indicators: tuple[Indicator, ...]) -> Iterator[Amount]:
    """Yield the amounts that indicators of total cost state as an exact number."""
    for indicator in indicators:
        target = indicator.target
        if not target or target.comparator != "eq" or indicator.cost_scope != "total":
            continue
        yuan = bound_in_yuan(target.lower, target.unit)
        if yuan is not None:
            yield Amount(
                yuan=yuan,
                text=indicator.value,
                source="cost-indicator",
                where=field_place(indicator.where, "value"),
            )


def doubts(indicators: tuple[Indicator, ...]) -> Iterator[Problem]:
    """Yield a problem for each category, target or blank basis that is uncertain."""
    for indicator in indicators:
        if indicator.category is None:
            name = f"{indicator.level1}/{indicator.level2}"
            yield problem("unknown-category", indicator.where, name=name)
        if indicator.target and indicator.target.kind == "text":
            place = field_place(indicator.where, "value")
            yield problem("unparsed-target", place, value=indicator.value)
        if indicator.basis == "" and indicator.basis_inherited is None:
            yield problem("blank-or-merged", indicator.where, name=indicator.level3)
