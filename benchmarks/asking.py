"""Prints how long the shipped questions take on stores of many indicators, and beside others.

    python -m benchmarks.asking fill STORE --indicators 100000 [--facts]
    python -m benchmarks.asking ask STORE [--rdflib] [--memory] [--parquet FOLDER]
    python -m benchmarks.asking ask STORE --within S [--memory] [--parquet FOLDER]

`fill` makes a store of invented papers; with --facts without evidence and findings. `ask` asks each
question through jixiao, and its text of Oxigraph itself on the same disk; with --memory also of the
store held in memory, with --rdflib of rdflib in memory (a question that takes more than half a
minute is ended), with --parquet what there is in SQL of DuckDB. With --within each is asked by a
process of its own that is ended after so many seconds: from disk, and where that ends in time its
text of Oxigraph itself; with --memory of the store held in memory instead.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from math import inf
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import psutil
import rdflib
from pyoxigraph import QuerySolutions, RdfFormat, serialize
from pyoxigraph import Store as Database

from benchmarks import scale
from benchmarks.measure import megabytes, table
from jixiao.comparison.update import compare
from jixiao.queries.answering import ask, prepared
from jixiao.rdf.questions import questions
from jixiao.store.search_index import refresh
from jixiao.store.store import Store, create_store, open_store

_SLOW = 5.0  # seconds: what takes longer is asked once only
_MOST = 30.0  # seconds that rdflib may take
_TELLING = 0.02  # seconds: of what takes less no ratio is told
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
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--parquet", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--within", type=float)
    given = parser.parse_args()
    if given.what == "fill":
        fill(given.store, given.indicators, facts=given.facts)
        return
    if given.within:
        Alone(given.store, given.within, given.parquet, given.runs).show(in_memory=given.memory)
        return
    with open_store(given.store) as store:
        memory = _in_memory(store) if given.memory else None
        of_each = Times(store, memory, given.parquet, given.runs)
        of_each.show(_dataset(store) if given.rdflib else None)


@dataclass(frozen=True, slots=True)
class Alone:
    """Asks each question by a process that opens the store for it, or that has it in memory."""

    folder: Path
    most: float
    parquet: Path | None
    runs: int

    def show(self, *, in_memory: bool) -> None:
        """Print the table, and how many were answered in time."""
        rows = list[tuple[str, ...]]()
        if in_memory:
            with open_store(self.folder) as store:
                held = _in_memory(store)
            for name in _named():
                taken, found = _ended_median(self.runs, self.most, partial(_rows_of, held, name))
                rows.append((name, _counted(taken, found), _seconds(taken, self.most)))
            table(("question", "rows", "in memory s"), rows)
        else:
            rows += (self._from_disk(name) for name in _named())
            table(("question", "rows", "jixiao s", "Oxigraph s", "ratio", "DuckDB s"), rows)
        answered = sum(1 for row in rows if row[1])
        print(f"\n{answered} of {len(rows)} questions answered within {self.most:g} s")

    def _from_disk(self, name: str) -> tuple[str, ...]:
        own, found = _ended_median(self.runs, self.most, partial(_opened, self.folder, name))
        first = name, _counted(own, found), _seconds(own, self.most)
        duckdb = _by_duckdb(self.parquet, name, self.runs) if self.parquet and name in SQL else None
        if own == inf:
            return *first, "", "", _seconds(duckdb)
        raw, _ = _ended_median(
            self.runs, 2 * self.most, partial(_opened_by_oxigraph, self.folder, name)
        )
        ratio = f"{own / raw:.2f}" if own > _TELLING else ""
        return *first, _seconds(raw, 2 * self.most), ratio, _seconds(duckdb)


def _counted(taken: float, found: int) -> str:
    return "" if taken == inf else f"{found:,}"


def _named() -> Iterator[str]:
    for question in questions():
        print(question.name, file=sys.stderr, flush=True)
        yield question.name


def _opened(folder: Path, name: str) -> int:
    with open_store(folder) as store:
        return _rows_of(store, name)


def _opened_by_oxigraph(folder: Path, name: str) -> int:
    with open_store(folder) as store:
        return _drained(store.database, prepared(name, {}).text)


def _rows_of(store: Store, name: str) -> int:
    return len(ask(store, name).rows)


def _by_duckdb(parquet: Path, name: str, runs: int) -> float:
    duckdb: Any = import_module("duckdb")
    with duckdb.connect() as database:
        asked = SQL[name].format(at=parquet)
        return _timed(runs, lambda: len(database.execute(asked).fetchall()))[0]


def _timed(runs: int, step: Callable[[], int]) -> tuple[float, int]:
    """Return the median time of a step and what it returns; a slow one is done once."""
    found, times = step(), list[float]()
    while len(times) < runs and sum(times) < _SLOW:
        began = time.perf_counter()
        found = step()
        times.append(time.perf_counter() - began)
    return median(times), found


def fill(folder: Path, indicators: int, *, facts: bool) -> None:
    """Make a store of so many indicators, and print how long each step took."""
    with create_store(folder) as store, scale.made_beside(whole=not facts) as papers:
        store.refresh_codes()
        began = time.perf_counter()
        done = scale.fill(store, indicators, papers)
        loaded = time.perf_counter()
        refresh(store)
        compare(store)
        compared = time.perf_counter()
        store.optimize()
        merged = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    more = scale.one_more(folder, done.documents, whole=not facts)
    print(
        f"{done.documents:,} documents, {done.indicators:,} indicators, {done.quads:,} quads: made"
        f" by one process and loaded by another in {loaded - began:.1f} s, indexed and compared"
        f" {compared - loaded:.1f} s, merged {merged - compared:.1f} s; at most {peak:,.0f} MB held"
        f" by the one that loads; one more paper after that {more:.1f} s"
    )


class Row(NamedTuple):
    """How long a question takes, in seconds; None where not asked, inf where ended."""

    name: str
    rows: int
    own: float
    raw: float
    memory: float | None
    rdflib: float | None
    duckdb: float | None


@dataclass(frozen=True, slots=True)
class Times:
    """Asks the questions of a store, each so many times."""

    store: Store
    memory: Store | None
    parquet: Path | None
    runs: int

    def show(self, dataset: rdflib.Dataset | None) -> None:
        """Print the table, and what it comes to."""
        rows = list[Row]()
        head = "question", "rows", "jixiao s", "Oxigraph s", "in memory s", "rdflib s"
        ratios_to = "rdflib / jixiao", "rdflib / in memory", "DuckDB s"
        table((*head, *ratios_to), self._rows(dataset, rows))
        if ratios := [min(row.rdflib, _MOST) / row.own for row in rows if row.rdflib]:
            told = f"what was ended counts {_MOST:g} s"
            print(f"\nmedian: {median(ratios):.0f} times as fast as rdflib ({told})")
        if ratios := [min(r.rdflib, _MOST) / r.memory for r in rows if r.rdflib and r.memory]:
            print(f"\nmedian: {median(ratios):.0f} times as fast as rdflib when held in memory")
        if ratios := [row.own / row.duckdb for row in rows if row.duckdb]:
            told = f"DuckDB is {median(ratios):.0f} times as fast, on {len(ratios)} questions"
            print(f"\nmedian: {told}")
        if slower := [row.own / row.raw for row in rows if row.own > _TELLING]:
            print(f"\nat most {max(slower):.2f} times as long as of Oxigraph itself")

    def _rows(self, dataset: rdflib.Dataset | None, rows: list[Row]) -> Iterator[tuple[str, ...]]:
        for name in _named():
            rows.append(self._row(name, dataset))
            yield _shown(rows[-1])

    def _row(self, name: str, dataset: rdflib.Dataset | None) -> Row:
        text = prepared(name, {}).text
        own, rows = self._of_jixiao(self.store, name)
        return Row(
            name=name,
            rows=rows,
            own=own,
            raw=self._of_oxigraph(self.store.database, text),
            memory=self._of_jixiao(self.memory, name)[0] if self.memory is not None else None,
            rdflib=self._of_rdflib(dataset, text) if dataset is not None else None,
            duckdb=_by_duckdb(self.parquet, name, self.runs)
            if self.parquet and name in SQL
            else None,
        )

    def _of_jixiao(self, store: Store, name: str) -> tuple[float, int]:
        return _timed(self.runs, partial(_rows_of, store, name))

    def _of_oxigraph(self, database: Database, text: str) -> float:
        return _timed(self.runs, partial(_drained, database, text))[0]

    def _of_rdflib(self, dataset: rdflib.Dataset, text: str) -> float:
        return _ended_median(self.runs, _MOST, lambda: sum(1 for _ in dataset.query(text)))[0]


def _shown(row: Row) -> tuple[str, ...]:
    own, raw, memory, beside, duckdb = map(_seconds, row[2:])
    times = (_times(row.rdflib, taken) for taken in (row.own, row.memory))
    return row.name, f"{row.rows:,}", own, raw, memory, beside, *times, duckdb


def _times(beside: float | None, taken: float | None) -> str:
    return f"{min(beside, _MOST) / taken:.0f}" if beside and taken else ""


def _seconds(taken: float | None, most: float = _MOST) -> str:
    return "" if taken is None else f"> {most:g}" if taken == inf else f"{taken:.3f}"


def _in_memory(store: Store) -> Store:
    """Return a store held in memory, and print how long that took and what it takes."""
    process, began = psutil.Process(), time.perf_counter()
    before = megabytes(process)
    held = store.in_memory()
    took, grown = time.perf_counter() - began, megabytes(process) - before
    print(f"Taken into memory in {took:.1f} s: {grown:,.0f} MB\n")
    return held


def _drained(database: Database, text: str) -> int:
    found = database.query(text)
    return sum(1 for _ in found) if isinstance(found, QuerySolutions) else 0


def _dataset(store: Store) -> rdflib.Dataset:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=serialize(store.quads(), format=RdfFormat.N_QUADS) or b"", format="nquads")
    return dataset


def _ended_median(runs: int, most: float, asked: Callable[[], int]) -> tuple[float, int]:
    """Return the median of how long a question takes and its rows; inf where one was ended."""
    times, found = list[float](), 0
    while len(times) < runs and inf not in times:
        taken, found = _ended(most, asked)
        times.append(taken)
    return max(times) if inf in times else median(times), found


def _ended(most: float, asked: Callable[[], int]) -> tuple[float, int]:
    """Return how long a question takes and its rows; inf where it takes more than `most`.

    A copy of this process asks, so that it can be ended.
    """
    here, there = multiprocessing.Pipe(duplex=False)

    def work() -> None:
        began = time.perf_counter()
        rows = asked()
        there.send((time.perf_counter() - began, rows))

    asking = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    asking.start()
    taken: tuple[float, int] = here.recv() if here.poll(most) else (inf, 0)
    asking.kill()
    asking.join()
    return taken


if __name__ == "__main__":
    main()
