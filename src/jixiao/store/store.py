"""The store: an Oxigraph database in a folder, a document in it replaced in one step.

    versions/0007/graph/         the database
    versions/0007/index.sqlite   the index of words and lists (see `index`)
    versions/0007/sources.list   where on this machine the files were, a path a line
    versions/0007/counts.json    how much of what there is, once it was counted (see `counts`)

Each document has its named graphs (see `iris`); others hold the code lists, the terms, the
questions, and what comparing the documents found. The default graph holds the union of them all,
each triple once: a department that ten documents name is named once. (Oxigraph can take the union
while it answers, but then counts a triple as often as graphs state it.) The ledger graph says
when which version read what; it is of this machine and leaves the store with no export.
"""

import json
import math
import os
import re
import shutil
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import blake2b, sha256
from itertools import islice
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize
from pyoxigraph import Store as Database

from jixiao.errors import StoreError
from jixiao.messages import shown
from jixiao.rdf.code_lists import CODES, TERMS, codes
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.namespaces import HOME, JX, PROV
from jixiao.rdf.questions import QUESTIONS, question_quads
from jixiao.store.provenance import LEDGER, Entry, entry_iri, making, making_iri, reading
from jixiao.store.versions import check_writable, unfinished, writing
from jixiao.store.versions import reading as held_open

__all__ = ["LEDGER", "Entry", "Store", "check_writable", "create_store", "open_store"]

COMPARISON = NamedNode(HOME + "graph/comparison")
_GRAPH = "graph"
INDEX = "index.sqlite"
SOURCES = "sources.list"
COUNTS = "counts.json"
_COMPARED_AT_ONCE = 200_000  # quads of the comparison that are loaded in one step
_REMOVED_AT_ONCE = 20_000  # and that are taken out in one
_IN_MEMORY = 1.5  # bytes of memory that a byte on disk takes: measured on 247 papers
_ARRIVING, _LOADING = "arriving", "loading"  # folders of a version that is written
_GRAPHS, _UNION = "graphs.nq", "union.nt"  # files in them


