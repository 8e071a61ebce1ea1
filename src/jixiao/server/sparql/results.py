"""Answers SPARQL queries in the format that the client prefers."""

from collections.abc import Callable
from typing import IO, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    serialize,
)

from jixiao.rdf.namespaces import PREFIXES
from jixiao.server.job import AnswerWriter, Job, as_file
from jixiao.server.negotiation import BOOLEANS, GRAPHS, ROWS, best_type
from jixiao.server.problems import Problem, parse_iri
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot
from jixiao.server.sparql.protocol import reject_service, reject_service_word


def send_results(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    """Send the results of a query.

    Args:
        snapshot: The store.
        job: Its values are the `query` and, with `dataset`, the graphs `default` and `named`.
        writer: Receives the results.
        limits: The most rows.

    Raises:
        Problem: "syntax", "no-service", "not-acceptable", "bad-iri" or "too-long".

    """
    query = job.value("query")
    (reject_service if snapshot.offline else reject_service_word)(query)
    default: list[NamedNode | BlankNode | DefaultGraph] | None = None
    named: list[NamedNode | BlankNode] | None = None
    if job.value("dataset"):
        default = [parse_iri(iri) for iri in job.values.get("default", [])]
        named = [parse_iri(iri) for iri in job.values.get("named", [])]
    try:
        results = snapshot.store.database.query(
            query, base_iri=job.base or None, default_graph=default, named_graphs=named
        )
        _send(results, job, writer, limits)
    except SyntaxError as error:
        raise Problem("syntax", reason=" ".join(str(error).split())[:300]) from error
    except PermissionError as error:  # the system refused a socket: the query has a SERVICE clause
        raise Problem("no-service") from error


def _send(results: object, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    if isinstance(results, QueryBoolean):
        media_type = best_type(job.accept, dict(BOOLEANS))
        writer.head(f"{media_type}; charset=utf-8")
        results.serialize(as_file(writer), format=BOOLEANS[media_type])
    elif isinstance(results, QuerySolutions):
        media_type = best_type(job.accept, dict(ROWS))
        writer.head(f"{media_type}; charset=utf-8")
        counted = _RowLimit(writer, ROWS[media_type], limits.rows)
        results.serialize(cast("IO[bytes]", counted), format=ROWS[media_type])
    elif isinstance(results, QueryTriples):
        media_type = best_type(job.accept, dict(GRAPHS))
        writer.head(f"{media_type}; charset=utf-8")
        serialize(results, as_file(writer), format=GRAPHS[media_type], prefixes=PREFIXES)


class _RowLimit:
    """Passes an answer on and counts its rows; raises `Problem` "too-long" if there are too many.

    The engine serialises on its own and does not count; the rows are counted in what it writes.
    """

    def __init__(self, writer: AnswerWriter, syntax: QueryResultsFormat, max_rows: int) -> None:
        has_heading = syntax in (QueryResultsFormat.CSV, QueryResultsFormat.TSV)
        self._writer, self._left, self._max_rows = writer, max_rows + has_heading, max_rows
        self._count = _COUNTERS[syntax]()

    def write(self, content: bytes) -> int:
        self._left -= self._count(content)
        if self._left < 0:
            raise Problem("too-long", limit=f"{self._max_rows} rows")
        return self._writer.write(content)

    def flush(self) -> None:
        """Do nothing; the engine expects it of a file."""


def _line_counter() -> Callable[[bytes], int]:
    """Return a function that counts line ends outside quotes over successive parts of a text."""
    in_quotes = False

    def count(part: bytes) -> int:
        nonlocal in_quotes
        rows = 0
        for piece in part.split(b'"'):
            rows += 0 if in_quotes else piece.count(b"\n")
            in_quotes = not in_quotes
        in_quotes = not in_quotes  # there is one piece more than there are quotes
        return rows

    return count


def _mark_counter(*marks: bytes) -> Callable[[bytes], int]:
    """Return a function that counts marks over successive parts of a text."""
    tail = b""

    def count(part: bytes) -> int:
        nonlocal tail
        text = tail + part
        tail = text[-(len(marks[0]) - 1) :]  # a mark may stand across two parts
        return sum(text.count(mark) for mark in marks)

    return count


_COUNTERS: dict[QueryResultsFormat, Callable[[], Callable[[bytes], int]]] = {
    QueryResultsFormat.CSV: _line_counter,
    # TSV escapes line ends in values.
    QueryResultsFormat.TSV: lambda: lambda part: part.count(b"\n"),
    QueryResultsFormat.XML: lambda: _mark_counter(b"<result>"),
    # A row without values has no quote. A text that contains such a mark counts as a row too.
    QueryResultsFormat.JSON: lambda: _mark_counter(b'[{"', b',{"', b"[{}", b",{}"),
}
