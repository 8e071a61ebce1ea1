"""Prints what building costs from end to end: papers as PDFs, by cores, and the peaks of memory.

    python -m benchmarks.building PAPERS [--counts 100,1000] [--runs 1]

PAPERS is a folder that `python -m benchmarks.many PAPERS --pdf` filled. Each build is a process of
its own, held to one core or to two; one that takes longer than two minutes is not repeated.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.measure import Peak, table

_LONG = 120.0  # seconds


class Run(NamedTuple):
    """A build: seconds, and the peaks of memory of its parent and its workers in megabytes."""

    seconds: float
    parent: float
    worker: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("papers", type=Path)
    parser.add_argument("--counts", default="100,1000")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where to leave the last store")
    given = parser.parse_args()
    counts = [int(count) for count in given.counts.split(",")]
    found = {
        (count, cores): _median(given.papers, count, cores, given.runs, given.keep)
        for count in counts
        for cores in (1, 2)
    }
    rows = [
        (f"{count:,}", cores, f"{run.seconds:.1f}", f"{1000 * run.seconds / count:.0f}",
         f"{found[count, 1].seconds / run.seconds:.2f}", f"{run.parent:.0f}", f"{run.worker:.0f}")
        for (count, cores), run in found.items()
    ]  # fmt: skip
    table(("PDFs", "cores", "seconds", "ms each", "times as fast", "parent MB", "worker MB"), rows)
    few, many = counts[0], counts[-1]
    for cores in (1, 2):
        one, other = (found[c, cores].seconds / c for c in (few, many))
        told = f"{other / one:.2f} times as much each at {many:,} as at {few:,}"
        print(f"\n{cores} cores: {told}")


def _median(papers: Path, count: int, cores: int, runs: int, keep: Path | None) -> Run:
    every = [_run(papers, count, cores, keep)]
    while len(every) < runs and every[0].seconds < _LONG:
        every.append(_run(papers, count, cores, keep))
    return Run(*(median(values) for values in zip(*every, strict=True)))


def _run(papers: Path, count: int, cores: int, keep: Path | None) -> Run:
    """Build so many papers in a process that may use so many cores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "papers"
        folder.mkdir()
        for paper in sorted(papers.glob("*.pdf"))[:count]:
            shutil.copy(paper, folder)
        command = [sys.executable, "-m", "jixiao", "-q", "build", str(folder)]
        command += ["--store", str(Path(name) / "store"), "--jobs", str(cores)]
        allowed = set(sorted(os.sched_getaffinity(0))[:cores])
        began = time.perf_counter()
        building = subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        peak = Peak(building.pid)
        building.wait()
        taken = time.perf_counter() - began
        peak.end()
        if building.returncode:
            raise SystemExit(f"the build left with {building.returncode}")
        if keep:
            shutil.rmtree(keep, ignore_errors=True)
            shutil.move(Path(name) / "store", keep)
        return Run(taken, peak.parent, peak.worker)


if __name__ == "__main__":
    main()