class Store:
    """An open store, and the version that it is; use `open_store` or `create_store`."""

    def __init__(self, database: Database, path: Path = Path()) -> None:
        self.database, self.path = database, path
        self._known: dict[object, str] | None = None

    def entry(self, source: str) -> Entry | None:
        """Return what the ledger says of a file, by its path."""
        return self._entry(source, entry_iri(source))

    def _entry(self, source: str, node: NamedNode) -> Entry | None:
        document = self._one(node, PROV.used)
        return Entry(source, document, *self._made(document)) if document else None

    def _made(self, document: NamedNode) -> tuple[str, str]:
        """Return the version that read a document, and the profile that it was held to."""
        node = making_iri(document)
        return self._value(node, JX.readerVersion), self._value(node, JX.profileDigest)

    def readings(self, document: NamedNode) -> list[Entry]:
        """Return what the ledger says of the files that a document is, by their paths."""
        found = (self._entry(path, entry_iri(path)) for path in self.sources(document))
        return [entry for entry in found if entry]

    def read_as(self, entry: Entry) -> bool:
        """Tell whether a document is there, read and checked so, from whatever file."""
        same = self._made(entry.document) == (entry.version, entry.profile)
        return same and self.holds(entry.document)

    def holds(self, document: NamedNode) -> bool:
        """Tell whether anything is stated in the graphs of a document."""
        return any(next(self._graph(graph), None) for graph in graphs(document))

    def documents(self) -> list[NamedNode]:
        """Return the documents in the store, in the order of their IRIs."""
        found = self.database.quads_for_pattern(None, PROV.used, None, LEDGER)
        documents = {q.object for q in found if isinstance(q.object, NamedNode)}
        return sorted(documents, key=lambda node: node.value)

    def versions(self) -> dict[str, str]:
        """Return which version of the reader read each document, by its IRI."""
        found = self.database.quads_for_pattern(None, JX.readerVersion, None, LEDGER)
        told = {q.subject: q.object.value for q in found if isinstance(q.object, Literal)}
        return {d.value: told.get(making_iri(d), "") for d in self.documents()}

    def sources(self, document: NamedNode) -> list[str]:
        """Return the paths of the files that a document was read from, on this machine."""
        found = self.database.quads_for_pattern(None, PROV.used, document, LEDGER)
        return sorted(path for quad in found if (path := self._paths().get(quad.subject)))

    def paths(self) -> list[str]:
        """Return the paths that were ever read."""
        return sorted(self._paths().values())

    def _paths(self) -> dict[object, str]:
        """Return the paths that were ever read; a line that a killed writer left is passed over."""
        if self._known is None:
            try:
                lines = (self.path / SOURCES).read_bytes().split(b"\n")
            except FileNotFoundError:
                lines = [b""]
            self._known = {entry_iri(path): path for path in map(_path, lines[:-1])}
        return self._known

    def _value(self, subject: object, predicate: NamedNode) -> str:
        if not isinstance(subject, NamedNode):
            return ""
        found = self.database.quads_for_pattern(subject, predicate, None, LEDGER)
        return next((q.object.value for q in found if isinstance(q.object, Literal)), "")

    def file_name(self, document: NamedNode) -> str:
        """Return the name of the file that a document is."""
        graph = graphs(document)[1]
        found = self.database.quads_for_pattern(document, JX.fileName, None, graph)
        return next((q.object.value for q in found if isinstance(q.object, Literal)), "")

    def stage(self, lines: "SerializedQuads") -> None:
        """Let a document wait for the next load, with others."""
        folder = self.path / _ARRIVING
        folder.mkdir(exist_ok=True)
        for name, content in ((_UNION, lines.union), (_GRAPHS, lines.graphs)):
            with (folder / name).open("ab") as file:
                file.write(content)

    def seal(self) -> None:
        """Have what has arrived loaded next: what arrives from now on waits for the load after."""
        (self.path / _ARRIVING).rename(self.path / _LOADING)

    def bulk_load(self, entries: Sequence[Entry]) -> None:
        """Put what was set aside in: documents that are not there yet, with their entries.

        The union comes first: where this is broken off the next writer mends it (see `mend`). It
        comes by itself, since the engine holds in memory what it loads at once.
        """
        folder = self.path / _LOADING
        with (folder / _GRAPHS).open("ab") as lines:
            for entry in entries:
                self._known_as(entry.source)
                told = (*reading(entry), *making(entry))
                lines.writelines(f"{quad} .\n".encode() for quad in told)
        # Our own lines need no second look at their IRIs: an eighth of the time.
        for name, syntax in ((_UNION, RdfFormat.N_TRIPLES), (_GRAPHS, RdfFormat.N_QUADS)):
            self.database.bulk_load(path=str(folder / name), format=syntax, lenient=True)
        shutil.rmtree(folder)

    def repair(self) -> None:
        """Take out what a writer that was broken off left: in the union, and half a path."""
        left = self.path / _LOADING / _UNION
        if left.is_file():
            for triple in parse(path=left, format=RdfFormat.N_TRIPLES, lenient=True):
                quad = _in_union(triple)
                if not self._elsewhere(quad, set()):
                    self.database.remove(quad)
        for name in (_ARRIVING, _LOADING):
            shutil.rmtree(self.path / name, ignore_errors=True)
        if (paths := self.path / SOURCES).is_file():
            os.truncate(paths, paths.read_bytes().rfind(b"\n") + 1)  # what is whole stays untouched

    def optimize(self) -> None:
        """Merge what many loads left in layers: questions take half the time or a third."""
        self.database.optimize()

    def replace(self, entry: Entry, quads: Iterable[Quad]) -> None:
        """Put a document in, in the place of how it was made before, in one transaction.

        The document that the same file was before stays until it is collected.
        """
        self._known_as(entry.source)
        old = self._reading(entry.source) | self._all_of(entry.document)
        self._change(old, {*quads, *reading(entry), *making(entry)})

    def add(self, entry: Entry) -> None:
        """Note that a file is a document that is there: a copy, or its new name."""
        self._known_as(entry.source)
        self._change(self._reading(entry.source), {*reading(entry)})

    def drop(self, source: str) -> None:
        """Note that a file is there no more; what it said stays until it is collected."""
        self._change(self._reading(source), set())

    def delete_orphans(self) -> None:
        """Take out each document that no file is any more."""
        named = {g.value.rpartition("/")[0] for g in self.database.named_graphs() if _of_paper(g)}
        for document in sorted(named - {document.value for document in self.documents()}):
            if old := self._all_of(NamedNode(document)):
                self._change(old, set())

    def rename(self, document: NamedNode) -> None:
        """Call a document by the name of the first of its files that is there."""
        files = [entry.source for entry in self.readings(document)]
        graph = graphs(document)[1]
        old = set(self.database.quads_for_pattern(document, JX.fileName, None, graph))
        if files and old:
            name = Literal(shown(re.split(r"[/\\]", files[0])[-1]))
            self._change(old, {Quad(document, JX.fileName, name, graph)})

    def _reading(self, source: str) -> set[Quad]:
        """Return what the ledger says of a file alone."""
        return set(self.database.quads_for_pattern(entry_iri(source), None, None, LEDGER))

    def _all_of(self, document: NamedNode) -> set[Quad]:
        """Return what a document states, and what the ledger says of its making."""
        told = set(self.database.quads_for_pattern(making_iri(document), None, None, LEDGER))
        for graph in graphs(document):
            told |= set(self._graph(graph))
            told |= set(self.database.quads_for_pattern(graph, PROV.wasGeneratedBy, None, LEDGER))
        return told

    def _known_as(self, source: str) -> None:
        """Keep the path of a file, apart from the graph: it is no one else's business."""
        if entry_iri(source) in self._paths():
            return
        self._paths()[entry_iri(source)] = source
        with (self.path / SOURCES).open("ab") as file:
            file.write(_line(source))

    def log_run(self, quads: Iterable[Quad]) -> None:
        """Put what a run did into the ledger."""
        self.database.extend(quads)

    def refresh_codes(self) -> None:
        """Put the shipped code lists, terms and questions in where they differ."""
        shipped = {*codes(), *question_quads()}
        self._change({q for g in (CODES, TERMS, QUESTIONS) for q in self._graph(g)}, shipped)

    def state(self) -> str:
        """Return a digest of which documents there are, and which version read them."""
        told = (
            str(quad)
            for predicate in (PROV.used, JX.readerVersion)
            for quad in self.database.quads_for_pattern(None, predicate, None, LEDGER)
        )
        total = sum(int.from_bytes(sha256(text.encode()).digest()) for text in told)
        return f"{total % 2**256:064x}"

    def compared(self) -> bool:
        """Tell whether the graph of comparisons is of the documents as they are now."""
        return self.compared_as() == self.state()

    def compared_as(self) -> str:
        """Return what state of the documents was compared; blank where none was to its end."""
        return self._value(COMPARISON, PROV.wasDerivedFrom)

    @contextmanager
    def comparing(self, state: str) -> Generator[None]:
        """Have the graph of comparisons changed, to be of this state of the documents.

        Broken off, it counts as not compared.
        """
        for quad in list(self.database.quads_for_pattern(COMPARISON, None, None, LEDGER)):
            self.database.remove(quad)
        yield
        self.database.add(Quad(COMPARISON, PROV.wasDerivedFrom, Literal(state), LEDGER))

    def replace_comparison(self, quads: Iterable[Quad]) -> None:
        """Put the comparison of all documents in: what is new is added, what is gone removed."""
        gone = {_digest(quad) for quad in self._graph(COMPARISON)}
        self._add_compared(_fresh(quads, gone))
        self._remove([q for q in self._graph(COMPARISON) if _digest(q) in gone] if gone else [])

    def change_comparison(self, gone: Sequence[Quad], fresh: Iterable[Quad]) -> None:
        """Take what is gone out of the comparison, and put in what is new."""
        self._add_compared(fresh)
        self._remove(gone)

    def _add_compared(self, quads: Iterable[Quad]) -> None:
        left = iter(quads)
        while step := list(islice(left, _COMPARED_AT_ONCE)):
            self.stage(serialize_quads(step))
            self.seal()
            self.bulk_load([])

    def _remove(self, quads: Sequence[Quad]) -> None:
        for start in range(0, len(quads), _REMOVED_AT_ONCE):
            self._change(set(quads[start : start + _REMOVED_AT_ONCE]), set())

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
        """Tell whether a graph states a triple of the union as well, besides what is removed."""
        found = self.database.quads_for_pattern(
            triple.subject, triple.predicate, triple.object, None
        )
        stated = (q for q in found if q.graph_name != DefaultGraph())
        return any(q not in removed and _published(q) for q in stated)

    def _graph(self, name: NamedNode) -> Iterator[Quad]:
        return self.database.quads_for_pattern(None, None, None, name)

    def in_memory(self, most: float = math.inf) -> "Store":
        """Return a copy held in memory, where questions take a fraction of the time.

        Some 250 papers take a gigabyte, and while it is made almost twice that; raises `StoreError`
        where it may take more than `most` bytes.
        """
        on_disk = sum(file.stat().st_size for file in (self.path / _GRAPH).iterdir())
        if (needed := on_disk * _IN_MEMORY) > most:
            told = {"needed": f"{needed / 2**20:,.0f}", "most": f"{most / 2**20:,.0f}"}
            raise StoreError("store-large", store=self.path.parent.parent, **told)
        lines, held = self.database.dump(format=RdfFormat.N_QUADS), Database()
        held.bulk_load(lines, format=RdfFormat.N_QUADS, lenient=True)
        return Store(held, self.path)

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

    def _one(self, subject: NamedNode, predicate: NamedNode) -> NamedNode | None:
        found = self.database.quads_for_pattern(subject, predicate, None, LEDGER)
        return next((q.object for q in found if isinstance(q.object, NamedNode)), None)


