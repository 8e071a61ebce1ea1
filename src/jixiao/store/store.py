"""The store: an Oxigraph database in a folder, in which a document is replaced in one step.

    versions/0007/graph/         the database
    versions/0007/index.sqlite   the full-text index and lists (see `search_index`)
    versions/0007/sources.list   the paths of the files on this machine, one a line
    versions/0007/counts.json    the statistics, once they were counted (see `statistics`)
    records/                     the records that documents were mapped from (see `records`)

Each document has its named graphs (see `rdf.iris`). Other graphs hold the code lists, the terms,
the questions, and the results of comparing the documents. The default graph is the union of them
all, with each triple once: a department that ten documents name is named once. (Oxigraph can build
the union while it answers, but then it counts a triple once for each graph that states it.) The
ledger graph records which program read what, and when; it belongs to one machine and is part of no
export.
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

from jixiao import fingerprints
from jixiao.errors import StoreError
from jixiao.fingerprints import STAGES, Fingerprints
from jixiao.messages import shown
from jixiao.rdf.code_lists import CODES, TERMS, codes
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.namespaces import HOME, JX, PROV
from jixiao.rdf.questions import QUESTIONS, question_quads
from jixiao.store.provenance import (
    FINGERPRINTS,
    LEDGER,
    Entry,
    entry_iri,
    making,
    making_iri,
    reading,
)
from jixiao.store.records import Records
from jixiao.store.versions import check_writable, open_version, unfinished, write_version

__all__ = ["LEDGER", "Entry", "Store", "check_writable", "create_store", "open_store"]

COMPARISON = NamedNode(HOME + "graph/comparison")
_GRAPH = "graph"
INDEX = "index.sqlite"
SOURCES = "sources.list"
COUNTS = "counts.json"
_COMPARED_AT_ONCE = 200_000  # quads of the comparison that are loaded in one step
_REMOVED_AT_ONCE = 20_000  # quads of the comparison that are removed in one step
_IN_MEMORY = 1.5  # bytes of memory for each byte on disk: measured on 247 documents
_STAGED, _SEALED = "arriving", "loading"  # folders of a version that is being written
_GRAPHS, _UNION = "graphs.nq", "union.nt"  # files in them


class Store:
    """An open version of a store.

    Use `open_store` to read one and `create_store` to write one. `database` is the Oxigraph store,
    `path` the folder of the version.
    """

    def __init__(self, database: Database, path: Path = Path()) -> None:
        self.database, self.path = database, path
        self._paths_by_reading: dict[object, str] | None = None

    @property
    def records(self) -> Records:
        """The records of the documents, shared by all versions of the store."""
        return Records(self.path.parent.parent)

    def entry(self, source: str) -> Entry | None:
        """Return the ledger's entry for a file, by its path, or None."""
        return self._entry(source, entry_iri(source))

    def _entry(self, source: str, node: NamedNode) -> Entry | None:
        document = self._one(node, PROV.used)
        return Entry(source, document, self.fingerprints(document)) if document else None

    def fingerprints(self, document: NamedNode) -> Fingerprints:
        """Return what a document was read, mapped and checked by; blank where it is not there."""
        node = making_iri(document)
        return Fingerprints(*(self._value(node, FINGERPRINTS[stage]) for stage in STAGES))

    def readings(self, document: NamedNode) -> list[Entry]:
        """Return the ledger's entries for all files with the content of a document, by path."""
        entries = (self._entry(path, entry_iri(path)) for path in self.sources(document))
        return [entry for entry in entries if entry]

    def holds(self, document: NamedNode) -> bool:
        """Return whether the graphs of a document state anything."""
        return any(next(self._graph(graph), None) for graph in graphs(document))

    def documents(self) -> list[NamedNode]:
        """Return the documents in the store, in the order of their IRIs."""
        readings = self.database.quads_for_pattern(None, PROV.used, None, LEDGER)
        documents = {q.object for q in readings if isinstance(q.object, NamedNode)}
        return sorted(documents, key=lambda node: node.value)

    def all_fingerprints(self) -> dict[str, str]:
        """Return by what each document was made, by its IRI: all its fingerprints as one text."""
        stages = [dict[object, str](), dict[object, str](), dict[object, str]()]
        for stage, values in zip(STAGES, stages, strict=True):
            for quad in self.database.quads_for_pattern(None, FINGERPRINTS[stage], None, LEDGER):
                if isinstance(quad.object, Literal):
                    values[quad.subject] = quad.object.value
        nodes = {document.value: making_iri(document) for document in self.documents()}
        return {
            iri: fingerprint_text(Fingerprints(*(values.get(node, "") for values in stages)))
            for iri, node in nodes.items()
        }

    def sources(self, document: NamedNode) -> list[str]:
        """Return the paths of the files that a document was read from, on this machine."""
        readings = self.database.quads_for_pattern(None, PROV.used, document, LEDGER)
        return sorted(path for quad in readings if (path := self._paths().get(quad.subject)))

    def paths(self) -> list[str]:
        """Return the paths of all files that were ever read."""
        return sorted(self._paths().values())

    def _paths(self) -> dict[object, str]:
        """Return the paths that were ever read; skip a half line that a killed writer left."""
        if self._paths_by_reading is None:
            try:
                lines = (self.path / SOURCES).read_bytes().split(b"\n")
            except FileNotFoundError:
                lines = [b""]
            self._paths_by_reading = {entry_iri(path): path for path in map(_path, lines[:-1])}
        return self._paths_by_reading

    def _value(self, subject: object, predicate: NamedNode) -> str:
        if not isinstance(subject, NamedNode):
            return ""
        quads = self.database.quads_for_pattern(subject, predicate, None, LEDGER)
        return next((q.object.value for q in quads if isinstance(q.object, Literal)), "")

    def file_name(self, document: NamedNode) -> str:
        """Return the name of the file that a document is."""
        graph = graphs(document)[1]
        names = self.database.quads_for_pattern(document, JX.fileName, None, graph)
        return next((q.object.value for q in names if isinstance(q.object, Literal)), "")

    def stage(self, lines: "SerializedQuads") -> None:
        """Write a new document to the files that the next bulk load reads."""
        folder = self.path / _STAGED
        folder.mkdir(exist_ok=True)
        for name, content in ((_UNION, lines.union), (_GRAPHS, lines.graphs)):
            with (folder / name).open("ab") as file:
                file.write(content)

    def seal(self) -> None:
        """Close the batch of staged documents; those staged from now on are the next batch."""
        (self.path / _STAGED).rename(self.path / _SEALED)

    def bulk_load(self, entries: Sequence[Entry]) -> None:
        """Bulk-load the sealed documents (all new) and record them in the ledger.

        The union is loaded first: if the load is interrupted, the next writer repairs it (see
        `repair`). It is loaded by itself, since the engine holds a load in memory.
        """
        folder = self.path / _SEALED
        with (folder / _GRAPHS).open("ab") as lines:
            for entry in entries:
                self._keep_path(entry.source)
                told = (*reading(entry), *making(entry))
                lines.writelines(f"{quad} .\n".encode() for quad in told)
        # Our own lines need no second look at their IRIs: an eighth of the time.
        for name, syntax in ((_UNION, RdfFormat.N_TRIPLES), (_GRAPHS, RdfFormat.N_QUADS)):
            self.database.bulk_load(path=str(folder / name), format=syntax, lenient=True)
        shutil.rmtree(folder)

    def repair(self) -> None:
        """Remove what an interrupted writer left: triples of the union, and half a path."""
        left = self.path / _SEALED / _UNION
        if left.is_file():
            for triple in parse(path=left, format=RdfFormat.N_TRIPLES, lenient=True):
                quad = _in_union(triple)
                if not self._is_stated(quad, set()):
                    self.database.remove(quad)
        for name in (_STAGED, _SEALED):
            shutil.rmtree(self.path / name, ignore_errors=True)
        if (paths := self.path / SOURCES).is_file():
            os.truncate(paths, paths.read_bytes().rfind(b"\n") + 1)  # what is whole stays untouched

    def optimize(self) -> None:
        """Merge the layers that many loads leave: queries then take a third to half of the time."""
        self.database.optimize()

    def replace(self, entry: Entry, quads: Iterable[Quad]) -> None:
        """Replace the graphs of a document in one transaction.

        The document that the same file was before stays until `delete_orphans`.
        """
        self._keep_path(entry.source)
        old = self._reading(entry.source) | self._all_of(entry.document)
        self._change(old, {*quads, *reading(entry), *making(entry)})

    def replace_findings(self, entry: Entry, quads: Iterable[Quad]) -> None:
        """Replace the findings of a document by those of a new check, in one transaction.

        Args:
            entry: the document, with the fingerprints that hold from now on.
            quads: the whole graph of its findings.

        """
        self._keep_path(entry.source)
        findings = graphs(entry.document)[2]
        node = making_iri(entry.document)
        old = set(self._graph(findings)) | self._reading(entry.source)
        old |= set(self.database.quads_for_pattern(node, None, None, LEDGER))
        old |= {q for q in making(entry) if q.subject != node}  # that its graphs come of it stays
        self._change(old, {*quads, *reading(entry), *making(entry)})

    def add_file(self, entry: Entry) -> None:
        """Record that a file has the content of a stored document: a copy, or a renamed file."""
        self._keep_path(entry.source)
        self._change(self._reading(entry.source), {*reading(entry)})

    def drop_file(self, source: str) -> None:
        """Record that a file is gone; its document stays until `delete_orphans`."""
        self._change(self._reading(source), set())

    def delete_orphans(self) -> bool:
        """Delete each document that no file is any longer; return whether there was one."""
        stored = {
            g.value.rpartition("/")[0] for g in self.database.named_graphs() if _is_of_document(g)
        }
        deleted = False
        for document in sorted(stored - {document.value for document in self.documents()}):
            if old := self._all_of(NamedNode(document)):
                self._change(old, set())
                deleted = True
        return deleted

    def rename(self, document: NamedNode) -> None:
        """Name a document after the first of its files."""
        files = [entry.source for entry in self.readings(document)]
        graph = graphs(document)[1]
        old = set(self.database.quads_for_pattern(document, JX.fileName, None, graph))
        if files and old:
            name = Literal(shown(re.split(r"[/\\]", files[0])[-1]))
            self._change(old, {Quad(document, JX.fileName, name, graph)})

    def _reading(self, source: str) -> set[Quad]:
        """Return the quads of the ledger about a file."""
        return set(self.database.quads_for_pattern(entry_iri(source), None, None, LEDGER))

    def _all_of(self, document: NamedNode) -> set[Quad]:
        """Return the quads of the graphs of a document, and of the ledger about how it was made."""
        told = set(self.database.quads_for_pattern(making_iri(document), None, None, LEDGER))
        for graph in graphs(document):
            told |= set(self._graph(graph))
            told |= set(self.database.quads_for_pattern(graph, PROV.wasGeneratedBy, None, LEDGER))
        return told

    def _keep_path(self, source: str) -> None:
        """Keep the path of a file outside of the graph: it concerns this machine only."""
        if entry_iri(source) in self._paths():
            return
        self._paths()[entry_iri(source)] = source
        with (self.path / SOURCES).open("ab") as file:
            file.write(_line(source))

    def log_run(self, quads: Iterable[Quad]) -> None:
        """Add the quads of a run to the ledger."""
        self.database.extend(quads)

    def refresh_codes(self) -> None:
        """Replace the code lists, terms and questions by the current ones if they differ."""
        shipped = {*codes(), *question_quads()}
        self._change({q for g in (CODES, TERMS, QUESTIONS) for q in self._graph(g)}, shipped)

    def state(self) -> str:
        """Return what a comparison depends on: the documents, and the code that made them."""
        told = (
            str(quad)
            for predicate in (PROV.used, FINGERPRINTS["read"], FINGERPRINTS["map"])
            for quad in self.database.quads_for_pattern(None, predicate, None, LEDGER)
        )
        total = sum(int.from_bytes(sha256(text.encode()).digest()) for text in told)
        return f"{total % 2**256:064x}-{fingerprints.comparison()}"

    def is_compared(self) -> bool:
        """Return whether the comparison is of the documents as they are now."""
        return self.compared_state() == self.state()

    def compared_state(self) -> str:
        """Return the state of the documents that was compared, or "" if none was completed."""
        return self._value(COMPARISON, PROV.wasDerivedFrom)

    @contextmanager
    def comparing(self, state: str) -> Generator[None]:
        """Change the graph of comparisons to that of a state of the documents.

        If this is interrupted, the documents count as not compared.
        """
        for quad in list(self.database.quads_for_pattern(COMPARISON, None, None, LEDGER)):
            self.database.remove(quad)
        yield
        self.database.add(Quad(COMPARISON, PROV.wasDerivedFrom, Literal(state), LEDGER))

    def replace_comparison(self, quads: Iterable[Quad]) -> None:
        """Replace the graph of comparisons; only its differences are written."""
        obsolete = {_digest(quad) for quad in self._graph(COMPARISON)}
        self._add_compared(_without(quads, obsolete))
        stored = self._graph(COMPARISON) if obsolete else ()
        self._remove([quad for quad in stored if _digest(quad) in obsolete])

    def change_comparison(self, removed: Sequence[Quad], added: Iterable[Quad]) -> None:
        """Add quads to the graph of comparisons, and remove others."""
        self._add_compared(added)
        self._remove(removed)

    def _add_compared(self, quads: Iterable[Quad]) -> None:
        remaining = iter(quads)
        while step := list(islice(remaining, _COMPARED_AT_ONCE)):
            self.stage(serialize_quads(step))
            self.seal()
            self.bulk_load([])

    def _remove(self, quads: Sequence[Quad]) -> None:
        for start in range(0, len(quads), _REMOVED_AT_ONCE):
            self._change(set(quads[start : start + _REMOVED_AT_ONCE]), set())

    def _change(self, old: set[Quad], new: set[Quad]) -> None:
        """Remove quads and add others, and keep the default graph the union of the named graphs."""
        added, removed = new - old, old - new
        if not removed:
            self.database.extend([*added, *(_in_union(q) for q in added if _published(q))])
            return
        kept = {_in_union(quad) for quad in new if _published(quad)}
        unstated = {_in_union(quad) for quad in removed if _published(quad)} - kept
        removed |= {quad for quad in unstated if not self._is_stated(quad, removed)}
        added |= {_in_union(quad) for quad in added if _published(quad)}
        self.database.update(
            f"DELETE DATA {{ {_data(removed)} }} ; INSERT DATA {{ {_data(added)} }}"
        )

    def _is_stated(self, triple: Quad, removed: set[Quad]) -> bool:
        """Return whether a named graph states a triple of the union, in a quad that stays."""
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        quads = self.database.quads_for_pattern(subject, predicate, value, None)
        named = (quad for quad in quads if quad.graph_name != DefaultGraph())
        return any(quad not in removed and _published(quad) for quad in named)

    def _graph(self, name: NamedNode) -> Iterator[Quad]:
        return self.database.quads_for_pattern(None, None, None, name)

    def in_memory(self, most: float = math.inf) -> "Store":
        """Return a copy in memory, where queries take a fraction of the time.

        Some 250 documents take a gigabyte, and almost twice that while they are copied.

        Args:
            most: how many bytes the copy may take.

        Raises:
            StoreError: it may take more.

        """
        on_disk = sum(file.stat().st_size for file in (self.path / _GRAPH).iterdir())
        if (needed := on_disk * _IN_MEMORY) > most:
            sizes = {"needed": f"{needed / 2**20:,.0f}", "most": f"{most / 2**20:,.0f}"}
            raise StoreError("store-large", store=self.path.parent.parent, **sizes)
        lines, copy = self.database.dump(format=RdfFormat.N_QUADS), Database()
        copy.bulk_load(lines, format=RdfFormat.N_QUADS, lenient=True)
        return Store(copy, self.path)

    def union(self) -> Iterator[Quad]:
        """Yield the triples of all graphs, each once, those of a subject together."""
        return self.database.quads_for_pattern(None, None, None, DefaultGraph())

    def quads(self, names: Iterable[NamedNode] | None = None) -> Iterator[Quad]:
        """Yield the quads of the named graphs given, by default of all but the ledger."""
        for name in self.graphs() if names is None else names:
            yield from self._graph(name)

    def graphs(self) -> list[NamedNode]:
        """Return the names of the graphs but the ledger, in order."""
        names = [g for g in self.database.named_graphs() if isinstance(g, NamedNode)]
        # The engine keeps the name of a graph that has become empty.
        filled = [name for name in names if name != LEDGER and next(self._graph(name), None)]
        return sorted(filled, key=lambda node: node.value)

    def _one(self, subject: NamedNode, predicate: NamedNode) -> NamedNode | None:
        quads = self.database.quads_for_pattern(subject, predicate, None, LEDGER)
        return next((q.object for q in quads if isinstance(q.object, NamedNode)), None)


