"""The store: an Oxigraph database in a folder, a document in it replaced in one step.

    jixiao-store.json     what this folder is
    graph/                the database

Each document has its named graphs (see `iris`). The ledger graph says which file was read when;
it is of this machine and leaves the store with no export.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from pyoxigraph import Literal, NamedNode, Quad
from pyoxigraph import Store as Database

from jixiao.errors import StoreError
from jixiao.iris import graphs
from jixiao.ontology import CODES, TERMS, codes
from jixiao.vocabulary import DCT, HOME, JX, PROV, RDF, XSD

FORMAT = "jixiao-store/1"
LEDGER = NamedNode(HOME + "graph/ledger")
_MARKER = "jixiao-store.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of a file: which document it was, and what read it."""

    source: str
    document: NamedNode
    version: str


class Store:
    """An open store; use `open_store` or `create_store`."""

    def __init__(self, database: Database) -> None:
        self.database = database

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

    def file_name(self, document: NamedNode) -> str:
        """Return the name of the file that a document is."""
        graph = graphs(document)[1]
        found = self.database.quads_for_pattern(document, JX.fileName, None, graph)
        return next((q.object.value for q in found if isinstance(q.object, Literal)), "")

    def replace(self, entry: Entry, quads: Iterable[Quad]) -> None:
        """Put a document in, in the place of what the same file was before, in one transaction."""
        known = self.entry(entry.source)
        new = [*quads, *_ledger(entry)]
        stale = {known.document, entry.document} if known else {entry.document}
        kept = self._used_elsewhere(entry.source)
        old = [g for d in stale if d == entry.document or d not in kept for g in graphs(d)]
        if known or any(self.database.contains_named_graph(graph) for graph in old):
            self.database.update(_replacing(old, _entry_iri(entry.source), new))
        else:
            self.database.extend(new)

    def _used_elsewhere(self, source: str) -> set[NamedNode]:
        """Return the documents that other files are as well: copies of one file."""
        own = _entry_iri(source)
        found = self.database.quads_for_pattern(None, PROV.used, None, LEDGER)
        return {q.object for q in found if q.subject != own and isinstance(q.object, NamedNode)}

    def refresh_codes(self) -> None:
        """Put the shipped code lists and terms in, in one transaction, where they differ."""
        new = set(codes())
        old = {
            q for g in (CODES, TERMS) for q in self.database.quads_for_pattern(None, None, None, g)
        }
        if new != old:
            self.database.update(_replacing([CODES, TERMS], None, new))

    def quads(self, names: Iterable[NamedNode] | None = None) -> Iterator[Quad]:
        """Yield the quads of the named graphs given, by default of all but the ledger."""
        if names is None:
            names = sorted(self._published(), key=lambda node: node.value)
        for name in names:
            yield from self.database.quads_for_pattern(None, None, None, name)

    def _published(self) -> list[NamedNode]:
        found = self.database.named_graphs()
        return [graph for graph in found if isinstance(graph, NamedNode) and graph != LEDGER]

    def _one(self, subject: NamedNode, predicate: NamedNode) -> object:
        found = self.database.quads_for_pattern(subject, predicate, None, LEDGER)
        return next((quad.object for quad in found), None)


@contextmanager
def create_store(folder: Path) -> Generator[Store]:
    """Open a store for writing, made where there is none; raises `StoreError`."""
    _check(folder, writing=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARKER).write_bytes(msgspec.json.encode({"format": FORMAT}))
        store = Store(Database(folder / "graph"))
    except OSError as error:
        raise _fault(folder, error) from error
    yield store
    store.database.flush()


@contextmanager
def open_store(folder: Path) -> Generator[Store]:
    """Open a store for reading; raises `StoreError` where there is none."""
    _check(folder, writing=False)
    try:
        yield Store(Database.read_only(str(folder / "graph")))
    except OSError as error:
        raise _fault(folder, error) from error


def check_writable(folder: Path) -> None:
    """Raise `StoreError` where no store can be made in the folder; it changes nothing."""
    _check(folder, writing=True)


def _check(folder: Path, *, writing: bool) -> None:
    marker = folder / _MARKER
    if marker.is_file():
        try:
            known = msgspec.json.decode(marker.read_bytes(), type=dict[str, str]).get("format")
        except (msgspec.DecodeError, OSError) as error:
            raise StoreError("store-damaged", store=folder) from error
        if known != FORMAT:
            raise StoreError("store-format", store=folder, format=known)
    elif not writing:
        raise StoreError("store-missing", store=folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError("store-foreign", store=folder)


def _fault(folder: Path, error: OSError) -> StoreError:
    if "lock" in str(error).lower():
        return StoreError("store-locked", store=folder)
    return StoreError("store-failed", store=folder, reason=str(error).splitlines()[0])


def _entry_iri(source: str) -> NamedNode:
    return NamedNode(f"{HOME}id/reading/{sha256(source.encode()).hexdigest()[:16]}")


def _ledger(entry: Entry) -> Generator[Quad]:
    node = _entry_iri(entry.source)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    yield Quad(node, RDF.type, PROV.Activity, LEDGER)
    yield Quad(node, PROV.used, entry.document, LEDGER)
    yield Quad(node, DCT.source, Literal(entry.source), LEDGER)
    yield Quad(node, JX.readerVersion, Literal(entry.version), LEDGER)
    yield Quad(node, PROV.endedAtTime, Literal(now, datatype=XSD.dateTime), LEDGER)


def _replacing(old: Iterable[NamedNode], entry: NamedNode | None, new: Iterable[Quad]) -> str:
    """Return the update that swaps graphs: one request is one transaction."""
    drops = [f"DROP SILENT GRAPH {graph}" for graph in old]
    if entry is not None:
        drops.append(f"DELETE WHERE {{ GRAPH {LEDGER} {{ {entry} ?p ?o }} }}")
    by_graph = dict[object, list[str]]()
    for quad in new:
        triple = f"{quad.subject} {quad.predicate} {quad.object} ."
        by_graph.setdefault(quad.graph_name, []).append(triple)
    inserts = "\n".join(f"GRAPH {g} {{ {' '.join(lines)} }}" for g, lines in by_graph.items())
    return " ;\n".join([*drops, f"INSERT DATA {{ {inserts} }}"])
