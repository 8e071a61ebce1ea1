"""Answers queries from a local store, with Oxigraph."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad, QueryBoolean, QuerySolutions, QueryTriples
from pyoxigraph import Store as Database

from jixiao.errors import FileError, UsageError
from jixiao.model.record import Record
from jixiao.queries.parameters import BoundQuestion
from jixiao.rdf.code_lists import codes
from jixiao.rdf.mapping import quads
from jixiao.rdf.rdf_files import RDF_SUFFIXES, read_rdf
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


def in_memory(record: Record) -> Store:
    """Return a store in memory that holds one record and the code lists."""
    return _loaded([*quads(record), *codes()])


def load_rdf(path: Path) -> Store:
    """Return a store in memory that holds a file of RDF and the code lists.

    Raises:
        FileError: The file cannot be read, or is no RDF.

    """
    if path.suffix.lower() not in RDF_SUFFIXES:
        raise FileError("not-rdf", path=path, suffixes=" ".join(RDF_SUFFIXES))
    return _loaded([*read_rdf(path), *codes()])


def _loaded(stated: Iterable[Quad]) -> Store:
    """Load quads, and their union into the default graph, as a store on disk has them."""
    database = Database()
    for quad in stated:
        database.add(quad)
        database.add(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
    return Store(database)
