"""Converts stated amounts of money to yuan: 元, 千元, 万元, 亿元.

The words for each unit are in `extract/values.toml` under `[units]`, their values in yuan under
`[money]`. All amounts of a record are `Decimal` yuan, because floats cannot represent fen exactly.
"""

import re
from decimal import Decimal

from jixiao.config import cache
from jixiao.extraction.field_words import field_words
from jixiao.extraction.value_rules import units_by_word, value_rules
from jixiao.text import fold


def to_yuan(number: str, unit: str) -> Decimal:
    """Return a number with a unit of money in yuan.

    Args:
        number: Digits, perhaps with thousands separators ("1,234.5").
        unit: A word for a unit of money ("万元").

    Raises:
        KeyError: if the unit is no unit of money.
        decimal.InvalidOperation: if the number is none.
    """
    return Decimal(number.replace(",", "")) * value_rules().money[units_by_word()[fold(unit)]]


def parse_money(text: str, default_unit: str | None) -> Decimal | None:
    """Return the yuan that a text states, None if it is no money or nothing tells its unit.

    Args:
        text: The content of a cell ("12.5万元", "1,200").
        default_unit: The unit of an amount without one: that which the table states, if any.
    """
    plain, unit = fold(text).replace(",", ""), default_unit
    for word in money_units():
        if plain.endswith(word):
            plain, unit = plain.removesuffix(word), word
            break
    return to_yuan(plain, unit) if unit and re.fullmatch(field_words().amount, plain) else None


def bound_in_yuan(bound: Decimal | None, unit: str | None) -> Decimal | None:
    """Return a bound of a target in yuan, None if its unit (a notation) is no unit of money."""
    if bound is None or unit not in value_rules().money:
        return None
    return bound * value_rules().money[unit]


@cache
def money_units() -> tuple[str, ...]:
    """Return the words for units of money, the longest first: 万元 also ends with 元."""
    words, money = units_by_word(), value_rules().money
    return tuple(sorted((w for w, key in words.items() if key in money), key=len, reverse=True))
