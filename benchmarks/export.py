"""Prints how much memory and time each export takes, as the store grows.

python -m benchmarks.export STORE [--copies 1 2 4]

The larger stores hold the same documents again under other names.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad

from jixiao.publishing import FORMATS
from jixiao.rdf.namespaces import HOME
from jixiao.store.store import Store, create_store, open_store

_RUN = r"""
import re, sys
from pathlib import Path
from jixiao.publishing import export
from jixiao.store.store import open_store
with open_store(Path(sys.argv[1])) as store:
    if sys.argv[2] == "all at once":
        held = list(store.quads())
    else:
        export(store, sys.argv[2], Path(sys.argv[3]))
print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


def main() -> None:
    """Print a line for each format and size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("--copies", type=int, nargs="*", default=[1, 2, 4])
    asked = parser.parse_args()
    print("format    copies     quads   seconds   peak MiB")
    for copies in asked.copies:
        with TemporaryDirectory() as scratch:
            folder = Path(scratch) / "store"
            quads = enlarged(asked.store, folder, copies)
            for kind in FORMATS:
                started = time.perf_counter()
                held = peak(folder, kind, Path(scratch) / kind)
                seconds = time.perf_counter() - started
                print(f"{kind:9} {copies:6} {quads:9} {seconds:9.1f} {held:10.0f}", flush=True)


def peak(store: Path, kind: str, path: Path) -> float:
    """Return the most memory that an export takes, in MiB: that of a process of its own.

    "all at once" exports nothing, and holds what an export passes on.
    """
    command = [sys.executable, "-c", _RUN, str(store), kind, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def enlarged(store: Path, folder: Path, copies: int) -> int:
    """Make a store with the documents of another so many times over; return its quads."""
    with open_store(store) as known, create_store(folder) as larger:
        return _copied(known, larger, copies)


def _copied(store: Store, larger: Store, copies: int) -> int:
    for copy in range(copies):
        larger.database.bulk_extend(_renamed(store, copy))
    return sum(1 for _ in larger.quads())


def _renamed(store: Store, copy: int) -> Iterator[Quad]:
    for quad in store.quads():
        subject, predicate, term, graph = (_again(t, copy) for t in quad)
        yield Quad(subject, predicate, term, graph)
        yield Quad(subject, predicate, term, DefaultGraph())


def _again(term: object, copy: int) -> Any:
    if copy and isinstance(term, NamedNode) and term.value.startswith(f"{HOME}id/"):
        return NamedNode(term.value.replace("/id/", f"/id/{copy}/"))
    return term


if __name__ == "__main__":
    main()
