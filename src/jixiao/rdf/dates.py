"""Years, months and days as literals, each as precise as the document states it."""

import re

from pyoxigraph import Literal

from jixiao.rdf.namespaces import XSD

# The datatype follows from the form: "2023-12" is a month of a year, "--12-31" a day of any year.
_DATATYPES = {
    "dddd": XSD.gYear,
    "dddd-dd": XSD.gYearMonth,
    "dddd-dd-dd": XSD.date,
    "--dd": XSD.gMonth,
    "--dd-dd": XSD.gMonthDay,
    "---dd": XSD.gDay,
}


def date(text: str) -> Literal:
    """Return a date as precise as it is stated.

    Args:
        text: a date of the record, in one of the forms of `Target.date`.

    Raises:
        KeyError: for any other form.

    """
    return Literal(text, datatype=_DATATYPES[re.sub(r"\d", "d", text)])


def date_or_none(text: str | None) -> Literal | None:
    """Return a date, None for a blank one."""
    return date(text) if text else None


def year_or_none(year: int | None) -> Literal | None:
    """Return a year, which XML Schema writes with four digits, None if it is not known."""
    return date(f"{year:04}") if year else None
