"""Prints how long the shipped questions take on stores of many indicators, and beside others.

    python -m benchmarks.asking fill STORE --indicators 100000 [--facts]
    python -m benchmarks.asking ask STORE [--rdflib] [--parquet FOLDER] [--runs 3]

`fill` makes a store of invented papers; with --facts without evidence and findings. `ask` asks each
question through jixiao, and its text of Oxigraph itself; with --rdflib of rdflib in memory (a
question that takes more than ten seconds is ended), with --parquet what there is in SQL of DuckDB.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import rdflib
from pyoxigraph import QuerySolutions, RdfFormat, serialize

from benchmarks import scale
from benchmarks.measure import table
from jixiao.comparison import compare
from jixiao.index import refresh
from jixiao.queries import ask, prepared
from jixiao.questions import questions
from jixiao.store import Store, create_store, open_store

_SLOW = 5.0  # seconds: what takes longer is asked once only
_MOST = 10.0  # seconds that rdflib may take
_OF_INDICATORS = """FROM '{at}/PerformanceIndicator.parquet' i
    JOIN '{at}/BudgetProject.parquet' p ON p.id = i.indicatorOf
    JOIN '{at}/DepartmentBudget.parquet' b ON b.id = p.partOfBudget"""
_TARGET = "JOIN '{at}/NumericTarget.parquet' t ON t.id = i.hasTarget"
_CATEGORY = "JOIN '{at}/skos_Concept.parquet' c ON c.id = i.category"
SQL = {
    "percent-targets": f"""SELECT c.skos_notation, t.lowerBound, count(*)
        FROM '{{at}}/PerformanceIndicator.parquet' i {_TARGET} {_CATEGORY}
        JOIN '{{at}}/qudt_Unit.parquet' u ON u.id = t.unit AND u.skos_notation = 'percent'
        WHERE t.lowerBound IS NOT NULL GROUP BY ALL ORDER BY 1, 3 DESC, 2""",
    "comparator-use": f"""SELECT t.unit, t.comparator, count(*)
        FROM '{{at}}/PerformanceIndicator.parquet' i {_TARGET}
        WHERE t.unit IS NOT NULL AND t.comparator IS NOT NULL GROUP BY ALL ORDER BY 3 DESC""",
    "same-target": f"""SELECT c.skos_notation, t.stated, count(DISTINCT i.indicatorOf)
        {_OF_INDICATORS} {_TARGET} {_CATEGORY} GROUP BY ALL
        HAVING count(DISTINCT i.indicatorOf) >= 10 ORDER BY 3 DESC""",
    "category-use": f"""SELECT b.department, b.budgetYear, c.skos_notation, count(DISTINCT i.id),
        count(DISTINCT p.id) {_OF_INDICATORS} {_CATEGORY} GROUP BY ALL ORDER BY 1, 2""",
    "shared-names": f"""SELECT i.normalisedName, count(DISTINCT b.department), count(DISTINCT p.id)
        {_OF_INDICATORS} GROUP BY ALL HAVING count(DISTINCT b.department) >= 2 ORDER BY 2 DESC""",
    "measured-differently": f"""SELECT i.normalisedName, count(DISTINCT b.department),
        count(DISTINCT t.unit), count(DISTINCT t.stated) {_OF_INDICATORS} {_TARGET} GROUP BY ALL
        HAVING count(DISTINCT b.department) >= 2 AND count(DISTINCT t.stated) > 1 ORDER BY 2""",
    "name-as-description": f"""SELECT b.departmentName_zh_hans, b.budgetYear, p.ordinal, i.ordinal,
        i.skos_prefLabel_zh_hans {_OF_INDICATORS} WHERE i.normalisedName = i.normalisedDescription
        ORDER BY ALL""",
    "indicators-about": f"""SELECT b.departmentName_zh_hans, b.budgetYear, i.skos_prefLabel_zh_hans
        {_OF_INDICATORS} WHERE contains(i.skos_prefLabel_zh_hans, '热线')
        OR contains(p.skos_prefLabel_zh_hans, '热线') ORDER BY ALL""",
}


def main() -> None:
    """Fill a store, or ask it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("fill", "ask"))
    parser.add_argument("store", type=Path)
    parser.add_argument("--indicators", type=int, default=10_000)
    parser.add_argument("--facts", action="store_true")
    parser.add_argument("--rdflib", action="store_true")
    parser.add_argument("--parquet", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    if given.what == "fill":
        fill(given.store, given.indicators, facts=given.facts)
        return
    with open_store(given.store) as store:
        _asked(store, given.parquet, given.runs, beside=given.rdflib)


def fill(folder: Path, indicators: int, *, facts: bool) -> None:
    """Make a store of so many indicators, and print how long each step took."""
    with create_store(folder) as store:
        store.refresh_codes()
        scale.base()
        began = time.perf_counter()
        done = scale.fill(store, indicators, whole=not facts)
        loaded = time.perf_counter()
        compare(store)
        compared = time.perf_counter()
        refresh(store)
        indexed = time.perf_counter()
    print(
        f"{done.documents} documents, {done.indicators} indicators, {done.quads} quads: made and"
        f" loaded {loaded - began:.1f} s, compared {compared - loaded:.1f} s,"
        f" indexed {indexed - compared:.1f} s"
    )


def _asked(store: Store, parquet: Path | None, runs: int, *, beside: bool) -> None:
    dataset = _dataset(store) if beside else None
    rows = [_row(store, q.name, dataset, parquet, runs) for q in questions()]
    head = "question", "rows", "jixiao s", "Oxigraph s", "rdflib s", "rdflib / jixiao", "DuckDB s"
    table(head, [row.shown() for row in rows])
    if ratios := [row.rdflib / row.own for row in rows if row.rdflib]:
        told = f"ended ones count {_MOST:g} s"
        print(f"\nmedian: {median(ratios):.0f} times as fast as rdflib ({told})")
    if ratios := [row.own / row.duckdb for row in rows if row.duckdb]:
        print(f"median: DuckDB is {median(ratios):.0f} times as fast, on {len(ratios)} questions")
    slower = [row.own / row.raw for row in rows if row.own > 0.02]
    print(f"at most {max(slower, default=1):.2f} times as long as of Oxigraph itself")


class Row(NamedTuple):
    """How long a question takes, in seconds; 0 where it is not asked."""

    name: str
    rows: int
    own: float
    raw: float
    rdflib: float
    duckdb: float

    def shown(self) -> tuple[object, ...]:
        """Return the row as it is printed."""
        ended = f"> {_MOST:g}" if self.rdflib == _MOST else f"{self.rdflib:.3f}"
        times = f"{self.rdflib / self.own:.0f}"
        beside = (ended, times) if self.rdflib else ("", "")
        sql = f"{self.duckdb:.3f}" if self.duckdb else ""
        return self.name, self.rows, f"{self.own:.3f}", f"{self.raw:.3f}", *beside, sql


def _row(
    store: Store, name: str, dataset: rdflib.Dataset | None, parquet: Path | None, runs: int
) -> Row:
    text = prepared(name, {}).text
    print(name, file=sys.stderr, flush=True)
    rows = len(ask(store, name).rows)
    return Row(
        name=name,
        rows=rows,
        own=_median(lambda: ask(store, name), runs),
        raw=_median(lambda: _drained(store, text), runs),
        rdflib=0.0 if dataset is None else _of_rdflib(dataset, text),
        duckdb=_of_duckdb(parquet, name, runs) if parquet and name in SQL else 0.0,
    )


def _median(step: Callable[[], object], runs: int) -> float:
    times = list[float]()
    while len(times) < runs and sum(times) < _SLOW:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return median(times)


def _drained(store: Store, text: str) -> None:
    found = store.database.query(text)
    if isinstance(found, QuerySolutions):
        for _ in found:
            pass


def _dataset(store: Store) -> rdflib.Dataset:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=serialize(store.quads(), format=RdfFormat.N_QUADS) or b"", format="nquads")
    return dataset


def _of_rdflib(dataset: rdflib.Dataset, text: str) -> float:
    """Return how long rdflib takes; a copy of this process asks, so that it can be ended."""
    fork = multiprocessing.get_context("fork")
    asking = fork.Process(target=lambda: len(list(dataset.query(text))), daemon=True)
    began = time.perf_counter()
    asking.start()
    asking.join(_MOST)
    taken = time.perf_counter() - began
    if asking.is_alive():
        asking.kill()
        asking.join()
        return _MOST
    return min(taken, _MOST)


def _of_duckdb(parquet: Path, name: str, runs: int) -> float:
    duckdb: Any = import_module("duckdb")
    with duckdb.connect() as database:
        asked = SQL[name].format(at=parquet)
        return _median(lambda: database.execute(asked).fetchall(), runs)


if __name__ == "__main__":
    main()
