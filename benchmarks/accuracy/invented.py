"""Prints how exactly invented documents are read, by layout and kind of file.

python -m benchmarks.accuracy [--documents N] [--kinds docx,pdf-ruled] [--layouts flat]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.invent import LAYOUTS, invent
from benchmarks.score import Score, score
from benchmarks.write import KINDS, write
from jixiao.errors import FileError
from jixiao.extraction import read


def measure(layout: str, kind: str, seeds: range, folder: Path) -> Score | None:
    """Return the score of a layout as one kind of file, None where that is not read."""
    total = Score()
    for seed in seeds:
        document = invent(layout, seed)
        try:
            record = read(write(document, kind, folder, seed))
        except FileError:
            return None
        total.add(score(record, document.truth))
    return total


def main() -> None:
    """Write, read, compare and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=2, help="documents of each layout")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--layouts", default=",".join(LAYOUTS))
    parser.add_argument("--misses", type=int, default=0, help="how many misses to print")
    parser.add_argument("--keep", type=Path, help="folder to leave the documents in")
    given = parser.parse_args()
    kinds, layouts = given.kinds.split(","), given.layouts.split(",")
    seeds = range(given.seed, given.seed + given.documents)
    totals = {kind: Score() for kind in kinds}
    print("| layout |", " | ".join(kinds), "|")
    print("|---|" + "---|" * len(kinds))
    with tempfile.TemporaryDirectory() as made:
        folder = given.keep or Path(made)
        folder.mkdir(exist_ok=True)
        for layout in layouts:
            row = [_cell(layout, kind, seeds, folder, totals) for kind in kinds]
            print(f"| {layout} |", " | ".join(row), "|", flush=True)
    print("| **all** |", " | ".join(_percent(totals[kind]) for kind in kinds), "|")
    print("| cells |", " | ".join(str(totals[kind].cells) for kind in kinds), "|")
    print("| lost silently |", " | ".join(str(len(totals[k].silent)) for k in kinds), "|")
    for kind in kinds:
        for miss in totals[kind].misses[: given.misses]:
            print(f"{kind}: {miss}")


def _cell(layout: str, kind: str, seeds: range, folder: Path, totals: dict[str, Score]) -> str:
    found = measure(layout, kind, seeds, folder)
    if found is None:
        return "—"
    totals[kind].add(found)
    return _percent(found)


def _percent(found: Score) -> str:
    return f"{found.rate:.2%}" if found.cells else "—"


if __name__ == "__main__":
    main()
