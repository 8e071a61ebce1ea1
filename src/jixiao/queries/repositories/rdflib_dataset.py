"""Answers queries from an rdflib dataset, such as `jixiao.graph` returns."""

import rdflib
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import ResultRow

from jixiao.errors import UsageError
from jixiao.model.answer import Answer, Value
from jixiao.queries.parameters import BoundQuestion
from jixiao.queries.repositories.local import one_line
from jixiao.queries.values import literal_value


def query(dataset: rdflib.Dataset, question: BoundQuestion) -> Answer:
    """Have an rdflib dataset answer a query.

    Args:
        dataset: A dataset whose default graph is the union of its graphs.
        question: The question with its parameters bound.

    Returns:
        The rows as plain values.

    Raises:
        UsageError: The query has a syntax error.

    """
    try:
        prepared = prepareQuery(question.text)
    except Exception as error:  # rdflib's parser raises whatever pyparsing raises
        name = question.question.name
        raise UsageError("query-syntax", query=name, reason=one_line(error)) from error
    result = dataset.query(prepared)
    columns = tuple(str(variable) for variable in result.vars or ())
    rows = [row for row in result if isinstance(row, ResultRow)]
    return Answer(columns, tuple(tuple(_value(row.get(c)) for c in columns) for row in rows))


def _value(term: object) -> Value:
    if isinstance(term, rdflib.Literal):
        return literal_value(str(term), str(term.datatype or ""))
    return None if term is None else str(term)
