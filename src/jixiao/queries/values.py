"""RDF terms as plain Python values."""

import re
from collections.abc import Callable
from decimal import Decimal

from jixiao.model.answer import Value

_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHITE_SPACE = " \t\r\n"
# XML Schema's lexical forms. Python's own parsers accept more ("1_000", "٣", "NaN"), and a store
# keeps ill-typed literals as they are, so the form is checked before the text is parsed.
_PARSERS: dict[str, tuple[re.Pattern[str], Callable[[str], Value]]] = {
    "integer": (re.compile(r"[+-]?[0-9]+"), int),
    "decimal": (re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"), Decimal),
    "boolean": (re.compile(r"true|false|0|1"), lambda text: text in ("true", "1")),
}


def literal_value(text: str, datatype: str) -> Value:
    """Return the value of a literal.

    Args:
        text: The lexical form.
        datatype: The IRI of the datatype.

    Returns:
        An `int`, `Decimal` or `bool` for xsd:integer, xsd:decimal and xsd:boolean; the text itself
        for any other datatype, or if the datatype does not allow the text.

    """
    name = datatype.removeprefix(_XSD)
    if name not in _PARSERS:
        return text
    form, parse = _PARSERS[name]
    bare = text.strip(_WHITE_SPACE)
    try:
        return parse(bare) if form.fullmatch(bare) else text
    except ValueError:  # Python refuses integers of more than 4,300 digits
        return text
