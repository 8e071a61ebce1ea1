"""The terms and triples of the graph: literals for values of the record, and their texts."""

from collections.abc import Iterator
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from jixiao.rdf.iris import plain
from jixiao.rdf.namespaces import CODE, XSD

Term = NamedNode | Literal
Triple = tuple[NamedNode, NamedNode, Term]
Pair = tuple[NamedNode, Term | None]  # a property and its value, None if there is none


def value_of(term: object) -> str:
    """Return the IRI of a node, or the text of a literal.

    Args:
        term: a term of pyoxigraph.

    Raises:
        TypeError: for blank nodes and quoted triples, which the graph does not use.

    """
    if isinstance(term, NamedNode | Literal):
        return term.value
    raise TypeError(f"the graph has neither blank nodes nor quoted triples: {term}")


def describe(subject: NamedNode, *pairs: Pair) -> Iterator[Triple]:
    """Yield a triple for each pair that has a value."""
    for predicate, value in pairs:
        if value is not None:
            yield subject, predicate, value


def zh(text: str) -> Literal:
    """Return text in simplified Chinese; it may be blank."""
    return Literal(text, language="zh-Hans")


def zh_or_none(text: str | None) -> Literal | None:
    """Return text in simplified Chinese, None if it is blank."""
    return zh(text) if text else None


def text_or_none(text: str | None) -> Literal | None:
    """Return text without a language (a number as printed, a code), None if it is blank."""
    return Literal(text) if text else None


def integer(number: int) -> Literal:
    """Return a whole number."""
    return Literal(str(number), datatype=XSD.integer)


def integer_or_none(number: int | None) -> Literal | None:
    """Return a whole number, None for None."""
    return None if number is None else integer(number)


def decimal(number: Decimal | float) -> Literal:
    """Return a decimal with the digits it has; xsd:decimal allows no exponent."""
    return Literal(f"{Decimal(str(number)):f}", datatype=XSD.decimal)


def decimal_or_none(number: Decimal | float | None) -> Literal | None:
    """Return a decimal, None for None."""
    return None if number is None else decimal(number)


def boolean(truth: bool) -> Literal:
    """Return a truth value."""
    return Literal("true" if truth else "false", datatype=XSD.boolean)


def true_or_none(truth: bool) -> Literal | None:
    """Return true, or None: for properties that are stated only if they hold."""
    return boolean(truth) if truth else None


def code_or_none(scheme: str, notation: str | None) -> NamedNode | None:
    """Return a concept of a code list ("unit", "人" → …/code/unit/人's key), None without one."""
    return CODE[f"{scheme}/{plain(notation)}"] if notation else None
