"""Asks the questions of `queries/`, or any other SPARQL query that only reads.

Parameters are bound as RDF terms, never pasted into the text. The default graph is the union of
the named graphs.
"""

import io
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

import rdflib
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import ResultRow

from jixiao.errors import UsageError
from jixiao.model.answer import Answer, Value
from jixiao.queries.catalogue import question
from jixiao.rdf.questions import DATATYPES, Parameter, Question, read
from jixiao.store.store import Store

if TYPE_CHECKING:
    from jixiao.queries.repositories.sparql_http import Endpoint
Solved = QuerySolutions | QueryBoolean | QueryTriples | list[Triple]
_RESULTS = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
}
_UPDATE = re.compile(
    r"(?:\s|#[^\n]*\n|PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>)*"
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)


# The values of XML Schema's datatypes: their form, and what reads them.
_SPACE = " \t\r\n"
_NUMBERS: dict[str, tuple[re.Pattern[str], Callable[[str], Value]]] = {
    "integer": (re.compile(r"[+-]?[0-9]+"), int),
    "decimal": (re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"), Decimal),
    "boolean": (re.compile(r"true|false|0|1"), lambda text: text in ("true", "1")),
}


class Asked(NamedTuple):
    """A question with the terms that its parameters are bound to."""

    question: Question
    text: str


def ask(
    source: "Store | rdflib.Dataset | Endpoint", name: str, **parameters: str | int | Decimal
) -> Answer:
    """Return the rows that answer a question, a file of SPARQL, or a text of SPARQL.

    Raises `UsageError` for an unknown question or parameter, a value of the wrong type, a syntax
    error, or a query that would write; `StoreError` for an endpoint that does not answer.
    """
    asked = prepared(name, parameters)
    if isinstance(source, rdflib.Dataset):
        return _rdflib_rows(source, asked)
    return rows(solve(source, asked))


def prepared(name: str | Question, parameters: Mapping[str, str | int | Decimal]) -> Asked:
    """Return a question, or a text of SPARQL, with its parameters bound."""
    asked = _question(name)
    if not asked.text.strip():
        raise UsageError("query-empty", query=asked.name)
    if _UPDATE.match(asked.text):
        raise UsageError("query-writes", query=asked.name)
    given = _given(asked, parameters)
    listed = {n: v for n, v in given.items() if asked.head.parameters[n].type == "iris"}
    text = _chosen(asked, listed)
    return Asked(asked, bind(text, _bindings(asked, {n: given[n] for n in given.keys() - listed})))


def _question(name: str | Question) -> Question:
    if isinstance(name, Question):
        return name
    return read("text", name) if re.search(r"[\s{]", name) else question(name)


def solve(source: "Store | Endpoint", asked: Asked) -> Solved:
    """Return what the query engine, or the endpoint, answers."""
    if not isinstance(source, Store):
        return source.query(asked.text)
    try:
        with _answered():
            return source.database.query(asked.text)
    except (SyntaxError, UnicodeEncodeError) as error:
        raise UsageError("query-syntax", query=asked.question.name, reason=_brief(error)) from error


@contextmanager
def _answered() -> Generator[None]:
    """Tell what fails while a query is answered, row by row: a SERVICE, or the disk."""
    try:
        yield
    except OSError as error:
        raise UsageError("query-failed", reason=_brief(error)) from error


def _brief(error: Exception) -> str:
    """Return a reason in one line; parsers list all that they would have taken."""
    return " ".join(str(error).split())[:160]


def rows(result: Solved) -> Answer:
    """Return an answer as plain values; raises `UsageError` where a part of it fails."""
    with _answered():
        return _rows(result)


def _rows(result: Solved) -> Answer:
    if isinstance(result, QueryBoolean):
        return Answer(("answer",), ((bool(result),),))
    if isinstance(result, QuerySolutions):
        columns = tuple(variable.value for variable in result.variables)
        return Answer(columns, tuple(tuple(_plain(s[c]) for c in columns) for s in result))
    triples = tuple((_plain(t.subject), t.predicate.value, _plain(t.object)) for t in result)
    return Answer(("subject", "predicate", "object"), triples)


def serialised(result: Solved, kind: str) -> bytes:
    """Return an answer in a standard format: csv, tsv or json (SPARQL 1.1), of a graph turtle.

    Raises `UsageError` where the answer has no such format.
    """
    rowwise = isinstance(result, QuerySolutions | QueryBoolean)
    if rowwise == (kind == "turtle"):
        raise UsageError("rows-format" if rowwise else "graph-format", kind=kind)
    with _answered():
        if not isinstance(result, QuerySolutions | QueryBoolean):
            return serialize(result, format=RdfFormat.TURTLE) or b""
        buffer = io.BytesIO()
        result.serialize(buffer, format=_RESULTS[kind])
        return buffer.getvalue()


def _given(asked: Question, given: Mapping[str, str | int | Decimal]) -> dict[str, str]:
    """Return the values of all parameters, those that are not given by their defaults."""
    known = asked.head.parameters
    for name in given:
        if name not in known:
            names = ", ".join(known) or "—"
            raise UsageError("query-parameter", query=asked.name, name=name, known=names)
    return {name: str(given.get(name, known[name].default)) for name in known}


def _bindings(asked: Question, given: Mapping[str, str]) -> dict[str, Literal | NamedNode]:
    known = asked.head.parameters
    return {name: _term(asked, name, known[name], value) for name, value in given.items()}


def _chosen(asked: Question, listed: Mapping[str, str]) -> str:
    """Return the query of the things that are chosen: of all where none is."""
    text = asked.text
    for name, value in listed.items():
        parameter = asked.head.parameters[name]
        terms = [_term(asked, name, parameter, iri) for iri in value.split()]
        values = f"VALUES ?{name} {{ {' '.join(map(str, terms))} }}" if terms else ""
        text = text.replace(f"VALUES ?{name} {{ UNDEF }}", values)
    return text


def _term(asked: Question, name: str, parameter: Parameter, value: str) -> Literal | NamedNode:
    try:
        value.encode()  # half a character is no text
        if parameter.type in ("iri", "iris"):
            return NamedNode(value)
        if parameter.type == "integer":
            value = str(int(value))
        if parameter.type == "decimal":
            value = _decimal(value)
    except (ValueError, InvalidOperation) as error:
        raise UsageError(
            "query-value", query=asked.name, name=name, type=parameter.type, value=value
        ) from error
    return Literal(value, datatype=DATATYPES[parameter.type])


def _decimal(value: str) -> str:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(value)
    return f"{number:f}"


# Comments, IRIs and strings are passed over, so that only variables are ever replaced.
_TOKEN = re.compile(
    r"""#[^\n]*|<[^<>"{}|^`\\\s]*>|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|[?$](?P<name>\w+)|(?P<mark>[(){}]|(?<![\w:.-])(?:SELECT|WHERE|FROM)(?![\w:.-]))""",
    re.DOTALL | re.IGNORECASE,
)


def bind(text: str, bindings: Mapping[str, Literal | NamedNode]) -> str:
    """Return the query with its parameters' variables replaced by RDF terms.

    A term is written by the RDF library, which escapes it: no value can end it. In the list of a
    SELECT, where there are only variables, it is named like its parameter.
    """
    depth = -1  # of brackets in the list of a SELECT; below 0 elsewhere

    def term(match: re.Match[str]) -> str:
        nonlocal depth
        depth = _depth(depth, (match["mark"] or "").upper())
        bound = bindings.get(match["name"] or "")
        if bound is None:
            return match[0]
        return f"({bound} AS {match[0]})" if depth == 0 else str(bound)

    return _TOKEN.sub(term, text)


def _depth(depth: int, mark: str) -> int:
    """Return how deep in brackets of a SELECT's list a text is after a mark."""
    if mark == "SELECT":
        return 0
    if depth < 0 or mark in ("WHERE", "FROM", "{", "}"):
        return depth if not mark or depth < 0 else -1
    return depth + {"(": 1, ")": -1}.get(mark, 0)


def _plain(term: object) -> Value:
    if term is None:
        return None
    if isinstance(term, Literal):
        return _number(term.value, term.datatype.value)
    return str(getattr(term, "value", term))


def _number(text: str, datatype: str) -> Value:
    """Return a value as its datatype means it; what the datatype does not allow stays text."""
    kind = datatype.removeprefix("http://www.w3.org/2001/XMLSchema#")
    if kind not in _NUMBERS:
        return text
    form, value = _NUMBERS[kind]
    bare = text.strip(_SPACE)
    try:
        return value(bare) if form.fullmatch(bare) else text
    except ValueError:  # Python reads no integer of thousands of digits
        return text


def _rdflib_rows(dataset: rdflib.Dataset, asked: Asked) -> Answer:
    try:
        query = prepareQuery(asked.text)
    except Exception as error:  # rdflib's parser raises whatever pyparsing does
        name = asked.question.name
        raise UsageError("query-syntax", query=name, reason=_brief(error)) from error
    result = dataset.query(query)
    columns = tuple(str(variable) for variable in result.vars or ())
    found = [row for row in result if isinstance(row, ResultRow)]
    plain = (tuple(_rdflib_plain(row.get(c)) for c in columns) for row in found)
    return Answer(columns, tuple(plain))


def _rdflib_plain(term: object) -> Value:
    if isinstance(term, rdflib.Literal):
        return _number(str(term), str(term.datatype or ""))
    return None if term is None else str(term)
