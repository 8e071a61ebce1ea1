"""The store: an Oxigraph database in a folder, a document in it replaced in one step.

    versions/0007/graph/         the database
    versions/0007/words.sqlite   the index of words (see `search`)
    versions/0007/sources.txt    where on this machine the files were, a path a line

Each document has its named graphs (see `iris`); others hold the code lists, the terms, the
questions, and what comparing the documents found. The default graph holds the union of them all,
each triple once: a department that ten documents name is named once. (Oxigraph can take the union
while it answers, but then counts a triple as often as graphs state it.) The ledger graph says
when which version read what; it is of this machine and leaves the store with no export.
"""

import re
import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from pyoxigraph import Store as Database

from jixiao.errors import StoreError
from jixiao.iris import graphs
from jixiao.ontology import CODES, TERMS, codes
from jixiao.questions import QUESTIONS, question_quads
from jixiao.versions import check_writable, reading, unfinished, writing
from jixiao.vocabulary import HOME, JX, PROV, RDF, XSD

__all__ = ["Entry", "Store", "check_writable", "create_store", "open_store"]

LEDGER = NamedNode(HOME + "graph/ledger")
COMPARISON = NamedNode(HOME + "graph/comparison")
_GRAPH = "graph"
INDEX = "words.sqlite"
SOURCES = "sources.txt"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of a file: which document it was, and what read it."""

    source: str
    document: NamedNode
    version: str


class Store:
    """An open store, and the version that it is; use `open_store` or `create_store`."""

    def __init__(self, database: Database, path: Path = Path()) -> None:
        self.database, self.path = database, path

    def entry(self, source: str) -> Entry | None:
        """Return what the ledger says of a file, by its path."""
        node = _entry_iri(source)
        document = self._one(node, PROV.used)
        version = self._one(node, JX.readerVersion)
        if not isinstance(document, NamedNode) or not isinstance(version, Literal):
            return None
        return Entry(source, document, version.value)

    def documents(self) -> list[NamedNode]:
        """Return the documents in the store, in the order of their IRIs."""
        found = self.database.quads_for_pattern(None, PROV.used, None, LEDGER)
        documents = {q.object for q in found if isinstance(q.object, NamedNode)}
        return sorted(documents, key=lambda node: node.value)

    def version(self, document: NamedNode) -> str:
        """Return which version of the reader read a document."""
        found = self.database.quads_for_pattern(None, PROV.used, document, LEDGER)
        return max((str(self._value(quad.subject, JX.readerVersion)) for quad in found), default="")

    def sources(self, document: NamedNode) -> list[str]:
        """Return the paths of the files that a document was read from, on this machine."""
        found = self.database.quads_for_pattern(None, PROV.used, document, LEDGER)
        readings = {str(quad.subject) for quad in found}
        return [path for path in self._paths() if str(_entry_iri(path)) in readings]

    def _paths(self) -> list[str]:
        """Return the paths that were ever read; a line that a killed writer left is passed over."""
        try:
            lines = (self.path / SOURCES).read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        return sorted(set(lines[:-1]))

    def _value(self, subject: object, predicate: NamedNode) -> str:
        found = self._one(subject, predicate) if isinstance(subject, NamedNode) else None
        return str(getattr(found, "value", ""))

    def file_name(self, document: NamedNode) -> str:
        """Return the name of the file that a document is."""
        graph = graphs(document)[1]
        found = self.database.quads_for_pattern(document, JX.fileName, None, graph)
        return next((q.object.value for q in found if isinstance(q.object, Literal)), "")

    def replace(self, entry: Entry, quads: Iterable[Quad]) -> None:
        """Put a document in, in the place of what the same file was before, in one transaction."""
        known = self.entry(entry.source)
        stale = {known.document, entry.document} if known else {entry.document}
        kept = self._used_elsewhere(entry.source)
        graphs_of = [g for d in stale if d == entry.document or d not in kept for g in graphs(d)]
        old = {quad for graph in graphs_of for quad in self._graph(graph)}
        old |= set(self.database.quads_for_pattern(_entry_iri(entry.source), None, None, LEDGER))
        with (self.path / SOURCES).open("a", encoding="utf-8") as file:
            file.write(f"{entry.source}\n")
        self._change(old, {*quads, *_ledger(entry)})

    def refresh_codes(self) -> None:
        """Put the shipped code lists, terms and questions in where they differ."""
        shipped = {*codes(), *question_quads()}
        self._change({q for g in (CODES, TERMS, QUESTIONS) for q in self._graph(g)}, shipped)

    def compared(self) -> bool:
        """Tell whether the graph of comparisons is of the documents as they are now."""
        known = self.database.quads_for_pattern(COMPARISON, PROV.wasDerivedFrom, None, LEDGER)
        return set(known) == {self._compared_now()}

    def replace_comparison(self, quads: set[Quad]) -> None:
        """Put the comparison of the documents in, in one transaction."""
        old = set(self._graph(COMPARISON))
        old |= set(self.database.quads_for_pattern(COMPARISON, None, None, LEDGER))
        self._change(old, quads | {self._compared_now()})

    def _compared_now(self) -> Quad:
        """Return what the ledger says of a comparison of the documents as they are now."""
        found = self.database.quads_for_pattern(None, None, None, LEDGER)
        told = sorted(str(q) for q in found if q.predicate in (PROV.used, JX.readerVersion))
        digest = Literal(sha256("".join(told).encode()).hexdigest())
        return Quad(COMPARISON, PROV.wasDerivedFrom, digest, LEDGER)

    def _change(self, old: set[Quad], new: set[Quad]) -> None:
        """Take quads out and put others in, and keep the default graph the union of the others."""
        added, removed = new - old, old - new
        if not removed:
            self.database.extend([*added, *(_in_union(q) for q in added if _published(q))])
            return
        staying = {_in_union(quad) for quad in new if _published(quad)}
        gone = {_in_union(quad) for quad in removed if _published(quad)} - staying
        gone = {quad for quad in gone if not self._elsewhere(quad, removed)}
        fresh = {_in_union(quad) for quad in added if _published(quad)}
        update = (
            f"DELETE DATA {{ {_data(removed | gone)} }} ; INSERT DATA {{ {_data(added | fresh)} }}"
        )
        self.database.update(update)

    def _elsewhere(self, triple: Quad, removed: set[Quad]) -> bool:
        """Tell whether another graph states a triple as well."""
        found = self.database.quads_for_pattern(
            triple.subject, triple.predicate, triple.object, None
        )
        return any(q not in removed and q != triple and _published(q) for q in found)

    def _used_elsewhere(self, source: str) -> set[NamedNode]:
        """Return the documents that other files are as well: copies of one file."""
        own = _entry_iri(source)
        found = self.database.quads_for_pattern(None, PROV.used, None, LEDGER)
        return {q.object for q in found if q.subject != own and isinstance(q.object, NamedNode)}

    def _graph(self, name: NamedNode) -> Iterator[Quad]:
        return self.database.quads_for_pattern(None, None, None, name)

    def union(self) -> Iterator[Quad]:
        """Yield what any graph states, each triple once, those of a subject together."""
        return self.database.quads_for_pattern(None, None, None, DefaultGraph())

    def quads(self, names: Iterable[NamedNode] | None = None) -> Iterator[Quad]:
        """Yield the quads of the named graphs given, by default of all but the ledger."""
        for name in self.graphs() if names is None else names:
            yield from self._graph(name)

    def graphs(self) -> list[NamedNode]:
        """Return the names of the graphs but the ledger, in order."""
        found = self.database.named_graphs()
        names = [graph for graph in found if isinstance(graph, NamedNode) and graph != LEDGER]
        held = [name for name in names if next(self._graph(name), None)]  # a name outlives a graph
        return sorted(held, key=lambda node: node.value)

    def _one(self, subject: NamedNode, predicate: NamedNode) -> object:
        found = self.database.quads_for_pattern(subject, predicate, None, LEDGER)
        return next((quad.object for quad in found), None)


@contextmanager
def create_store(folder: Path) -> Generator[Store]:
    """Open a store for writing, made where there is none; raises `StoreError`.

    Readers go on with what it was until it is closed; what raised in between is not published.
    """
    with ExitStack() as held:
        try:
            path = held.enter_context(writing(folder, _copy))
            store = Store(Database(path / _GRAPH), path)
        except (OSError, RuntimeError) as error:
            raise _fault(folder, error) from error
        held.callback(delattr, store, "database")  # before the version is published
        yield store
        store.database.flush()


@contextmanager
def open_store(folder: Path, *, latest: bool = False) -> Generator[Store]:
    """Open a store for reading; raises `StoreError` where there is none.

    `latest` also reads what a writer has begun and not published.
    """
    begun = unfinished(folder) if latest else None
    with nullcontext(begun) if begun else reading(folder) as path:
        try:
            store = Store(Database.read_only(str(path / _GRAPH)), path)
        except (OSError, RuntimeError) as error:
            raise _fault(folder, error) from error
        yield store


def _copy(before: Path | None, path: Path) -> None:
    """Make a version of the store: the database shares its files, the index is copied."""
    if before is None:
        Database(path / _GRAPH).flush()
        return
    Database.read_only(str(before / _GRAPH)).backup(str(path / _GRAPH))
    for name in (INDEX, SOURCES):
        if (before / name).is_file():
            shutil.copy(before / name, path)


def _fault(folder: Path, error: OSError | RuntimeError) -> StoreError:
    """Return what is wrong with a store; of a damaged database its engine tells as corruption."""
    reason = str(error).replace(str(folder), "")
    if re.search(r"\block\b", reason, re.IGNORECASE):
        return StoreError("store-locked", store=folder)
    if isinstance(error, RuntimeError):
        return StoreError("store-corrupt", store=folder, reason=reason.splitlines()[0])
    return StoreError("store-failed", store=folder, reason=str(error).splitlines()[0])


def _entry_iri(source: str) -> NamedNode:
    return NamedNode(f"{HOME}id/reading/{sha256(source.encode()).hexdigest()[:16]}")


def _ledger(entry: Entry) -> Generator[Quad]:
    node = _entry_iri(entry.source)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    yield Quad(node, RDF.type, PROV.Activity, LEDGER)
    yield Quad(node, PROV.used, entry.document, LEDGER)
    yield Quad(node, JX.readerVersion, Literal(entry.version), LEDGER)
    yield Quad(node, PROV.endedAtTime, Literal(now, datatype=XSD.dateTime), LEDGER)


def _published(quad: Quad) -> bool:
    """Tell whether a quad belongs to what the store says of documents, not of this machine."""
    return quad.graph_name != LEDGER


def _in_union(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())


def _data(quads: Iterable[Quad]) -> str:
    """Return quads as SPARQL writes them."""
    by_graph = dict[object, list[str]]()
    for quad in quads:
        triple = f"{quad.subject} {quad.predicate} {quad.object} ."
        by_graph.setdefault(quad.graph_name, []).append(triple)
    default = " ".join(by_graph.pop(DefaultGraph(), []))
    named = (f"GRAPH {graph} {{ {' '.join(lines)} }}" for graph, lines in by_graph.items())
    return " ".join([default, *named])
