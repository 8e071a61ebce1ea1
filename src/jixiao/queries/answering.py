"""Answers a question: finds it, binds its parameters, queries a source, returns the rows.

A source is a store, an rdflib dataset or a remote endpoint. Parameters are bound as RDF terms,
never pasted into the text (docs/decisions/0002). The default graph is the union of the named
graphs.
"""

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import rdflib
from pyoxigraph import (
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from jixiao.errors import UsageError
from jixiao.model.answer import Answer, Value
from jixiao.queries.catalogue import question
from jixiao.queries.parameters import Argument, BoundQuestion, bind_parameters
from jixiao.queries.repositories import local, rdflib_dataset
from jixiao.queries.values import literal_value
from jixiao.rdf.questions import Question, read
from jixiao.store.store import Store

if TYPE_CHECKING:
    from jixiao.queries.repositories.sparql_http import Endpoint

Result = QuerySolutions | QueryBoolean | QueryTriples | list[Triple]
_RESULT_FORMATS = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
}
# An update after its prologue. The engine has no update in `query`, but its syntax error would not
# say that the command only reads.
_UPDATE = re.compile(
    r"(?:\s|#[^\n]*\n|PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>)*"
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)


def ask(source: "Store | rdflib.Dataset | Endpoint", name: str, **parameters: Argument) -> Answer:
    """Answer a question.

    Args:
        source: An open store, an rdflib dataset, or a remote endpoint.
        name: The name of a shipped question ("projects"), the path of a file of SPARQL, or a text
            of SPARQL.
        **parameters: Values of the question's parameters; the others take their defaults.

    Returns:
        The rows as plain values: money as `Decimal`, an IRI as `str`, no value as None.

    Raises:
        UsageError: An unknown question or parameter, a value of the wrong type, a syntax error, or
            a query that would write.
        StoreError: The endpoint does not answer, or its answer is incomplete.

    """
    bound = prepared(name, parameters)
    if isinstance(source, rdflib.Dataset):
        return rdflib_dataset.query(source, bound)
    return rows(solve(source, bound))


def prepared(name: str | Question, parameters: Mapping[str, Argument]) -> BoundQuestion:
    """Return a question with its parameters bound, ready to be solved.

    Args:
        name: The name of a shipped question, the path of a file, a text of SPARQL, or a question.
        parameters: Values by parameter.

    Raises:
        UsageError: An unknown question or parameter, a value of the wrong type, an empty query, or
            one that would write.

    """
    if isinstance(name, str):
        # No name and no path of a query has white space or a brace, and every query has.
        wanted = read("text", name) if re.search(r"[\s{]", name) else question(name)
    else:
        wanted = name
    if not wanted.text.strip():
        raise UsageError("query-empty", query=wanted.name)
    if _UPDATE.match(wanted.text):
        raise UsageError("query-writes", query=wanted.name)
    return bind_parameters(wanted, parameters)


def solve(source: "Store | Endpoint", bound: BoundQuestion) -> Result:
    """Return the result of a store's engine or of an endpoint, before it is read.

    Raises:
        UsageError: A syntax error, or a failure of the engine.
        StoreError: The endpoint does not answer, or its answer is incomplete.

    """
    if isinstance(source, Store):
        return local.query(source, bound)
    return source.query(bound.text)


def rows(result: Result) -> Answer:
    """Return a result as plain values.

    Returns:
        The rows of a SELECT; one row with the column "answer" for an ASK; a row of subject,
        predicate and object for each triple of a CONSTRUCT or DESCRIBE.

    Raises:
        UsageError: The engine fails while it computes the rows.

    """
    with local.query_errors():
        if isinstance(result, QueryBoolean):
            return Answer(("answer",), ((bool(result),),))
        if isinstance(result, QuerySolutions):
            columns = tuple(variable.value for variable in result.variables)
            return Answer(columns, tuple(tuple(_value(row[c]) for c in columns) for row in result))
        triples = tuple((_value(t.subject), t.predicate.value, _value(t.object)) for t in result)
        return Answer(("subject", "predicate", "object"), triples)


def serialised(result: Result, kind: str) -> bytes:
    """Return a result in a standard format.

    Args:
        result: The result of `solve`.
        kind: "csv", "tsv" or "json" (SPARQL 1.1) for rows and truth values; "turtle" for a graph.

    Raises:
        UsageError: The result has no such format, or the engine fails while it computes the rows.

    """
    has_rows = isinstance(result, QuerySolutions | QueryBoolean)
    if has_rows == (kind == "turtle"):
        raise UsageError("rows-format" if has_rows else "graph-format", kind=kind)
    with local.query_errors():
        if not isinstance(result, QuerySolutions | QueryBoolean):
            return serialize(result, format=RdfFormat.TURTLE) or b""
        buffer = io.BytesIO()
        result.serialize(buffer, format=_RESULT_FORMATS[kind])
        return buffer.getvalue()


def _value(term: object) -> Value:
    if term is None:
        return None
    if isinstance(term, Literal):
        return literal_value(term.value, term.datatype.value)
    return str(getattr(term, "value", term))
