"""Prints what a document costs when a store grows, and what one more costs then.

    python -m benchmarks.growth [--counts 100,1000] [--facts]

Records are invented; making is mapping, checking and writing N-Quads. With --facts the graphs of
evidence and findings are left out.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks import scale
from benchmarks.measure import table
from jixiao.comparison import compare
from jixiao.index import refresh
from jixiao.store import create_store


def main() -> None:
    """Print the table; each store is filled by a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", default="100,1000")
    parser.add_argument("--facts", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(" | ".join(_grown(given.one, facts=given.facts)))
        return
    kind = ["--facts"] if given.facts else []
    rows = list[list[str]]()
    for count in given.counts.split(","):
        command = [sys.executable, "-m", "benchmarks.growth", "--one", count, *kind]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        rows.append(told.stdout.strip().split(" | "))
    table(
        ("documents", "indicators", "quads", "made and loaded, ms each", "indexed, ms each",
         "compared, ms each", "one more, s", "disk MB", "peak MB"), rows,
    )  # fmt: skip


def _grown(count: int, *, facts: bool) -> list[str]:
    scale.base()
    per_document = sum(map(scale.indicators_of, scale.base())) / len(scale.base())
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name) / "store", list[float]()
        with create_store(folder) as store:
            store.refresh_codes()
            clock.append(time.perf_counter())
            done = scale.fill(store, round(count * per_document), whole=not facts)
            clock.append(time.perf_counter())
            refresh(store)
            clock.append(time.perf_counter())
            compare(store)
            clock.append(time.perf_counter())
        more = time.perf_counter()
        with create_store(folder) as store:
            scale.fill(store, 1, whole=not facts, after=done.documents)
            refresh(store)
            compare(store)
        more = time.perf_counter() - more
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 10**6
    each = [1000 * (b - a) / done.documents for a, b in pairwise(clock)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    told = [f"{done.documents:,}", f"{done.indicators:,}", f"{done.quads:,}"]
    return [*told, *(f"{ms:.1f}" for ms in each), f"{more:.1f}", f"{disk:,.0f}", f"{peak:,.0f}"]


if __name__ == "__main__":
    main()
