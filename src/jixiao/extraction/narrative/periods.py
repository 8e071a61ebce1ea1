"""Reads when a project runs (实施周期)."""

import re

from jixiao.extraction.forms.words import fields
from jixiao.model.record import Period, Where
from jixiao.text import fold


def period_of(text: str, where: Where) -> Period:
    """Return the period a text states: its first date to its last, none where it states none."""
    dates = [_date(match) for match in re.finditer(fields().date, fold(text))]
    return Period(dates[0] if dates else None, dates[-1] if len(dates) > 1 else None, text, where)


def between(start: tuple[str, Where] | None, end: tuple[str, Where] | None) -> Period | None:
    """Return the period between two dates that are stated apart, and where."""
    stated = [found for found in (start, end) if found]
    if not stated:
        return None
    text = "—".join(found[0] for found in stated)
    return Period(_first(start), _first(end), text, stated[0][1])


def _first(stated: tuple[str, Where] | None) -> str | None:
    match = re.search(fields().date, fold(stated[0])) if stated else None
    return _date(match) if match else None


def _date(match: re.Match[str]) -> str:
    return "-".join(part.zfill(2) for part in match.group("year", "month", "day") if part)
