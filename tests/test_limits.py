"""What one request may cost: bytes, memory, rows; a limit ends the work and harms nobody else."""

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from jixiao.server import Settings, application
from jixiao.server.job import Job
from jixiao.server.problems import Problem
from jixiao.server.settings import Limits
from jixiao.server.workers.jobs import worker_main
from jixiao.server.workers.pool import Pool
from jixiao.store.store import Store

GROWING = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z } ORDER BY ?x ?y ?z"
ONE = "SELECT (1 AS ?one) {}"


def answers(store: Path, limits: Limits, *queries: str, accept: str = "text/csv") -> list[str]:
    """Return what one process after the other answers: the code of a problem, or the answer."""

    async def ask() -> list[str]:
        pool = Pool(store, limits, worker_main)
        await pool.start()
        try:
            return [await _answer(pool, query, accept) for query in queries]
        finally:
            pool.stop()

    return asyncio.run(ask())


async def _answer(pool: Pool, query: str, accept: str) -> str:
    whole = b""
    try:
        async with pool.worker() as worker:
            job = Job(name="sparql", accept=accept, values={"query": [query]})
            async for part in worker.answer(job):
                whole += part if isinstance(part, bytes) else b""
    except Problem as problem:
        return problem.code
    return whole.decode()


def test_an_answer_has_no_more_bytes_than_allowed(corpus_folder: Path) -> None:
    limits = Limits(workers=1, size=10_000)
    rows = "SELECT ?s { ?s ?p ?o } LIMIT %d"
    short, long, again = answers(corpus_folder, limits, rows % 40, rows % 4000, ONE)
    assert short.count("\n") == 41
    assert long == "too-long"
    assert again == "one\r\n1\r\n"


def test_a_query_has_no_more_memory_than_allowed(corpus_folder: Path) -> None:
    limits = Limits(workers=1, memory=1200 * 2**20, seconds=60)
    before, grown, after = answers(corpus_folder, limits, ONE, GROWING, ONE)
    assert (before, after) == ("one\r\n1\r\n", "one\r\n1\r\n")
    assert grown in ("died", "fault")


@pytest.mark.parametrize("kind", ["csv", "tsv", "xml", "json"])
def test_rows_without_values_are_rows(corpus_folder: Path, kind: str) -> None:
    query = f"SELECT ?nothing {{ VALUES ?x {{ {'1 ' * 1500} }} }}"
    limits, accept = Limits(workers=1, rows=1000), f"application/sparql-results+{kind}"
    if kind in ("csv", "tsv"):
        accept = {"csv": "text/csv", "tsv": "text/tab-separated-values"}[kind]
    assert answers(corpus_folder, limits, query, accept=accept) == ["too-long"]


def test_a_dump_is_as_long_as_the_store(corpus_folder: Path, corpus: Store) -> None:
    """No limit of queries cuts it, each has a process for itself, and HEAD waits for none of it."""
    app = application(Settings(store=corpus_folder, queries=Limits(seconds=0.1, size=1000)))
    statements = sum(1 for _ in corpus.quads())
    for number in range(3):
        status, body = _got(app, "/dump/jixiao.nq", "GET" if number else "HEAD")
        assert (status, body.count(b"\n")) == (200, statements if number else 0)


def _got(app: ASGIApp, path: str, method: str) -> tuple[int, bytes]:
    """Return the status and the body of an answer, of an application without idle workers."""
    scope: dict[str, object] = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [], "scheme": "http", "root_path": "",
        "http_version": "1.1", "server": ("127.0.0.1", 80), "client": None, "state": {},
    }  # fmt: skip
    sent = list[MutableMapping[str, Any]]()

    async def ask() -> None:
        left, asked = asyncio.Event(), [{"type": "http.request", "body": b""}]

        async def receive() -> MutableMapping[str, Any]:
            if not asked:
                await left.wait()
            return asked.pop()

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(ask())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
