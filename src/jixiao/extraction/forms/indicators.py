"""Reads the rows of an indicator table: third-level indicators (三级指标) with target values."""

import re
from collections.abc import Iterator

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import read_toml
from jixiao.documents.model import Cell, Table
from jixiao.extraction import targets
from jixiao.extraction.evidence.categories import Scheme
from jixiao.extraction.evidence.shapes import shape
from jixiao.extraction.field_words import field_words
from jixiao.extraction.forms.categories import category, scheme_of
from jixiao.extraction.forms.rows import Row
from jixiao.extraction.money import bound_in_yuan
from jixiao.extraction.problems import problem
from jixiao.extraction.value_rules import units_by_word, value_rules
from jixiao.extraction.word_matching import key_by_word
from jixiao.model.record import (
    Amount,
    Comparator,
    CostScope,
    Indicator,
    Other,
    Problem,
    Recipient,
    field_place,
)
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


def value_with_signs(texts: dict[str, str], value: str) -> str:
    """Return a value with its comparator and unit, which may be in separate columns.

    Args:
        texts: The texts of a row by field.
        value: The text of the value's own cell.
    """
    value, unit = squeeze(value), squeeze(texts.get("unit", ""))
    if not value:
        return ""
    for name in ("nature", "direction"):
        sign = _sign(texts.get(name, ""))
        # Some tables repeat the comparator or the unit in the value itself.
        if sign and not fold(value).startswith((fold(sign), *_comparators())):
            value = sign + value
    if unit and unit not in field_words().blanks and not fold(value).endswith(fold(unit)):
        value += unit
    return value


def _sign(stated: str) -> str:
    """Return the comparator that a cell states: as a sign, or in words (大于等于)."""
    word = fold(stated)
    if word not in _comparators():
        return ""
    if any(c.isalpha() for c in word):
        return value_rules().comparators.before[_comparators()[word]][0]
    return squeeze(stated)


@cache
def _comparators() -> dict[str, Comparator]:
    return key_by_word(value_rules().comparators.before)


def scheme_of_rows(rows: list[Row], year: int | None) -> Scheme | None:
    """Return the scheme of categories that the first and second levels of rows follow.

    Args:
        rows: The indicators of a table.
        year: The budget's year, None if it is not known.
    """
    levels = [(_points(row.texts["level1"])[0], row.texts["level2"]) for row in rows]
    return scheme_of(levels, year)


def indicator(scheme: Scheme | None, row: Row) -> Indicator:
    """Return the indicator that a row states.

    Args:
        scheme: The scheme of the categories of its form.
        row: The row.
    """
    texts, table = row.texts, row.table
    value = value_with_signs(texts, texts["value"])
    level1, points = _points(texts["level1"])
    level2 = _points(texts["level2"])[0]
    notation = category(scheme, (level1, level2)) if scheme else None
    level3 = texts.get("level3", "")
    # Whether a cost is per unit is only in its wording: 人均, 单价.
    described = level3 + texts.get("description", "")
    return Indicator(
        level1=level1,
        level2=texts["level2"],
        level3=level3,
        description=texts.get("description", ""),
        value=value,
        category=notation,
        target=targets.parse(named_value(level3, value)),
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
        recipients=tuple(_recipients(row)),
        other=tuple(_others(row)),
        confidence=round(min(table.confidence_of_row(row.number), row.confidence), 3),
        where=table.where(row.number, _cells(row)),
    )


def _cells(row: Row) -> dict[str, list[Cell | None]]:
    """Return the cells that state each field; a value may be put together of several."""
    cells = {name: [row.stating(name)] for name in row.columns}
    if "value" in cells:
        signs = [n for n in ("nature", "direction") if n in cells and _sign(row.texts.get(n, ""))]
        cells["value"] = [cell for name in (*signs, "value") for cell in cells[name]]
        if squeeze(row.texts.get("unit", "")):
            cells["value"] += cells["unit"]
    return cells


def _recipients(row: Row) -> Iterator[Recipient]:
    for column in row.recipients:
        cell = row.cells[column.at]
        value = value_with_signs(row.texts, cell.text.text if cell else "")
        if value and cell:
            target = targets.parse(named_value(row.texts.get("level3", ""), value))
            where = row.table.place(cell, row=row.number)
            yield Recipient(column.header, value, target, where)


def _others(row: Row) -> Iterator[Other]:
    for column in row.others:
        cell = row.cells[column.at]
        if cell:
            where = row.table.place(cell, row=row.number)
            yield Other(column.label, cell.text.text, where)


def named_value(name: str, value: str) -> str:
    """Return a value with the comparator and unit that its indicator's name has in brackets.

    Args:
        name: "苗木成活率（≥**%）", "营造林总面积（亩）".
        value: As stated; only a bare number takes them on.
    """
    if shape(value) != "number":
        return value
    for inside in re.findall(r"\(([^()]+)\)", fold(name)):
        if match := re.fullmatch(field_words().template, inside):
            unit = match["unit"]
            if fold(unit) in units_by_word() or not unit:
                return f"{match['sign'] or ''}{value}{unit}"
    return value


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
        if shape(indicator.value) != "money":  # a rate: 1600元/亩
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
        if indicator.target and indicator.target.kind == "text" and not indicator.recipients:
            place = field_place(indicator.where, "value")
            yield problem("unparsed-target", place, value=indicator.value)
        if indicator.basis == "" and indicator.basis_inherited is None:
            yield problem("blank-or-merged", indicator.where, name=indicator.level3)