@contextmanager
def create_store(folder: Path) -> Generator[Store]:
    """Open a store for writing; make it if there is none.

    Readers keep the version that they have opened until the new one is published at the end. If
    something is raised in between, nothing is published, and the next writer resumes from there.

    Raises:
        StoreError: the store cannot be opened or written, or another process writes it.

    """
    with ExitStack() as stack:
        with storage_errors(folder):
            path = stack.enter_context(write_version(folder, _copy, _opens))
            (path / COUNTS).unlink(missing_ok=True)
            store = Store(Database(path / _GRAPH), path)
            store.repair()
        stack.callback(delattr, store, "database")  # before the version is published
        yield store
        with storage_errors(folder):
            store.database.flush()


@contextmanager
def open_store(folder: Path, *, latest: bool = False) -> Generator[Store]:
    """Open a store for reading.

    Args:
        folder: the folder of the store.
        latest: open the version that an interrupted writer has left unpublished, if there is one.

    Raises:
        StoreError: there is no store, or it cannot be opened.

    """
    left = unfinished(folder) if latest else None
    with nullcontext(left) if left and _opens(left) else open_version(folder) as path:
        with storage_errors(folder):
            store = Store(Database.read_only(str(path / _GRAPH)), path)
        yield store


@contextmanager
def storage_errors(folder: Path) -> Generator[None]:
    """Turn errors of the disk and of the databases into a `StoreError`."""
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:
        raise _fault(folder, error) from error


