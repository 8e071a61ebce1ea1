"""Prints how fast PDFs are read, against plain pdfplumber, on one core in one run.

python -m benchmarks.speed FILE... [--runs N] [--camelot PYTHON]
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
from benchmarks.measure import table
from jixiao.documents.pdf import pdfium
from jixiao.extraction import read


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
    "pdfplumber s": _plain,
    "characters and lines s": _marks,
    "healed tables s": _tables,
    "record s": _record,
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
    """Time each step of each file in turn, once a round, and print the medians.

    How both compare is the median over the rounds as well; camelot reads each file once.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--camelot", help="a Python that has camelot-py")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    times: dict[Path, list[list[float]]] = {path: [] for path in given.files}
    for number in range(given.runs + 1):  # the first loads what is loaded once
        for path, rounds in times.items():
            taken = [_seconds(step, path) for step in STEPS.values()]
            rounds += [taken] if number else []
    beside = {path: _camelot(given.camelot, path) for path in times} if given.camelot else {}
    every = [
        [sum(step, 0.0) for step in zip(*of, strict=True)]
        for of in zip(*times.values(), strict=True)
    ]
    rows = [_row(path.stem, rounds, beside.get(path)) for path, rounds in times.items()]
    if len(rows) > 1:
        rows.append(_row("all", every, sum(beside.values()) if beside else None))
    table(("file", *STEPS, "times as fast as pdfplumber", "camelot-py s"), rows)


def _row(name: str, rounds: list[list[float]], camelot: float | None) -> tuple[str, ...]:
    steps = [median(step) for step in zip(*rounds, strict=True)]
    ratio = median(taken[0] / taken[-1] for taken in rounds)
    beside = "" if camelot is None else f"{camelot:.1f}"
    return (name, *(f"{step:.3f}" for step in steps), f"{ratio:.1f}", beside)


if __name__ == "__main__":
    main()
