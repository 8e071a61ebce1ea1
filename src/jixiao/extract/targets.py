"""Parses target values (指标值) as `extract/values.toml` declares them."""

import re
from decimal import Decimal
from functools import cache

from jixiao.extract.profiles import any_of, by_word, values
from jixiao.pages.layout import fold
from jixiao.record import Comparator, Target


def parse(stated: str) -> Target | None:
    """Return the target that a stated value means, None for a blank; what fits nothing is text."""
    text = fold(stated)
    if not text:
        return None
    for form in (_date, _recurring, _range, _number, _grade):
        if target := form(text):
            return target
    return Target(kind="text")


def money(number: str, unit: str) -> Decimal:
    """Return the yuan in a stated number of a unit of money ("万元").

    Raises `KeyError` for a unit that is no money, `decimal.InvalidOperation` for no number.
    """
    return Decimal(number.replace(",", "")) * values().money[by_word(values().units)[fold(unit)]]


@cache
def money_words() -> tuple[str, ...]:
    """Return the words of units of money, the longest first."""
    words = by_word(values().units)
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
    words = rules.comparators
    before = any_of(sorted(by_word(words.before)))
    after = any_of(sorted(by_word(words.after)))
    unit = any_of(sorted(by_word(rules.units)))
    signs = any_of([fold(sign) for sign in rules.range_signs])
    per = f"(?:(?:{any_of(rules.per_signs)})(?P<per>[^\\d/]+?))?"
    one = f"(?P<number>{rules.number})(?P<unit>{unit})?{per}"
    tail = f"(?P<after>{after})?"
    return {
        "number": re.compile(f"(?P<before>{before})?{one}{tail}"),
        "range": re.compile(
            f"(?P<low>{rules.number})(?:{unit})?(?:{signs})(?P<high>{rules.number})(?P<unit>{unit})?"
        ),
        "within": re.compile(f"\\s*(?:{before})?\\s*(?:{rules.number})\\s*(?:{unit})?(?:{after})?"),
        "recurring": re.compile(rules.recurring.pattern),
    }


def _number(text: str) -> Target | None:
    found = _patterns()["number"].fullmatch(text)
    if not found:
        return None
    number = Decimal(found["number"].replace(",", ""))
    words = values().comparators
    comparator: Comparator = "eq"
    if found["before"]:
        comparator = by_word(words.before)[found["before"]]
    if found["after"]:
        comparator = by_word(words.after)[found["after"]]
    return Target(
        kind="number",
        comparator=comparator,
        lower=number if comparator in ("ge", "gt", "eq") else None,
        upper=number if comparator in ("le", "lt", "eq") else None,
        unit=_unit(found["unit"]),
        per=found["per"],
    )


def _range(text: str) -> Target | None:
    found = _patterns()["range"].fullmatch(text)
    if not found:
        return None
    low, high = (Decimal(found[side].replace(",", "")) for side in ("low", "high"))
    return Target(kind="range", lower=low, upper=high, unit=_unit(found["unit"]))


def _unit(word: str | None) -> str | None:
    return by_word(values().units)[word] if word else None


def _date(text: str) -> Target | None:
    dates = values().dates
    for pattern in dates.patterns:
        found = re.match(pattern, text)
        if not found:
            continue
        comparator = by_word(dates.after).get(text[found.end() :])
        date = _calendar(found["year"], found["month"], found["day"])
        if comparator and date:
            return Target(kind="date", comparator=comparator, date=date)
    return None


def _calendar(year: str, month: str | None, day: str | None) -> str | None:
    """Return the date as precise as stated, None where there is no such month or day."""
    if month is None:
        return year
    if not 1 <= int(month) <= 12 or not 1 <= int(day or 1) <= 31:
        return None
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _recurring(text: str) -> Target | None:
    found = _patterns()["recurring"].fullmatch(text)
    if not found:
        return None
    comparator = by_word(values().dates.after).get(found["after"])
    if not comparator or not 1 <= int(found["day"]) <= 31:
        return None
    return Target(
        kind="recurring",
        comparator=comparator,
        per=found["per"],
        date=f"---{int(found['day']):02}",
    )


def _grade(text: str) -> Target | None:
    return Target(kind="grade") if text in {fold(word) for word in values().grades.words} else None
