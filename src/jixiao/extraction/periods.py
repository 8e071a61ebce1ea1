"""Reads the period of a project (实施周期)."""

import re

import msgspec

from jixiao.extraction.field_words import field_words
from jixiao.model.record import Period, Where
from jixiao.text import fold


def period_of(text: str, where: Where) -> Period:
    """Return the period that a text states, from its first date to its last.

    Args:
        text: The text of a cell or section; it may state no date or only one.
        where: Its place.
    """
    dates = [_date(match) for match in re.finditer(field_words().date, fold(text))]
    return Period(dates[0] if dates else None, dates[-1] if len(dates) > 1 else None, text, where)


def between(start: tuple[str, Where] | None, end: tuple[str, Where] | None) -> Period | None:
    """Return the period between two dates that are stated in separate cells.

    Args:
        start: The text and the place of the first date, None if it is not stated.
        end: The same for the last date.

    Returns:
        The period with the places of both dates, None if neither is stated.
    """
    stated = [date for date in (start, end) if date]
    if not stated:
        return None
    text = "—".join(date[0] for date in stated)
    where, last = stated[0][1], stated[-1][1]
    if last != where:
        further = msgspec.structs.replace(last, continued=()), *last.continued
        where = msgspec.structs.replace(where, continued=(*where.continued, *further))
    return Period(_first(start), _first(end), text, where)


def _first(stated: tuple[str, Where] | None) -> str | None:
    match = re.search(field_words().date, fold(stated[0])) if stated else None
    return _date(match) if match else None


def _date(match: re.Match[str]) -> str:
    return "-".join(part.zfill(2) for part in match.group("year", "month", "day") if part)
