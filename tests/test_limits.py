"""What one request may cost: bytes, memory, rows; a limit ends the work and harms nobody else."""

import asyncio
from pathlib import Path

import pytest

from jixiao.server.limits import Limits
from jixiao.server.pool import Pool
from jixiao.server.problems import Problem
from jixiao.server.worker import Job

GROWING = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z } ORDER BY ?x ?y ?z"
ONE = "SELECT (1 AS ?one) {}"


def answers(store: Path, limits: Limits, *queries: str, accept: str = "text/csv") -> list[str]:
    """Return what one process after the other answers: the code of a problem, or the answer."""

    async def ask() -> list[str]:
        pool = Pool(store, limits)
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
