"""Prints how fast a PDF is read, against plain pdfplumber, on one core in one run.

python -m benchmarks.speed FILE [--runs N] [--camelot PYTHON]
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import jixiao
from jixiao.extract import read
from jixiao.pages import pdfium


def _plain(path: Path) -> None:
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()


def _marks(path: Path) -> None:
    for _ in pdfium.pages(path):
        pass


def _tables(path: Path) -> None:
    jixiao.tables(path)


def _record(path: Path) -> None:
    read(path)


STEPS: dict[str, Callable[[Path], None]] = {
    "plain pdfplumber `extract_tables`": _plain,
    "jixiao: characters and lines": _marks,
    "jixiao: healed tables": _tables,
    "jixiao: record": _record,
}


def _seconds(step: Callable[[Path], None], path: Path) -> float:
    gc.collect()  # what the step before left behind is not this one's
    start = time.perf_counter()
    step(path)
    return time.perf_counter() - start


_CAMELOT = """import sys, time, warnings
import camelot
warnings.simplefilter("ignore")
began = time.perf_counter()
camelot.read_pdf(sys.argv[1], pages="all", flavor="lattice")
print(time.perf_counter() - began)"""


def _camelot(python: str, path: Path) -> float:
    command = [python, "-c", _CAMELOT, str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Time each step in turn, once a round, and print the medians, also of how each compares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--camelot", help="a Python that has camelot-py, which runs once")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for step in STEPS.values():
        step(given.file)  # what is loaded once
    times = {name: list[float]() for name in STEPS}
    for _ in range(given.runs):
        for name, step in STEPS.items():
            times[name].append(_seconds(step, given.file))
    plain = times[next(iter(STEPS))]
    if given.camelot:
        times["camelot-py, lattice (once)"] = [_camelot(given.camelot, given.file)] * given.runs
    print("| step | seconds | times as fast |")
    print("|---|---|---|")
    for name, taken in times.items():
        ratio = median(slow / fast for slow, fast in zip(plain, taken, strict=True))
        print(f"| {name} | {median(taken):.3f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
