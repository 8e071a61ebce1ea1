"""Answers a SPARQL query in the format that the client likes best."""

from collections.abc import Callable
from typing import IO, cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    serialize,
)

from jixiao.rdf.namespaces import PREFIXES
from jixiao.server.limits import Limits
from jixiao.server.negotiation import BOOLEANS, GRAPHS, ROWS, chosen
from jixiao.server.problems import Problem, named
from jixiao.server.sparql.protocol import check_local, check_strictly_local
from jixiao.server.workers.frames import Out, as_file
from jixiao.server.workers.worker import Job, StoreSnapshot


def answer(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Answer `query`, of the graphs `default` and `named` where `dataset` says so."""
    check = check_local if held.cut_off else check_strictly_local
    check(job.value("query"))
    try:
        _answer(held, job, out, limits)
    except PermissionError as error:  # the system's word: the query asked for the network
        raise Problem("no-service") from error


def _answer(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    dataset = job.value("dataset")
    try:
        found = held.store.database.query(
            job.value("query"),
            base_iri=job.base or None,
            default_graph=[named(g) for g in job.values.get("default", [])] if dataset else None,
            named_graphs=[named(g) for g in job.values.get("named", [])] if dataset else None,
        )
    except SyntaxError as error:
        raise Problem("syntax", reason=" ".join(str(error).split())[:300]) from error
    if isinstance(found, QueryBoolean):
        kind = chosen(job.accept, dict(BOOLEANS))
        out.head(f"{kind}; charset=utf-8")
        found.serialize(as_file(out), format=BOOLEANS[kind])
    elif isinstance(found, QuerySolutions):
        kind = chosen(job.accept, dict(ROWS))
        out.head(f"{kind}; charset=utf-8")
        counted = _Counted(out, ROWS[kind], limits.rows)
        found.serialize(cast("IO[bytes]", counted), format=ROWS[kind])
    else:
        kind = chosen(job.accept, dict(GRAPHS))
        out.head(f"{kind}; charset=utf-8")
        serialize(found, as_file(out), format=GRAPHS[kind], prefixes=PREFIXES)


class _Counted:
    """Passes an answer on, and raises `Problem` where it has too many rows."""

    def __init__(self, out: Out, kind: QueryResultsFormat, most: int) -> None:
        heading = kind in (QueryResultsFormat.CSV, QueryResultsFormat.TSV)
        self._out, self._left, self._most = out, most + heading, most
        self._rows = _COUNTERS[kind]()

    def write(self, content: bytes) -> int:
        self._left -= self._rows(content)
        if self._left < 0:
            raise Problem("too-long", limit=f"{self._most} rows")
        return self._out.write(content)

    def flush(self) -> None:
        """Take part in the protocol of files."""


def _lines() -> Callable[[bytes], int]:
    """Return what counts the lines outside quotes, over parts of a text."""
    inside = False

    def count(part: bytes) -> int:
        nonlocal inside
        rows = 0
        for piece in part.split(b'"'):
            rows += 0 if inside else piece.count(b"\n")
            inside = not inside
        inside = not inside
        return rows

    return count


def _marks(*marks: bytes) -> Callable[[bytes], int]:
    """Return what counts marks that no value can hold, over parts of a text."""
    tail = b""

    def count(part: bytes) -> int:
        nonlocal tail
        text = tail + part
        tail = text[-(len(marks[0]) - 1) :]
        return sum(text.count(mark) for mark in marks)

    return count


_COUNTERS: dict[QueryResultsFormat, Callable[[], Callable[[bytes], int]]] = {
    QueryResultsFormat.CSV: _lines,
    QueryResultsFormat.TSV: lambda: lambda part: part.count(b"\n"),  # in values it is escaped
    QueryResultsFormat.XML: lambda: _marks(b"<result>"),
    # A row without values has no quote; a text that holds such a mark counts as a row, too.
    QueryResultsFormat.JSON: lambda: _marks(b'[{"', b',{"', b"[{}", b",{}"),
}