@contextmanager
def create_store(folder: Path) -> Generator[Store]:
    """Open a store for writing, made where there is none; raises `StoreError`.

    Readers go on with what it was until it is closed; what raised in between is not published,
    but the next writer goes on from there.
    """
    with ExitStack() as held:
        with storage_errors(folder):
            path = held.enter_context(writing(folder, _copy, _opens))
            (path / COUNTS).unlink(missing_ok=True)
            store = Store(Database(path / _GRAPH), path)
            store.repair()
        held.callback(delattr, store, "database")  # before the version is published
        yield store
        with storage_errors(folder):
            store.database.flush()


@contextmanager
def open_store(folder: Path, *, latest: bool = False) -> Generator[Store]:
    """Open a store for reading; raises `StoreError` where there is none.

    `latest` also reads what a writer has begun and not published.
    """
    begun = unfinished(folder) if latest else None
    with nullcontext(begun) if begun and _opens(begun) else held_open(folder) as path:
        with storage_errors(folder):
            store = Store(Database.read_only(str(path / _GRAPH)), path)
        yield store


@contextmanager
def storage_errors(folder: Path) -> Generator[None]:
    """Turn what the disk or a database says into a `StoreError`."""
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:
        raise _fault(folder, error) from error


def _opens(path: Path) -> bool:
    """Tell whether a version can be opened: one that a full disk cut short may not."""
    try:
        Database.read_only(str(path / _GRAPH))
    except (OSError, RuntimeError):
        return False
    return True


