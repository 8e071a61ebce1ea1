"""Binds the parameters of a question: values become RDF terms, never pasted text."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from jixiao.errors import UsageError
from jixiao.rdf.questions import DATATYPES, Parameter, Question

Argument = str | int | Decimal
# Comments, IRIs and strings match first, so that only variables are ever replaced.
_TOKEN = re.compile(
    r"""#[^\n]*|<[^<>"{}|^`\\\s]*>|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|[?$](?P<name>\w+)|(?P<mark>[(){}]|(?<![\w:.-])(?:SELECT|WHERE|FROM)(?![\w:.-]))""",
    re.DOTALL | re.IGNORECASE,
)


class BoundQuestion(NamedTuple):
    """A question, and its query with all parameters bound."""

    question: Question
    text: str


def bind_parameters(question: Question, arguments: Mapping[str, Argument]) -> BoundQuestion:
    """Bind the parameters of a question.

    Args:
        question: The question.
        arguments: Values by parameter; a parameter that is missing takes its default. A value of
            type "iris" is any number of IRIs with spaces between; blank stands for all.

    Raises:
        UsageError: A parameter that the question does not have, or a value of the wrong type.

    """
    declared = question.head.parameters
    for name in arguments:
        if name not in declared:
            names = ", ".join(declared) or "—"
            raise UsageError("query-parameter", query=question.name, name=name, known=names)
    text, terms = question.text, dict[str, Literal | NamedNode]()
    for name, parameter in declared.items():
        value = str(arguments.get(name, parameter.default))
        if parameter.type == "iris":
            iris = [_term(question, name, parameter, iri) for iri in value.split()]
            # Without an IRI the clause is dropped: VALUES with no row would match nothing.
            chosen = f"VALUES ?{name} {{ {' '.join(map(str, iris))} }}" if iris else ""
            text = text.replace(f"VALUES ?{name} {{ UNDEF }}", chosen)
        else:
            terms[name] = _term(question, name, parameter, value)
    return BoundQuestion(question, bind(text, terms))


def bind(text: str, terms: Mapping[str, Literal | NamedNode]) -> str:
    """Replace variables of a query by RDF terms.

    The RDF library writes each term and escapes it, so no value can end its own quotes. In the
    list of a SELECT, where only variables may stand, the term is written `(term AS ?name)`.

    Args:
        text: A SPARQL query.
        terms: The terms by the names of their variables.

    Returns:
        The query with the terms in place of the variables.

    """
    depth = -1  # of brackets in the list of a SELECT; below 0 outside of one

    def replaced(match: re.Match[str]) -> str:
        nonlocal depth
        depth = _depth(depth, (match["mark"] or "").upper())
        term = terms.get(match["name"] or "")
        if term is None:
            return match[0]
        return f"({term} AS {match[0]})" if depth == 0 else str(term)

    return _TOKEN.sub(replaced, text)


def _depth(depth: int, mark: str) -> int:
    """Return the depth of brackets in the list of a SELECT after a mark."""
    if mark == "SELECT":
        return 0
    if depth < 0 or mark in ("WHERE", "FROM", "{", "}"):
        return depth if not mark or depth < 0 else -1
    return depth + {"(": 1, ")": -1}.get(mark, 0)


def _term(question: Question, name: str, parameter: Parameter, value: str) -> Literal | NamedNode:
    """Return a value as a term of the parameter's type; raises `UsageError`."""
    try:
        value.encode()  # a lone surrogate is no text, and the RDF library would panic on it
        if parameter.type in ("iri", "iris"):
            return NamedNode(value)
        if parameter.type == "integer":
            value = str(int(value))
        if parameter.type == "decimal":
            number = Decimal(value)
            if not number.is_finite():  # XSD has no decimal for NaN and Infinity
                raise ValueError(value)
            value = f"{number:f}"  # nor an exponent
    except (ValueError, InvalidOperation) as error:
        raise UsageError(
            "query-value", query=question.name, name=name, type=parameter.type, value=value
        ) from error
    return Literal(value, datatype=DATATYPES[parameter.type])