def _opens(path: Path) -> bool:
    """Return whether a version can be opened; one that a full disk has cut short may not."""
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
    """Return a path as `sources.list` has it: as it is, or in JSON if it has a line break."""
    return os.fsencode(json.dumps(path) if "\n" in path else path) + b"\n"


def _path(line: bytes) -> str:
    return str(json.loads(line)) if line.startswith(b'"') else os.fsdecode(line)


def _fault(folder: Path, error: Exception) -> StoreError:
    """Return the error of a store by what the system or the engine says in its message."""
    reason = str(error).replace(str(folder), "")
    if re.search(r"no space left|disk is full|quota", reason, re.IGNORECASE):
        return StoreError("store-full", store=folder)
    if re.search(r"\block\b", reason, re.IGNORECASE):
        return StoreError("store-locked", store=folder)
    if isinstance(error, RuntimeError):
        return StoreError("store-corrupt", store=folder, reason=reason.splitlines()[0])
    return StoreError("store-failed", store=folder, reason=str(error).splitlines()[0])


def fingerprint_text(made_by: Fingerprints) -> str:
    """Return fingerprints as one text, as the index keeps them."""
    return " ".join((made_by.read, made_by.map, made_by.check))


@dataclass(frozen=True, slots=True)
class SerializedQuads:
    """A document ready for a bulk load: its graphs as N-Quads, their union as N-Triples."""

    graphs: bytes
    union: bytes


def serialize_quads(quads: Sequence[Quad]) -> SerializedQuads:
    """Serialize the quads of a document for a bulk load."""
    union = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
    return SerializedQuads(serialize(quads, format=RdfFormat.N_QUADS) or b"", union or b"")


def _without(quads: Iterable[Quad], stored: set[bytes]) -> Iterator[Quad]:
    """Yield the quads whose digests are not stored; remove from `stored` those that are."""
    for quad in quads:
        digest = _digest(quad)
        if digest in stored:
            stored.remove(digest)
        else:
            yield quad


def _is_of_document(graph: object) -> bool:
    """Return whether a graph belongs to a document."""
    return isinstance(graph, NamedNode) and graph.value.startswith(document_iri("").value)


def _digest(quad: Quad) -> bytes:
    return blake2b(str(quad).encode(), digest_size=12).digest()


def _published(quad: Quad) -> bool:
    """Return whether a quad may be exported: the ledger concerns this machine only."""
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