def _copy(before: Path | None, path: Path) -> None:
    """Make a version of the store: the database shares its files, the index is copied."""
    if before is None:
        Database(path / _GRAPH).flush()
        return
    Database.read_only(str(before / _GRAPH)).backup(str(path / _GRAPH))
    for name in (INDEX, SOURCES):
        if (before / name).is_file():
            shutil.copy(before / name, path)


def _line(path: str) -> bytes:
    """Return how a path is kept: as it is, or in JSON where it has a line break."""
    return os.fsencode(json.dumps(path) if "\n" in path else path) + b"\n"


def _path(line: bytes) -> str:
    return str(json.loads(line)) if line.startswith(b'"') else os.fsdecode(line)


def _fault(folder: Path, error: Exception) -> StoreError:
    """Return what is wrong with a store; of a damaged database its engine tells as corruption."""
    reason = str(error).replace(str(folder), "")
    if re.search(r"no space left|disk is full|quota", reason, re.IGNORECASE):
        return StoreError("store-full", store=folder)
    if re.search(r"\block\b", reason, re.IGNORECASE):
        return StoreError("store-locked", store=folder)
    if isinstance(error, RuntimeError):
        return StoreError("store-corrupt", store=folder, reason=reason.splitlines()[0])
    return StoreError("store-failed", store=folder, reason=str(error).splitlines()[0])


@dataclass(frozen=True, slots=True)
class SerializedQuads:
    """A document as a store loads it: its graphs as N-Quads, their union as N-Triples."""

    graphs: bytes
    union: bytes


def serialize_quads(quads: Sequence[Quad]) -> SerializedQuads:
    """Return the quads of a document as a store loads them."""
    union = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
    return SerializedQuads(serialize(quads, format=RdfFormat.N_QUADS) or b"", union or b"")


def _fresh(quads: Iterable[Quad], known: set[bytes]) -> Iterator[Quad]:
    """Yield those whose digests are not known; those that are known are taken out of it."""
    for quad in quads:
        digest = _digest(quad)
        if digest in known:
            known.remove(digest)
        else:
            yield quad


def _of_paper(graph: object) -> bool:
    """Tell whether a graph is one of a document."""
    return isinstance(graph, NamedNode) and graph.value.startswith(document_iri("").value)


def _digest(quad: Quad) -> bytes:
    return blake2b(str(quad).encode(), digest_size=12).digest()


def _published(quad: Quad) -> bool:
    """Tell whether a quad belongs to what the store says of documents, not of this machine."""
    return quad.graph_name != LEDGER


def _in_union(quad: Quad | Triple) -> Quad:
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
