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
from jixiao.ontology import quads, rdflib_triple, value_of
from jixiao.shapes import Asked, shapes


def main() -> None:
    """Time each engine in turn, and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    facts = [q for q in quads(read(given.file)) if not value_of(q.graph_name).endswith("/evidence")]
    data = Asked()
    for quad in facts:
        data.add(rdflib_triple(quad))
    engines: list[Engine] = ["pyshacl", "fast"]
    times = {engine: list[float]() for engine in engines}
    for _ in range(given.runs + 1):
        for engine in engines:
            gc.collect()
            start = time.perf_counter()
            text = serialize([q.triple for q in facts], format=RdfFormat.N_TRIPLES)
            failures(data, shapes(), engine, text)
            times[engine].append(time.perf_counter() - start)
    slowest = median(times["pyshacl"][1:])
    print("| engine | seconds | times as fast |")
    print("|---|---|---|")
    for engine, taken in times.items():
        middle = median(taken[1:])  # the first compiles the shapes
        print(f"| {engine} | {middle:.3f} | {slowest / middle:.1f} |")


if __name__ == "__main__":
    main()
