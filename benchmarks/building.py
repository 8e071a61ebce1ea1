"""Prints what building costs from end to end: papers as PDFs, by cores, and the peaks of memory.

    python -m benchmarks.building PAPERS [--counts 100,1000] [--runs 1]

PAPERS is a folder that `python -m benchmarks.many PAPERS --pdf` filled. Each build is a process of
its own, held to one core or to two; each round builds all, and what is told is medians over rounds.
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

HEAD = (
    "PDFs", "cores", "seconds", "least to most", "ms each", "times as fast", "parent MB",
    "worker MB",
)  # fmt: skip


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
    builds = [(count, cores) for count in counts for cores in (1, 2)]
    rounds = [
        {build: _run(given.papers, *build, given.keep) for build in builds}
        for _ in range(given.runs)
    ]
    table(HEAD, (_row(rounds, count, cores) for count, cores in builds))
    few, many = counts[0], counts[-1]
    for cores in (1, 2):
        grown = median(r[many, cores].seconds * few / r[few, cores].seconds / many for r in rounds)
        print(f"\n{cores} cores: {grown:.2f} times as much each at {many:,} as at {few:,}")


def _row(rounds: list[dict[tuple[int, int], Run]], count: int, cores: int) -> tuple[str, ...]:
    every = [built[count, cores] for built in rounds]
    seconds, parent, worker = (median(values) for values in zip(*every, strict=True))
    faster = median(built[count, 1].seconds / built[count, cores].seconds for built in rounds)
    least, most = min(run.seconds for run in every), max(run.seconds for run in every)
    return (
        f"{count:,}", str(cores), f"{seconds:.1f}", f"{least:.1f} to {most:.1f}",
        f"{1000 * seconds / count:.0f}", f"{faster:.2f}", f"{parent:.0f}", f"{worker:.0f}",
    )  # fmt: skip


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
