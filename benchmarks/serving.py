"""Prints how fast the workbench is: each page, requests a second, and the Oxigraph server beside.

    python -m benchmarks.serving STORE [--seconds 5] [--clients 16]

Needs `wrk` (Debian has it) for the second table; the same three questions are asked of both
servers, of the same data, one after the other.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from contextlib import AbstractContextManager
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import quote, urlencode

import requests
from pyoxigraph import DefaultGraph, NamedNode
from tests.servers import Served, oxigraph, workbench

from jixiao.queries.answering import prepared
from jixiao.rdf.namespaces import HOME, JX, RDF
from jixiao.rdf.questions import questions
from jixiao.store.statistics import counts
from jixiao.store.store import Store, open_store

QUESTIONS = ("percent-targets", "usual-indicators", "projects")
_STARTS = 3  # of the server
NARROWED = {"usual-indicators": {"word": "热线"}, "projects": {"department": "财政局"}}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("store", type=Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--no-pages", action="store_true", help="the load alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_store(given.store) as store:
        if not given.no_pages:
            _pages(store, given.store, Path(folder))
        with workbench(given.store, Path(folder) / "workbench") as server:
            wrk = shutil.which("wrk")
            if wrk is None:
                print("wrk is not installed: apt-get install wrk")
                return
            load = partial(_load, wrk, seconds=given.seconds, clients=given.clients)
            print(f"\n| {given.clients} clients, {given.seconds} s | requests/s | p50 | p99 |")
            print("|---|---:|---:|---:|")
            project = _some(store, JX.BudgetProject, 1)[0]
            print(f"| project page | {load(server.url + '/page/' + project)} |")
            for name in QUESTIONS:
                print(f"| {name} | {load(_asked(server.url + '/sparql', name))} |")
        with _beside(store, Path(folder)) as other:
            for name in QUESTIONS:
                print(f"| {name}, `oxigraph serve` | {load(_asked(other.url, name))} |")


def _some(store: Store, kind: NamedNode, count: int) -> list[str]:
    """Return the paths of some things of a class, the same each time."""
    found = store.database.quads_for_pattern(None, RDF.type, kind, DefaultGraph())
    paths = sorted(str(getattr(q.subject, "value", "")).removeprefix(HOME) for q in found)
    return Random(1).sample(paths, min(count, len(paths)))


def _pages(store: Store, served: Path, folder: Path) -> None:
    """Print how long pages take: of each the median of the first visits to servers just started."""
    kinds = _addresses(store)
    first, again = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for run in range(_STARTS):
        with workbench(served, folder / f"workbench-{run}") as server:
            for address in chain(*kinds.values()):
                first[address].append(_milliseconds(server.url + address))
            for address in chain(*kinds.values()):
                again[address].append(_milliseconds(server.url + address))
    print(f"{len(store.documents())} documents, {counts(store).triples} triples\n")
    print("| page | first ms, median | slowest | again ms, median |")
    print("|---|---:|---:|---:|")
    for kind, addresses in kinds.items():
        at_first = [median(first[address]) for address in addresses]
        later = [median(again[address]) for address in addresses]
        print(f"| {kind} | {median(at_first):.0f} | {max(at_first):.0f} | {median(later):.0f} |")


def _addresses(store: Store) -> dict[str, list[str]]:
    """Return the pages that are looked at, by kind."""
    budgets = _some(store, JX.DepartmentBudget, 24)
    compared = urlencode([("budget", HOME + budget) for budget in budgets[:6]])
    return {
        "overview": ["/"],
        "departments": ["/departments"],
        "search": [f"/search?q={quote(w)}" for w in ("热线", "满意度", "项目", "市", "农村 公路")],
        "department": [f"/page/{p}" for p in _some(store, JX.BudgetDepartment, 24)],
        "department and year": [f"/page/{p}" for p in budgets],
        "project": [f"/page/{p}" for p in _some(store, JX.BudgetProject, 24)],
        "finding": [f"/page/{p}" for p in _some(store, JX.Finding, 24)],
        "value": [f"/printed/{p}" for p in _some(store, JX.PerformanceIndicator, 24)],
        "compare six": [f"/compare?{compared}"],
        "rules": ["/rules"],
        "rule": ["/rule/M01", "/rule/C05", "/rule/A01"],
        "questions": ["/questions"],
        "question": [f"/question/{question.name}" for question in questions()],
        "answer, fetched by that page": [f"/answer/{question.name}" for question in questions()],
        "any other thing": [f"/page/{p}" for p in _some(store, JX.Cluster, 12)],
        "what the editor knows": ["/editor/terms.json"],
        "try": ["/try"],
        "editor": ["/editor"],
        "catalogue, VoID": ["/catalog", "/.well-known/void"],
    }


def _milliseconds(url: str) -> float:
    began = time.perf_counter()
    response = requests.get(url, timeout=60)
    took = 1000 * (time.perf_counter() - began)
    if response.status_code not in (503, 504):  # a page whose question takes too long says so
        response.raise_for_status()
    return took


def _asked(endpoint: str, name: str) -> str:
    text = prepared(name, NARROWED.get(name, {})).text
    return f"{endpoint}?{urlencode({'query': text})}"


def _load(wrk: str, url: str, *, seconds: int, clients: int) -> str:
    """Return requests a second, and the median and 99th percentile of how long they took."""
    command = [wrk, "-t2", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    accept = ["-H", "accept: application/sparql-results+json, text/html"]
    told = subprocess.run([*command, *accept, url], check=True, capture_output=True, text=True)
    wanted = (r"Requests/sec: +(\S+)", r"50% +(\S+)", r"99% +(\S+)")
    found = [match[1] if (match := re.search(p, told.stdout)) else "—" for p in wanted]
    if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", told.stdout):
        found[0] += f" (of all {refused[1]} told to come again)"
    return " | ".join(found)


def _beside(store: Store, folder: Path) -> AbstractContextManager[Served]:
    """Serve the same database by Oxigraph's own server: its files are shared, not loaded anew."""
    store.database.backup(str(folder / "oxigraph"))
    return oxigraph(folder / "oxigraph")


if __name__ == "__main__":
    main()
