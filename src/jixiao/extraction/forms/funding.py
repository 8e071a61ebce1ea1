"""Reads the amounts of money in a form, and the unit of money that it states."""

import re
from collections.abc import Iterable

from jixiao.documents.model import Table, Text
from jixiao.extraction.field_words import IndicatorLayout, Label, field_words
from jixiao.extraction.identity import identity_rules
from jixiao.extraction.money import parse_money
from jixiao.extraction.problems import problem
from jixiao.model.record import Amount, Problem, Scope, Where
from jixiao.text import squeeze


def unit_of(table: Table, rows: Iterable[int], layout: IndicatorLayout, above: list[Text]) -> str:
    """Return the unit of money that a table states.

    Args:
        table: A form.
        rows: The rows of its head.
        layout: Its layout, which may have a default unit.
        above: The paragraphs above the table; the nearest one that states a unit counts.
    """
    texts = [text for row in rows for text in table.texts(row)]
    # The table's unit precedes that of the text, which may be of the whole document.
    for text in (*texts, *(block.text for block in reversed(above))):
        if match := re.search(field_words().unit, squeeze(text)):
            return match["unit"]
    return layout.unit or identity_rules().default_unit


def amount(
    stated: str, unit: str, where: Where, scope: Scope, label: Label
) -> Amount | Problem | None:
    """Return the amount that a cell states, a problem if it states none, None if it is blank.

    Args:
        stated: The text of the cell.
        unit: The unit of an amount without one.
        where: The place of the cell.
        scope: The period that the amount is for.
        label: The label that the cell is beside or below.
    """
    if not stated or stated in field_words().blanks:
        return None
    yuan = parse_money(stated, unit)
    if yuan is None:
        return problem("no-number", where, text=stated, column=label.words[0])
    return Amount(
        yuan=yuan,
        text=stated,
        source="table",
        where=where,
        scope=scope,
        stage=label.stage or "budget",
        fund=label.fund,
        part=label.part,
    )
