"""The main job: files -> records -> quads -> findings -> store, as a stream.

A file that cannot be read costs itself only. Workers read, map and check; this process only loads
what they made, many documents in a step, while they go on. A file whose content is known is not
read again, whatever it is called now.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from jixiao.checks import profiles as profiles
from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO
from jixiao.comparison.update import compare
from jixiao.errors import FileError
from jixiao.pipeline.process_document import (
    CheckedDocument,
    ProcessedDocument,
    ProcessingOptions,
    Tally,
    make,
)
from jixiao.pipeline.sources import FailedFile, Source, documents
from jixiao.pipeline.workers import Executor, Limits, Outcome, cluster, here, processes
from jixiao.rdf.iris import document_iri
from jixiao.store import provenance, search_index
from jixiao.store.search_index import IndexEntries
from jixiao.store.statistics import counts
from jixiao.store.store import (
    Entry,
    Store,
    check_writable,
    create_store,
    open_store,
    storage_errors,
)
from jixiao.store.versions import is_store, unfinished

__all__ = ["CheckedDocument", "FailedFile", "Limits", "Result", "build", "documents", "make"]

WHOLE = 50  # so many documents are kept whole, to be told of one by one
_LAYERED = 100  # documents that are loaded before it pays to merge the layers they leave
_AT_ONCE = 500_000  # quads: what is loaded in one step takes a kilobyte of memory each


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, in the order of the files.

    `tally` counts what was read; `built` are the documents themselves, where they are few.
    `known` are files whose content was in the store under another name.
    """

    tally: Tally
    built: tuple[CheckedDocument, ...]
    skipped: tuple[Path, ...]
    failed: tuple[FailedFile, ...]
    known: tuple[Path, ...] = ()
    dropped: tuple[str, ...] = ()


