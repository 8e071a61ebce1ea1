"""Prints what a document costs when a store grows, and what one more costs then.

    python -m benchmarks.growth [--counts 100,1000] [--runs 1] [--facts]

Records are invented; making is mapping, checking and writing N-Quads; a store that is filled is
merged, as a build does. With --facts the graphs of evidence and findings are left out. Each figure
is the median of the runs.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks import scale
from benchmarks.measure import table
from jixiao.comparison.update import compare
from jixiao.store.search_index import refresh
from jixiao.store.store import create_store


def main() -> None:
    """Print the table; each store is filled by a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", default="100,1000")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--facts", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(*_grown(given.one, facts=given.facts))
        return
    rows = (_medians(_runs(count, given.runs, given.facts)) for count in given.counts.split(","))
    table(
        ("documents", "indicators", "quads", "made and loaded, ms each", "indexed, ms each",
         "compared, ms each", "merged, ms each", "one more, s", "disk MB", "peak MB"), rows,
    )  # fmt: skip


def _medians(runs: list[list[float]]) -> list[str]:
    shown = *("{:,.0f}",) * 3, *("{:.1f}",) * 5, *("{:,.0f}",) * 2
    return [
        form.format(median(told)) for form, told in zip(shown, zip(*runs, strict=True), strict=True)
    ]


def _runs(count: str, runs: int, facts: bool) -> list[list[float]]:
    command = [sys.executable, "-m", "benchmarks.growth", "--one", count]
    command += ["--facts"] if facts else []
    told = (subprocess.run(command, check=True, stdout=subprocess.PIPE) for _ in range(runs))
    return [[float(word) for word in run.stdout.split()] for run in told]


def _grown(count: int, *, facts: bool) -> list[float]:
    scale.base()
    per_document = sum(map(scale.indicators_of, scale.base())) / len(scale.base())
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name) / "store", list[float]()
        with create_store(folder) as store:
            store.refresh_codes()
            clock.append(time.perf_counter())
            done = scale.fill(store, round(count * per_document), scale.made(whole=not facts))
            clock.append(time.perf_counter())
            refresh(store)
            clock.append(time.perf_counter())
            compare(store)
            clock.append(time.perf_counter())
            store.optimize()
            clock.append(time.perf_counter())
        more = scale.one_more(folder, done.documents, whole=not facts)
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 10**6
    each = [1000 * (b - a) / done.documents for a, b in pairwise(clock)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return [done.documents, done.indicators, done.quads, *each, more, disk, peak]


if __name__ == "__main__":
    main()
