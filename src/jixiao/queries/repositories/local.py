"""Answers queries from a local store, with Oxigraph."""

from collections.abc import Generator
from contextlib import contextmanager

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

from jixiao.errors import UsageError
from jixiao.queries.parameters import BoundQuestion
from jixiao.store.store import Store

_LONGEST_REASON = 160  # characters; parsers list every token that they would have accepted


def query(store: Store, question: BoundQuestion) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Have a store answer a query.

    Args:
        store: An open store.
        question: The question with its parameters bound.

    Returns:
        The result of Oxigraph, whose rows are computed as they are read.

    Raises:
        UsageError: The query has a syntax error, or fails.

    """
    try:
        with query_errors():
            return store.database.query(question.text)
    except (SyntaxError, UnicodeEncodeError) as error:
        name = question.question.name
        raise UsageError("query-syntax", query=name, reason=one_line(error)) from error


@contextmanager
def query_errors() -> Generator[None]:
    """Turn a failure while rows are read into `UsageError`: a SERVICE call, or the disk."""
    try:
        yield
    except OSError as error:
        raise UsageError("query-failed", reason=one_line(error)) from error


def one_line(error: Exception) -> str:
    """Return the reason of an error in one line of at most 160 characters."""
    return " ".join(str(error).split())[:_LONGEST_REASON]
