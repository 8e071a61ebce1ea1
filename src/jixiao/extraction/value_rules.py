"""`extract/values.toml`: how numbers, units, money, dates and grades are written."""

from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.extraction.word_matching import key_by_word
from jixiao.model.record import Comparator


class Comparators(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words of comparison before and after a number."""

    before: dict[Comparator, list[str]]
    after: dict[Comparator, list[str]]


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of dates, and the words after a date with the comparator that they mean."""

    patterns: list[Regex]
    yearless: list[Regex]
    year_before_name: str
    after: dict[Comparator, list[str]]
    names: dict[str, int]


class Recurring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Patterns of deadlines that recur, such as the 25th of each month."""

    patterns: list[Regex]


class Grades(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words that grade, the adverbs before them, and the signs between them."""

    joins: str
    adverbs: list[str]
    words: list[str]


class Numerals(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pattern of Chinese numerals, and variant characters with the usual ones."""

    digits: Regex
    same: dict[str, str]


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `money` has the number of yuan in each unit of money."""

    number: Regex
    per_signs: list[str]
    range_signs: list[str]
    about_before: list[str]
    about_after: list[str]
    numerals: Numerals
    comparators: Comparators
    misread: dict[str, str]
    units: dict[Annotated[str, CodeOf("unit")], list[str]]
    multipliers: dict[str, int]
    money: dict[Annotated[str, CodeOf("unit")], int]
    dates: Dates
    recurring: Recurring
    grades: Grades


@cache
def value_rules() -> Values:
    """Return the content of `values.toml`."""
    return read_toml(folder("extract") / "values.toml", Values)


@cache
def units_by_word() -> dict[str, str]:
    """Return a table from each word for a unit ("万元") to its notation ("CNY-wan")."""
    return key_by_word(value_rules().units)
