"""Prints how long the engines take to hold one document to all rules, in one run.

python -m benchmarks.checking FILE [--runs N]
"""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path
from statistics import median

from pyoxigraph import RdfFormat, serialize

from jixiao.engines import Engine, failures
from jixiao.extract import read
from jixiao.facts import Facts, background
from jixiao.ontology import quads, value_of
from jixiao.shapes import rules, shapes


def main() -> None:
    """Time each engine in turn, and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    quads_of = quads(read(given.file))
    triples = [q.triple for q in quads_of if not value_of(q.graph_name).endswith("/evidence")]
    text = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"") + background("default")
    facts = Facts(text)
    engines: list[Engine] = ["pyshacl", "fast"]
    times = {engine: list[float]() for engine in engines}
    found = dict[Engine, int]()
    for _ in range(given.runs + 1):
        for engine in engines:
            gc.collect()
            start = time.perf_counter()
            found[engine] = len(failures(facts.graph, shapes(), engine, text))
            times[engine].append(time.perf_counter() - start)
    print(f"{len(rules())} rules, {found['pyshacl']} nodes fail, the same for both: ", end="")
    print("yes" if len(set(found.values())) == 1 else f"NO {found}")
    print()
    slowest = median(times["pyshacl"][1:])
    print("| engine | seconds | times as fast |")
    print("|---|---|---|")
    for engine, taken in times.items():
        middle = median(taken[1:])  # the first compiles the shapes
        print(f"| {engine} | {middle:.3f} | {slowest / middle:.1f} |")


if __name__ == "__main__":
    main()
