"""Scores real documents against truth set by hand, and prints tables.

python -m benchmarks.accuracy tests/data/wild --formats html,docx,xlsx,pdf [--faults]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.accuracy.compare import OUTCOMES, Comparison
from benchmarks.accuracy.sums import FIGURES, Sum, measured, province_of, summed
from benchmarks.accuracy.truth import Known, corpus


def main() -> None:
    """Read, compare and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--formats", default="html,docx,xlsx,pdf")
    parser.add_argument("--only", default="", help="a part of the names of the files to read")
    parser.add_argument("--faults", action="store_true", help="print each fault")
    given = parser.parse_args()
    formats = given.formats.split(",")
    found = measured(corpus(given.folders, formats, given.only))
    by_format = {
        name: [(k, c) for k, c in found if k.file.suffix == f".{name}"] for name in formats
    }
    columns = {name: summed(part) for name, part in by_format.items() if part}
    columns["all"] = summed(found)
    print_sums(columns)
    print()
    print_provinces(found)
    if given.faults:
        print_faults(found)


def print_sums(columns: dict[str, Sum]) -> None:
    """Print a table with a column for each sum: silent faults first, then outcomes and figures."""
    rows = [("documents", [str(s.documents) for s in columns.values()])]
    rows.append(("**silent faults**", [f"**{s.silent}**" for s in columns.values()]))
    rows.append(("documents with one", [str(s.misleading) for s in columns.values()]))
    rows.append(("invented", [str(s.invented) for s in columns.values()]))
    rows += [
        (outcome, [str(s.outcomes[outcome]) for s in columns.values()]) for outcome in OUTCOMES
    ]
    rows += [(told, [s.share(name) for s in columns.values()]) for name, told in FIGURES.items()]
    print("| |", " | ".join(columns), "|")
    print("|---|" + "---|" * len(columns))
    for name, cells in rows:
        print(f"| {name} |", " | ".join(cells), "|")


def print_provinces(found: Sequence[tuple[Known, Comparison | None]]) -> None:
    """Print a table with a row for each province."""
    parts = defaultdict[str, list[tuple[Known, Comparison | None]]](list)
    for known, comparison in found:
        parts[province_of(known)].append((known, comparison))
    print("| province | files | silent faults | exact | usable | partial | misleading | indicators "
          "| goals | amounts |")  # fmt: skip
    print("|---|" + "---|" * 9)
    for province, part in sorted(parts.items()):
        s = summed(part)
        counts = [str(s.outcomes[name]) for name in OUTCOMES[:4]]
        shares = [s.share(name) for name in ("indicators", "goals", "amounts")]
        print(f"| {province} | {s.documents} | {s.silent} |", " | ".join([*counts, *shares]), "|")


def print_faults(found: Iterable[tuple[Known, Comparison | None]]) -> None:
    """Print the faults of each document."""
    for known, comparison in found:
        if comparison is None:
            print(f"{known.name}: refused")
            continue
        for fault in comparison.silent:
            print(f"{known.name}: silent: {fault}")
        for fault in comparison.told:
            print(f"{known.name}: told: {fault}")


if __name__ == "__main__":
    main()
