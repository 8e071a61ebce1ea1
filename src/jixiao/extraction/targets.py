"""Parses target values (指标值): numbers with comparators and units, ranges, dates, grades.

`extract/values.toml` declares how these are written; money is converted by `money`.
"""

import re
import warnings
from decimal import Decimal

from jixiao.config import cache
from jixiao.extraction.value_rules import units_by_word, value_rules
from jixiao.extraction.word_matching import any_of, key_by_word
from jixiao.model.record import Comparator, Target
from jixiao.text import fold


def parse(stated: str) -> Target | None:
    """Parse a target value.

    Args:
        stated: The value as the table states it ("≥95%", "2023年12月底前").

    Returns:
        The target, None for a blank. A value that fits no form is a target of kind "text".
    """
    text = fold(stated)
    if not text:
        return None
    target = _read(text)
    # Only if nothing else fits: a grade such as 一般 contains a numeral too.
    if target is None and re.search(value_rules().numerals.digits, text):
        target = _read(_in_figures(text))
    # Last, because any word of up to three characters counts as a unit then.
    return target or _unknown_unit(text) or Target(kind="text")


def _read(text: str) -> Target | None:
    # Dates first, because a number with 年 or 月 would also be a number with a unit of time.
    for form in (_date, _recurring, _range, _number, _grade):
        if target := form(text):
            return target
    return None


def _in_figures(text: str) -> str:
    """Return the text with Chinese numerals replaced by digits ("百分之九十" by "90%")."""
    from cn2an import transform

    for other, usual in value_rules().numerals.same.items():
        text = text.replace(other, usual)
    with warnings.catch_warnings():  # cn2an warns about numerals that it leaves unchanged
        warnings.simplefilter("ignore")
        return fold(transform(text))


def find(text: str) -> re.Match[str] | None:
    """Find the first number in a clause.

    Returns:
        The match of the number with its comparator and unit, None if there is no number.
    """
    return _patterns()["within"].search(text)


def grade_at_end(text: str) -> int | None:
    """Return where the grade begins that a clause without white space ends with, None if none."""
    match = _patterns()["last"].search(text)
    return match.start() if match else None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rules = value_rules()
    before = any_of(sorted(_comparators_before()))
    after = any_of(sorted(_comparators_after()))
    unit = any_of(sorted(units_by_word()))
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
        "last": re.compile(f"{_grade_pattern()}$"),
    }


def _grade_pattern() -> str:
    """Return the pattern of one or more grades, each perhaps after adverbs."""
    grades = value_rules().grades
    adverbs = any_of([fold(word) for word in grades.adverbs])
    words = any_of([fold(word) for word in grades.words])
    return f"(?:(?:{adverbs})*(?:{words})[{re.escape(grades.joins)}]?)+"


def _number(text: str) -> Target | None:
    match = _patterns()["number"].fullmatch(text)
    if not match:
        return None
    unit = match["unit"] or match["counted"]
    times = value_rules().multipliers.get(match["times"], 1)
    return _bounded(match, Decimal(match["number"].replace(",", "")) * times, _unit(unit))


def _unknown_unit(text: str) -> Target | None:
    """Parse a number with an unlisted unit: the target has its bounds and no unit."""
    match = _patterns()["foreign"].fullmatch(text)
    return _bounded(match, Decimal(match["number"].replace(",", "")), None) if match else None


def _bounded(match: re.Match[str], number: Decimal, unit: str | None) -> Target:
    comparator: Comparator = "eq"
    if match["before"]:
        comparator = _comparators_before()[match["before"]]
    if match["after"]:
        comparator = _comparators_after()[match["after"]]
    return Target(
        kind="number",
        comparator=comparator,
        lower=number if comparator in ("ge", "gt", "eq") else None,
        upper=number if comparator in ("le", "lt", "eq") else None,
        unit=unit,
        per=match["per"],
        approximate=bool(match["roughly"] or match["about"]),
    )


def _range(text: str) -> Target | None:
    match = _patterns()["range"].fullmatch(text)
    if not match:
        return None
    low, high = (Decimal(match[side].replace(",", "")) for side in ("low", "high"))
    if low > high:
        return None
    return Target(kind="range", lower=low, upper=high, unit=_unit(match["unit"]), per=match["per"])


def _unit(word: str | None) -> str | None:
    return units_by_word()[word] if word else None


def _date(text: str) -> Target | None:
    dates = value_rules().dates
    for pattern in dates.patterns:
        if match := re.match(pattern, text):
            after = _comparators_after_dates().get(text[match.end() :])
            if target := _deadline(match, after):
                return target
    return _yearless(text)


def _yearless(text: str) -> Target | None:
    """Parse a deadline that may have no year.

    A month needs a word after it that makes it a deadline (12月底前): alone it is a duration. A
    quarter or a named period (上半年) may stand alone.
    """
    dates = value_rules().dates
    for pattern in dates.yearless:
        if match := re.match(pattern, text):
            rest = text[match.end() :]
            parts = match.groupdict()
            after = _comparators_after_dates().get(rest) if rest or parts.get("quarter") else None
            if target := _deadline(match, after):
                return target
    prefix = re.match(dates.year_before_name, text)
    year, name = (prefix["year"], text[prefix.end() :]) if prefix else (None, text)
    for word, month in dates.names.items():
        rest = name.removeprefix(word)
        if name.startswith(word) and (not rest or _comparators_after_dates().get(rest)):
            return Target(kind="date", comparator="le", date=_calendar(year, month, None))
    return None


def _deadline(match: re.Match[str], after: Comparator | None) -> Target | None:
    parts = match.groupdict()
    quarter, month = parts.get("quarter"), parts.get("month")
    if quarter:  # a quarter is written as its last month, and means until the end of it
        after = after and "le"
    number = int(quarter) * 3 if quarter else int(month) if month else None
    date = _calendar(parts.get("year"), number, int(parts["day"]) if parts.get("day") else None)
    return Target(kind="date", comparator=after, date=date) if after and date else None


def _calendar(year: str | None, month: int | None, day: int | None) -> str | None:
    """Return the date as precise as stated, None if there is no such month or day."""
    if month is None:
        return year
    if not 1 <= month <= 12 or not 1 <= (day or 1) <= 31:
        return None
    return f"{year or '-'}-{month:02}" + (f"-{day:02}" if day else "")


def _recurring(text: str) -> Target | None:
    for pattern in value_rules().recurring.patterns:
        match = re.fullmatch(pattern, text)
        comparator = _comparators_after_dates().get(match["after"]) if match else None
        if not match or not comparator:
            continue
        parts = {
            name: int(v) if v and v.isdigit() else None for name, v in match.groupdict().items()
        }
        month, day = parts.get("month"), parts.get("day")
        if (day is None or 1 <= day <= 31) and (month is None or 1 <= month <= 12):
            date = _calendar(None, month, day) if month else f"---{day:02}" if day else None
            return Target(kind="recurring", comparator=comparator, per=match["per"], date=date)
    return None


def _grade(text: str) -> Target | None:
    return Target(kind="grade") if _patterns()["grade"].fullmatch(text) else None


@cache
def _comparators_before() -> dict[str, Comparator]:
    return key_by_word(value_rules().comparators.before)


@cache
def _comparators_after() -> dict[str, Comparator]:
    return key_by_word(value_rules().comparators.after)


@cache
def _comparators_after_dates() -> dict[str, Comparator]:
    """Return the comparator of each word that may follow a date (前, 起)."""
    return key_by_word(value_rules().dates.after)