def build(
    paths: Sequence[Path],
    folder: Path,
    *,
    jobs: int = 1,
    scheduler: str = "",
    limits: Limits | None = None,
    again: bool = False,
    prune: bool = False,
    whole: bool | None = None,
    reader: str = "pdfium",
    engine: Engine = "auto",
    profile: str = AUTO,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Bring the store up to date with the files; `again` reads unchanged ones as well.

    `prune` drops what was read below `paths` before and is not there now. `scheduler` is the
    address of a Dask cluster. A single bad file is raised as its `FileError`; of several, the bad
    ones are listed. Either way the store stays as it was where nothing could be read.
    """
    sources, failed = documents(paths)
    if failed and not sources and len(failed) == 1:
        raise failed[0].error
    check_writable(folder)
    held_to = AUTO if profile == AUTO else profiles.load(profile)
    ways = ProcessingOptions(
        reader, engine, held_to, len(sources) <= WHOLE if whole is None else whole
    )
    digest = profiles.digest(held_to)
    work = _Work(folder, sources, paths, ways, digest, again=again)
    work.failed += failed
    with ExitStack() as held:
        made = held.enter_context(_crew(scheduler, len(sources), jobs, ways, limits or Limits()))
        for count, (source, outcome) in enumerate(made(work.wanted(held)), 1):
            if isinstance(outcome, FailedFile) and len(sources) == 1 and not failed:
                raise outcome.error
            with storage_errors(folder):
                work.take(source, outcome, held)
            progress(count + work.passed, len(sources))
        with storage_errors(folder):
            work.finish(held, prune=prune)
    order = {source.path: number for number, source in enumerate(sources)}
    return Result(
        tally=work.tally,
        built=tuple(sorted(work.built, key=lambda built: order[built.path])),
        skipped=tuple(source.path for source in work.skipped),
        failed=tuple(sorted(work.failed, key=lambda f: order.get(f.path, -1))),
        known=tuple(source.path for source, _ in work.copies),
        dropped=tuple(work.dropped),
    )


def _crew(
    scheduler: str, count: int, jobs: int, ways: ProcessingOptions, limits: Limits
) -> AbstractContextManager[Executor]:
    if scheduler:
        return cluster(scheduler, ways, limits)
    if count == 1 and limits == Limits():  # who waits for one file can end it
        return here(ways)
    return processes(max(1, min(jobs, count)), ways, limits)


@dataclass(slots=True)
class _Work:
    """A build under way: which files are wanted, and what became of them.

    The store is opened for writing when there is something to write, not before.
    """

    folder: Path
    sources: Sequence[Source]
    paths: Sequence[Path]
    ways: ProcessingOptions
    profile: str
    again: bool
    tally: Tally = field(default_factory=Tally)
    built: list[CheckedDocument] = field(default_factory=list[CheckedDocument])
    skipped: list[Source] = field(default_factory=list[Source])
    failed: list[FailedFile] = field(default_factory=list[FailedFile])
    unfetched: list[FailedFile] = field(default_factory=list[FailedFile])
    copies: list[tuple[Source, Entry]] = field(default_factory=list[tuple[Source, Entry]])
    dropped: list[str] = field(default_factory=list[str])
    _store: Store | None = None
    _reading: ExitStack = field(default_factory=ExitStack)
    _loader: "_Loader | None" = None
    _asked: dict[Path, NamedNode] = field(default_factory=dict[Path, NamedNode])
    _bad: dict[NamedNode, FileError] = field(default_factory=dict[NamedNode, FileError])

    @property
    def passed(self) -> int:
        """How many files need no reading."""
        return len(self.skipped) + len(self.copies) + len(self.unfetched)

    def wanted(self, held: ExitStack) -> Iterator[Source]:
        """Yield the files whose content this version has not read, each content once."""
        if is_store(self.folder):
            held.push(self._reading)
            self._store = self._reading.enter_context(open_store(self.folder, latest=True))
        seen = set[NamedNode]()
        for source in self.sources:
            try:
                source.fetch()
            except FileError as error:
                self.unfetched.append(FailedFile(source.path, error))
                continue
            document = _document(source.path)
            if document is None:  # the reader says why
                yield source
                continue
            entry = self._entry(source, document)
            there = not self.again and self._store is not None and self._store.read_as(entry)
            if there and self._store and self._store.entry(source.key) == entry:
                self.skipped.append(source)
                source.leave()
            elif there or document in seen:
                self.copies.append((source, entry))
                source.leave()
            else:
                self._asked[source.path] = document
                yield source
            seen.add(document)

    def take(self, source: Source, outcome: Outcome, held: ExitStack) -> None:
        """Count a document, and have it loaded."""
        document = self._asked.pop(source.path, None)
        if isinstance(outcome, FailedFile):
            source.leave()
            self.failed.append(FailedFile(source.path, outcome.error))
            if document:
                self._bad[document] = outcome.error
            return
        self.tally.add(outcome.tally)
        if not outcome.built:
            source.leave()
        else:
            self.built.append(replace(outcome.built, path=source.path, held=source.held))
        entry = self._entry(source, document_iri(outcome.sha256))
        self._writing(held).take(entry, outcome)

    def finish(self, held: ExitStack, *, prune: bool) -> None:
        """Load what is left, note copies, drop what is gone, and compare the documents."""
        self.failed += self.unfetched
        for source, entry in self.copies:
            if error := self._bad.get(entry.document):
                self.failed.append(FailedFile(source.path, _again(error, source)))
        self.copies = [copy for copy in self.copies if copy[1].document not in self._bad]
        if self._loader:
            self._loader.flush()
        gone = self._gone() if prune else []
        settled = self._loader is None and not self.copies and not gone
        if settled and not (self.skipped and not _finished(self.folder)):
            return
        loader = self._writing(held)
        self._settle(loader, gone)
        search_index.refresh(loader.store)
        compare(loader.store)
        if loader.loaded >= _LAYERED and loader.loaded * 2 >= len(loader.store.documents()):
            loader.store.optimize()
            counts(loader.store)
        loader.store.log_run(loader.run.ended(self.tally.documents, len(self.failed)))

    def _settle(self, loader: "_Loader", gone: list[str]) -> None:
        """Note copies and files with a new name, drop what is gone.

        What a build that was broken off may have left undone of this is looked for everywhere.
        """
        store = loader.store
        copies, self.copies = self.copies, []
        for source, entry in copies:
            if store.holds(entry.document):
                store.add(replace(entry, run=loader.run.node))
                self.copies.append((source, entry))
            else:  # the file that was the same changed meanwhile
                self.failed.append(FailedFile(source.path, FileError("changed", path=source.name)))
        touched = loader.left | {entry.document for _, entry in self.copies}
        every = store.documents() if loader.resumed else []
        touched |= {document for document in every if len(store.readings(document)) > 1}
        files = [entry.source for document in touched for entry in store.readings(document)]
        for path in (*gone, *(file for file in files if not _is_there(file))):
            if known := store.entry(path):
                touched.add(known.document)
                store.drop(path)
        self.dropped = gone
        store.delete_orphans()
        for document in touched.union(every):
            store.rename(document)

    def _entry(self, source: Source, document: NamedNode) -> Entry:
        return Entry(source.key, document, self.ways.version(source.path), self.profile)

    def _gone(self) -> list[str]:
        """Return what was read below the paths before and is not there now.

        What may be below a folder or in an archive that could not be read is not gone.
        """
        if self._store is None:
            return []
        below = tuple(f"{path.resolve()}{end}" for path in self.paths for end in ("/", "!/"))
        unread = tuple(f"{f.path.resolve()}{end}" for f in self.failed for end in ("/", "!/"))
        there = {source.key for source in self.sources}
        known = (p for p in self._store.paths() if p.startswith(below))
        gone = (p for p in known if not p.startswith(unread) and p not in there)
        return [path for path in gone if self._store.entry(path)]

    def _writing(self, held: ExitStack) -> "_Loader":
        if self._loader is None:
            self._reading.close()
            self._loader = held.enter_context(_loading(self.folder))
            self._store = self._loader.store
        return self._loader


class _Loader:
    """Loads documents into a store while others are made: many in a step where they are new."""

    def __init__(self, store: Store, thread: ThreadPoolExecutor, *, resumed: bool) -> None:
        self.store, self.run, self.resumed = store, provenance.Run(), resumed
        self.left = set[NamedNode]()  # documents that a file was and is no more
        self._thread, self._last, self._count = thread, list[Future[None]](), 0
        self._entries = list[tuple[Entry, IndexEntries]]()
        self.loaded = 0

    def take(self, entry: Entry, made: ProcessedDocument) -> None:
        """Take a document to load it with others, or in the place of what is there."""
        known = self.store.entry(entry.source)
        if known and known.document != entry.document:
            self.left.add(known.document)
        if not known and not self.store.holds(entry.document) and made.count < _AT_ONCE:
            if self._count + made.count > _AT_ONCE:
                self._load()
            self.store.stage(made.lines)
            self._entries.append((replace(entry, run=self.run.node), made.abstract))
            self._count += made.count
            return
        self.flush()
        quads = parse(made.lines.graphs, RdfFormat.N_QUADS)
        search_index.drop(self.store.path, entry.document.value)  # a kill from here on leaves none
        self.store.replace(replace(entry, run=self.run.node), quads)
        search_index.add(self.store.path, [(entry.document.value, entry.version, made.abstract)])

    def flush(self) -> None:
        """Load all that was taken."""
        self._load()
        self._wait()

    def _load(self) -> None:
        """Have what was taken loaded; no more than one load is under way."""
        self._wait()
        if self._entries:
            self.store.seal()
            self._last = [self._thread.submit(self._loaded, self._entries)]
            self._entries, self._count = [], 0

    def _loaded(self, documents: list[tuple[Entry, IndexEntries]]) -> None:
        self.store.bulk_load([entry for entry, _ in documents])
        self.loaded += len(documents)
        told = ((entry.document.value, entry.version, said) for entry, said in documents)
        search_index.add(self.store.path, told)

    def _wait(self) -> None:
        for load in self._last:
            load.result()
        self._last = []


@contextmanager
def _loading(folder: Path) -> Generator[_Loader]:
    resumed = is_store(folder) and unfinished(folder) is not None
    with create_store(folder) as store, ThreadPoolExecutor(1) as thread:
        store.refresh_codes()
        loader = _Loader(store, thread, resumed=resumed)
        store.log_run(loader.run.began())
        yield loader
        del loader.store


def _document(path: Path) -> NamedNode | None:
    """Return the document that a file is, by its content."""
    try:
        with path.open("rb") as content:
            return document_iri(file_digest(content, "sha256").hexdigest())
    except OSError:
        return None


def _again(error: FileError, source: Source) -> FileError:
    """Return what is wrong with a file, of another with the same content."""
    return FileError(error.code, **{**error.fields, "path": source.name})


def _is_there(path: str) -> bool:
    """Tell whether a file that was read is there still, or the archive that it was in."""
    return Path(path.partition("!/")[0]).exists()


def _finished(folder: Path) -> bool:
    """Tell whether the last build came to its end."""
    if unfinished(folder):
        return False
    with open_store(folder) as store:
        return store.compared()
