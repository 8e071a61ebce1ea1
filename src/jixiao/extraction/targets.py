"""Parses target values (指标值) as `extract/values.toml` declares them."""

import re
import warnings
from decimal import Decimal
from functools import cache

import msgspec

from jixiao.config import folder, read_toml
from jixiao.extraction.word_lists import any_of, by_word
from jixiao.model.record import Comparator, Target
from jixiao.text import fold


class Comparators(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words of comparison before and after a number."""

    before: dict[Comparator, list[str]]
    after: dict[Comparator, list[str]]


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a date is written, and what the words after it say."""

    patterns: list[str]
    yearless: list[str]
    after: dict[Comparator, list[str]]
    names: dict[str, int]


class Recurring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a deadline that comes again is written."""

    patterns: list[str]


class Grades(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words that grade, the adverbs before them, and the signs between them."""

    joins: str
    adverbs: list[str]
    words: list[str]


class Numerals(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Chinese numerals: a pattern for one, and those that are written in two ways."""

    digits: str
    same: dict[str, str]


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`values.toml`: how a target value is written."""

    number: str
    per_signs: list[str]
    range_signs: list[str]
    about_before: list[str]
    about_after: list[str]
    numerals: Numerals
    comparators: Comparators
    misread: dict[str, str]
    units: dict[str, list[str]]
    multipliers: dict[str, int]
    money: dict[str, int]
    dates: Dates
    recurring: Recurring
    grades: Grades


@cache
def values() -> Values:
    """Return `values.toml`."""
    return read_toml(folder("extract") / "values.toml", Values)


def parse(stated: str) -> Target | None:
    """Return the target that a stated value means, None for a blank; what fits nothing is text."""
    text = fold(stated)
    if not text:
        return None
    target = _read(text)
    if target is None and re.search(values().numerals.digits, text):
        target = _read(_in_figures(text))
    return target or _unknown_unit(text) or Target(kind="text")


def _read(text: str) -> Target | None:
    for form in (_date, _recurring, _range, _number, _grade):
        if target := form(text):
            return target
    return None


def _in_figures(text: str) -> str:
    """Return the text with its Chinese numerals as figures ("百分之九十" as "90%")."""
    from cn2an import transform

    for other, usual in values().numerals.same.items():
        text = text.replace(other, usual)
    with warnings.catch_warnings():  # it warns of numerals it leaves as they are
        warnings.simplefilter("ignore")
        return fold(transform(text))


def money(number: str, unit: str) -> Decimal:
    """Return the yuan in a stated number of a unit of money ("万元").

    Raises `KeyError` for a unit that is no money, `decimal.InvalidOperation` for no number.
    """
    return Decimal(number.replace(",", "")) * values().money[_units()[fold(unit)]]


@cache
def money_words() -> tuple[str, ...]:
    """Return the words of units of money, the longest first."""
    words = _units()
    money = values().money
    return tuple(sorted((w for w, key in words.items() if key in money), key=len, reverse=True))


def yuan(bound: Decimal | None, unit: str | None) -> Decimal | None:
    """Return a bound of a target in yuan, None where it is no money."""
    if bound is None or unit not in values().money:
        return None
    return bound * values().money[unit]


def find(text: str) -> re.Match[str] | None:
    """Return the first number with its comparator and unit within a clause."""
    return _patterns()["within"].search(text)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rules = values()
    before = any_of(sorted(_before()))
    after = any_of(sorted(_after()))
    unit = any_of(sorted(_units()))
    times = any_of(list(rules.multipliers))
    signs = any_of([fold(sign) for sign in rules.range_signs])
    rough = f"(?P<about>{any_of(rules.about_after)})?"
    per = f"(?:(?:{any_of(rules.per_signs)})(?P<per>[^\\d/]+?))?"
    unit_times = f"(?:(?P<unit>{unit})|(?P<times>{times})(?P<counted>{unit})?)?"
    start = f"(?P<before>{before})?(?P<roughly>{any_of(rules.about_before)})?"
    number = f"(?P<number>{rules.number})"
    tail = f"(?P<after>{after})?{rough}"
    return {
        "number": re.compile(f"{start}{number}{unit_times}{per}{tail}"),
        "foreign": re.compile(f"{start}{number}(?P<other>[^\\W\\d_]{{1,3}}?){per}{tail}"),
        "range": re.compile(
            f"(?P<low>{rules.number})(?:{unit})?(?:{signs})(?P<high>{rules.number})(?P<unit>{unit})?{per}"
        ),
        "within": re.compile(f"\\s*(?:{before})?\\s*(?:{rules.number})\\s*(?:{unit})?(?:{after})?"),
        "grade": re.compile(_grade_pattern()),
    }


def _grade_pattern() -> str:
    """Return the pattern of graded words, each perhaps after adverbs, in a row."""
    grades = values().grades
    adverbs = any_of([fold(word) for word in grades.adverbs])
    words = any_of([fold(word) for word in grades.words])
    return f"(?:(?:{adverbs})*(?:{words})[{re.escape(grades.joins)}]?)+"


def _number(text: str) -> Target | None:
    found = _patterns()["number"].fullmatch(text)
    if not found:
        return None
    unit, times = found["unit"] or found["counted"], values().multipliers.get(found["times"], 1)
    return _bounded(found, Decimal(found["number"].replace(",", "")) * times, _unit(unit))


def _unknown_unit(text: str) -> Target | None:
    """Read a number with a unit of no list: the bounds hold, the unit is left out."""
    found = _patterns()["foreign"].fullmatch(text)
    return _bounded(found, Decimal(found["number"].replace(",", "")), None) if found else None


def _bounded(found: re.Match[str], number: Decimal, unit: str | None) -> Target:
    comparator: Comparator = "eq"
    if found["before"]:
        comparator = _before()[found["before"]]
    if found["after"]:
        comparator = _after()[found["after"]]
    return Target(
        kind="number",
        comparator=comparator,
        lower=number if comparator in ("ge", "gt", "eq") else None,
        upper=number if comparator in ("le", "lt", "eq") else None,
        unit=unit,
        per=found["per"],
        approximate=bool(found["roughly"] or found["about"]),
    )


def _range(text: str) -> Target | None:
    found = _patterns()["range"].fullmatch(text)
    if not found:
        return None
    low, high = (Decimal(found[side].replace(",", "")) for side in ("low", "high"))
    if low > high:
        return None
    return Target(kind="range", lower=low, upper=high, unit=_unit(found["unit"]), per=found["per"])


def _unit(word: str | None) -> str | None:
    return _units()[word] if word else None


def _date(text: str) -> Target | None:
    dates = values().dates
    for pattern in dates.patterns:
        if found := re.match(pattern, text):
            after = _by_dates().get(text[found.end() :])
            if target := _deadline(found, after):
                return target
    return _yearless(text)


def _yearless(text: str) -> Target | None:
    """Read a deadline without a day of a year: a month needs a word that makes it a deadline."""
    dates = values().dates
    for pattern in dates.yearless:
        if found := re.match(pattern, text):
            rest = text[found.end() :]
            parts = found.groupdict()
            after = _by_dates().get(rest) if rest or parts.get("quarter") else None
            if target := _deadline(found, after):
                return target
    year, name = re.match(r"(?:(\d{4})年)?(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    for word, month in dates.names.items():
        rest = name.removeprefix(word)
        if name.startswith(word) and (not rest or _by_dates().get(rest)):
            return Target(kind="date", comparator="le", date=_calendar(year, month, None))
    return None


def _deadline(found: re.Match[str], after: Comparator | None) -> Target | None:
    parts = found.groupdict()
    quarter, month = parts.get("quarter"), parts.get("month")
    if quarter:
        after = after and "le"
    number = int(quarter) * 3 if quarter else int(month) if month else None
    date = _calendar(parts.get("year"), number, int(parts["day"]) if parts.get("day") else None)
    return Target(kind="date", comparator=after, date=date) if after and date else None


def _calendar(year: str | None, month: int | None, day: int | None) -> str | None:
    """Return the date as precise as stated, None where there is no such month or day."""
    if month is None:
        return year
    if not 1 <= month <= 12 or not 1 <= (day or 1) <= 31:
        return None
    return f"{year or '-'}-{month:02}" + (f"-{day:02}" if day else "")


def _recurring(text: str) -> Target | None:
    for pattern in values().recurring.patterns:
        found = re.fullmatch(pattern, text)
        comparator = _by_dates().get(found["after"]) if found else None
        if not found or not comparator:
            continue
        parts = {
            name: int(v) if v and v.isdigit() else None for name, v in found.groupdict().items()
        }
        month, day = parts.get("month"), parts.get("day")
        if (day is None or 1 <= day <= 31) and (month is None or 1 <= month <= 12):
            date = _calendar(None, month, day) if month else f"---{day:02}" if day else None
            return Target(kind="recurring", comparator=comparator, per=found["per"], date=date)
    return None


def _grade(text: str) -> Target | None:
    return Target(kind="grade") if _patterns()["grade"].fullmatch(text) else None


@cache
def _units() -> dict[str, str]:
    return by_word(values().units)


@cache
def _before() -> dict[str, Comparator]:
    return by_word(values().comparators.before)


@cache
def _after() -> dict[str, Comparator]:
    return by_word(values().comparators.after)


@cache
def _by_dates() -> dict[str, Comparator]:
    """Return the words after a date that say on which side of it."""
    return by_word(values().dates.after)
