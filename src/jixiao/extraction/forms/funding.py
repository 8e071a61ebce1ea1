"""Reads stated amounts of money: in what unit, and what for."""

import re
from collections.abc import Iterable
from decimal import Decimal

from jixiao.documents.model import Table, Text
from jixiao.extraction import targets
from jixiao.extraction.forms.words import IndicatorLayout, Label, fields
from jixiao.extraction.identity import disclosure
from jixiao.messages import message
from jixiao.model.record import Amount, Problem, Scope, Where
from jixiao.text import fold, squeeze


def unit_of(table: Table, rows: Iterable[int], layout: IndicatorLayout, above: list[Text]) -> str:
    """Return the unit of money that a table's labels or the texts above it state."""
    texts = [text for row in rows for text in table.texts(row)]
    for text in (*texts, *(block.text for block in reversed(above))):
        if match := re.search(fields().unit, squeeze(text)):
            return match["unit"]
    return layout.unit or disclosure().default_unit


def money(text: str, unit: str) -> Decimal | None:
    """Return the yuan of a stated amount, by its own unit or `unit`; None for what is none."""
    plain = fold(text).replace(",", "")
    for word in targets.money_words():
        if plain.endswith(word):
            plain, unit = plain.removesuffix(word), word
            break
    return targets.money(plain, unit) if re.fullmatch(fields().amount, plain) else None


def amount(
    stated: str, unit: str, where: Where, scope: Scope, label: Label
) -> Amount | Problem | None:
    """Return the amount that a cell beside a label states, None for a blank."""
    if not stated or stated in fields().blanks:
        return None
    yuan = money(stated, unit)
    if yuan is None:
        told = message("no-number", text=stated, column=label.words[0])
        return Problem("no-number", told, where)
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
