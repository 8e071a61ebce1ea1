"""Prints how long it takes to hold documents to all rules: engines, more documents, larger ones.

python -m benchmarks.checking FILE [--runs N]
"""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec
from pyoxigraph import Quad

from jixiao.checks.dataset import CheckDataset
from jixiao.checks.engine import Engine, failures
from jixiao.checks.profiles import load
from jixiao.checks.run import check_quads, rules, shapes
from jixiao.extraction import read
from jixiao.rdf.mapping import quads
from jixiao.rdf.terms import value_of

if TYPE_CHECKING:
    from jixiao.model.record import Project, Record


def main() -> None:
    """Time each engine in turn, and print the medians; then more documents, and larger ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    record = read(given.file)
    _engines(list(quads(record)), given.runs)
    _documents(record)
    _sizes(record)


def _engines(found: list[Quad], runs: int) -> None:
    stated = [q for q in found if not value_of(q.graph_name).endswith("/evidence")]
    facts = CheckDataset(stated, load("default"))
    engines: list[Engine] = ["pyshacl", "fast"]
    times = {engine: list[float]() for engine in engines}
    failed = dict[Engine, int]()
    for _ in range(runs + 1):
        for engine in engines:
            gc.collect()
            start = time.perf_counter()
            failed[engine] = len(failures(facts, shapes(), engine))
            times[engine].append(time.perf_counter() - start)
    same = "yes" if len(set(failed.values())) == 1 else f"NO: {failed}"
    print(f"{len(rules())} rules, {failed['pyshacl']} nodes fail, the same for both: {same}\n")
    slowest = median(times["pyshacl"][1:])
    print("| engine | seconds | times as fast |")
    print("|---|---|---|")
    for engine, taken in times.items():
        middle = median(taken[1:])  # the first compiles the shapes
        print(f"| {engine} | {middle:.3f} | {slowest / middle:.1f} |")


def _documents(record: Record) -> None:
    """Check the same document under so many departments' names, one after the other."""
    print("\n| documents | seconds | each |")
    print("|---|---|---|")
    for count in (5, 10, 20, 40):
        heads = [
            msgspec.structs.replace(record.document, department_code=str(n)) for n in range(count)
        ]
        made = [list(quads(msgspec.structs.replace(record, document=head))) for head in heads]
        taken = _timed(made)
        print(f"| {count} | {taken:.2f} | {taken / count:.3f} |")


def _sizes(record: Record) -> None:
    """Check a document with its projects so many times over."""
    print("\n| indicators in one document | seconds | each 1000 |")
    print("|---|---|---|")
    for copies in (1, 2, 4, 8):
        projects = [_renamed(p, n) for n in range(copies) for p in record.projects]
        larger = msgspec.structs.replace(record, projects=tuple(projects))
        taken = _timed([list(quads(larger))])
        count = sum(len(project.indicators) for project in projects)
        print(f"| {count} | {taken:.2f} | {1000 * taken / count:.2f} |")


def _renamed(project: Project, number: int) -> Project:
    amounts = tuple(msgspec.structs.replace(amount, order=None) for amount in project.amounts)
    return msgspec.structs.replace(
        project, id=f"{project.id}{number}", name=f"{project.name}{number}", amounts=amounts
    )


def _timed(documents: list[list[Quad]]) -> float:
    gc.collect()
    start = time.perf_counter()
    for found in documents:
        check_quads(found)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
