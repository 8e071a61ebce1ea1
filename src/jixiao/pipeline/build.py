"""Build a store from files: sources → processed documents → store, as a stream.

A file that cannot be read does not affect the others. Worker processes read, map and check; this
process only loads what they return, many documents at a time. A document is processed again only
from the first stage that has changed (see `fingerprints`), whatever its file is called now.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, serialize

from jixiao.checks import profiles
from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO
from jixiao.comparison.update import compare
from jixiao.errors import FileError
from jixiao.logs import timed
from jixiao.messages import message
from jixiao.model.manifest import ManifestRow
from jixiao.model.message import Message
from jixiao.pipeline.loader import Loader, open_loader
from jixiao.pipeline.manifest.match import Stated, stated_by
from jixiao.pipeline.process_document import (
    CheckedDocument,
    ProcessingOptions,
    Tally,
    Work,
    read_and_check,
    was_stated,
)
from jixiao.pipeline.process_limits import USUAL, Limits
from jixiao.pipeline.sources import FailedFile, Source, documents
from jixiao.pipeline.workers import Executor, Outcome, Task, cluster, in_process, processes
from jixiao.rdf.iris import document_iri, graphs
from jixiao.store import search_index
from jixiao.store.statistics import counts
from jixiao.store.store import Entry, Store, check_writable, open_store, storage_errors
from jixiao.store.versions import is_store, unfinished

__all__ = [
    "CheckedDocument", "FailedFile", "Limits", "Result", "build", "documents", "read_and_check",
]  # fmt: skip

_log = logging.getLogger(__name__)
WHOLE = 50  # documents up to which each is kept whole, so that the summary can describe it
_MERGE_FROM = 100  # loaded documents from which merging the layers of the database pays


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, in the order of the files.

    `tally` counts what was processed; `built` are the documents themselves, if they are few.
    `skipped` are unchanged files, `known` are files whose content the store has under another
    name, `dropped` are paths that `prune` removed. `stated` counts the documents that the manifest
    has a row for, and `notices` say what of the manifest was not used, or is stated no longer.
    """

    tally: Tally
    built: tuple[CheckedDocument, ...]
    skipped: tuple[Path, ...]
    failed: tuple[FailedFile, ...]
    known: tuple[Path, ...] = ()
    dropped: tuple[str, ...] = ()
    stated: int = 0
    notices: tuple[Message, ...] = ()


def build(
    paths: Sequence[Path],
    folder: Path,
    *,
    jobs: int = 1,
    scheduler: str = "",
    limits: Limits | None = USUAL,
    again: bool = False,
    prune: bool = False,
    manifest: Path | None = None,
    whole: bool | None = None,
    reader: str = "pdfium",
    engine: Engine = "auto",
    profile: str = AUTO,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Bring a store up to date with files.

    Args:
        paths: files, folders and ZIP archives.
        folder: the folder of the store; it is made if it is not there.
        jobs: how many worker processes to use.
        scheduler: the address of a Dask scheduler whose workers are used instead.
        limits: what one document may cost; None processes documents in this process.
        again: also read the files that have not changed.
        prune: drop what was read below `paths` before and is no longer there.
        manifest: a CSV file that states what the documents are; it wins over what is read.
        whole: return each document whole; by default up to 50 documents.
        reader: what reads PDF files, "pdfium" or "pdfplumber".
        engine: the SHACL engine, "auto", "fast" or "pyshacl".
        profile: the review profile: a name, the path of one, or "auto".
        progress: called with how many files are done, and how many there are.

    Returns:
        What was done.

    Raises:
        FileError: the only file cannot be read. Of several files, the bad ones are listed.
        StoreError: the store cannot be opened or written.
        UsageError: the call cannot be carried out. In each case the store stays as it was.

    """
    sources, failed = documents(paths)
    if failed and not sources and len(failed) == 1:
        raise failed[0].error
    _log.info("building %s from %d files", folder, len(sources))
    check_writable(folder)
    stated = stated_by(manifest, sources) if manifest else Stated()
    reviewed_by = AUTO if profile == AUTO else profiles.load(profile)
    few = len(sources) <= WHOLE if whole is None else whole
    options = ProcessingOptions(reader, engine, reviewed_by, few)
    update = _Update(folder, sources, paths, options, stated.rows, again=again)
    update.failed += failed
    with ExitStack() as stack:
        executor = stack.enter_context(_executor(scheduler, len(sources), jobs, options, limits))
        for count, (source, outcome) in enumerate(executor(update.tasks(stack)), 1):
            if isinstance(outcome, FailedFile) and len(sources) == 1 and not failed:
                raise outcome.error
            with storage_errors(folder):
                update.take(source, outcome, stack)
            progress(count + update.untouched, len(sources))
        with storage_errors(folder):
            update.finish(stack, prune=prune)
    order = {source.path: number for number, source in enumerate(sources)}
    return Result(
        tally=update.tally,
        built=tuple(sorted(update.built, key=lambda built: order[built.path])),
        skipped=tuple(source.path for source in update.skipped),
        failed=tuple(sorted(update.failed, key=lambda f: order.get(f.path, -1))),
        known=tuple(source.path for source, _ in update.copies),
        dropped=tuple(update.dropped),
        stated=len(stated.rows),
        notices=(*stated.notices, *update.notices()),
    )


def _executor(
    scheduler: str, count: int, jobs: int, options: ProcessingOptions, limits: Limits | None
) -> AbstractContextManager[Executor]:
    if scheduler:
        return cluster(scheduler, options, limits or USUAL)
    if limits is None:
        return in_process(options)
    return processes(max(1, min(jobs, count)), options, limits)


@dataclass(slots=True)
class _Update:
    """A build in progress: which files need work, and the result for each.

    The store is opened for writing when there is something to write, not before.
    """

    folder: Path
    sources: Sequence[Source]
    paths: Sequence[Path]
    options: ProcessingOptions
    rows: Mapping[NamedNode, ManifestRow]
    again: bool
    tally: Tally = field(default_factory=Tally)
    built: list[CheckedDocument] = field(default_factory=list[CheckedDocument])
    skipped: list[Source] = field(default_factory=list[Source])
    failed: list[FailedFile] = field(default_factory=list[FailedFile])
    unfetched: list[FailedFile] = field(default_factory=list[FailedFile])
    copies: list[tuple[Source, Entry]] = field(default_factory=list[tuple[Source, Entry]])
    dropped: list[str] = field(default_factory=list[str])
    unstated: list[Source] = field(default_factory=list[Source])
    _store: Store | None = None
    _reading: ExitStack = field(default_factory=ExitStack)
    _loader: Loader | None = None
    _requested: dict[Path, NamedNode] = field(default_factory=dict[Path, NamedNode])
    _bad: dict[NamedNode, FileError] = field(default_factory=dict[NamedNode, FileError])

    @property
    def untouched(self) -> int:
        """How many files need no processing."""
        return len(self.skipped) + len(self.copies) + len(self.unfetched)

    def tasks(self, stack: ExitStack) -> Iterator[Task]:
        """Yield the work for each file that needs some; each content once."""
        if is_store(self.folder):
            stack.push(self._reading)
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
                yield Task(source)
                continue
            entry = self._entry(source, document)
            work = None if document in seen else self._work(entry)
            if work and not work.row and self._was_stated(document):
                self.unstated.append(source)
            if work is not None:
                self._requested[source.path] = document
                yield Task(source, work)
            elif not self.again and self._store and self._store.entry(source.key) == entry:
                self.skipped.append(source)
                source.release()
            else:
                self.copies.append((source, entry))
                source.release()
            seen.add(document)

    def _work(self, entry: Entry) -> Work | None:
        """Return what is to be done for a document, or None where it is stored as it should be."""
        store, document = self._store, entry.document
        row = self.rows.get(document)
        anew = Work(row=row)
        if self.again or store is None or not store.holds(document):
            return anew
        before = store.fingerprints(document)
        stage = entry.made_by.first_changed(before)
        if stage is None:
            return None
        # A summary of single documents shows their records, whatever the stage.
        record = store.records.load(document, before.read) if stage != "read" else b""
        if stage == "read" or (not record and (stage == "map" or self.options.whole)):
            return anew
        if stage == "map":
            return Work("map", record, row=row)
        facts, evidence, _ = graphs(document)
        quads = serialize(store.quads((facts, evidence)), format=RdfFormat.N_QUADS) or b""
        return Work("check", record if self.options.whole else b"", quads, row)

    def _was_stated(self, document: NamedNode) -> bool:
        store = self._store
        return bool(store and store.holds(document) and was_stated(store.fingerprints(document)))

    def notices(self) -> Iterator[Message]:
        """Yield that a manifest of an earlier build is missing, if it is."""
        if self.unstated:
            first = self.unstated[0].name
            yield message("manifest-missing", count=len(self.unstated), file=first)

    def take(self, source: Source, outcome: Outcome, stack: ExitStack) -> None:
        """Count a processed document, and have it loaded."""
        document = self._requested.pop(source.path, None)
        if isinstance(outcome, FailedFile):
            source.release()
            _log.warning("%s", outcome.error)
            self.failed.append(FailedFile(source.path, outcome.error))
            if document:
                self._bad[document] = outcome.error
            return
        self.tally.add(outcome.tally)
        if outcome.checked is None:
            source.release()
        else:
            checked = replace(outcome.checked, path=source.path, unpacked=source.unpacked)
            self.built.append(checked)
        entry = self._entry(source, document_iri(outcome.sha256))
        self._open_loader(stack).add(entry, outcome)

    def finish(self, stack: ExitStack, *, prune: bool) -> None:
        """Load the rest, record copies, drop what is gone, and compare the documents."""
        self.failed += self.unfetched
        for source, entry in self.copies:
            if error := self._bad.get(entry.document):
                self.failed.append(FailedFile(source.path, _for_copy(error, source)))
        self.copies = [copy for copy in self.copies if copy[1].document not in self._bad]
        if self._loader:
            self._loader.flush()
        removed = self._removed_paths() if prune else []
        unchanged = self._loader is None and not self.copies and not removed
        if unchanged and not (self.skipped and not _is_finished(self.folder)):
            return
        loader = self._open_loader(stack)
        self._settle(loader, removed)
        with timed(_log, "indexed", self.folder):
            search_index.refresh(loader.store)
        with timed(_log, "compared the documents of", self.folder):
            compare(loader.store)
        if loader.loaded >= _MERGE_FROM and loader.loaded * 2 >= len(loader.store.documents()):
            with timed(_log, "merged the layers of", self.folder):
                loader.store.optimize()
            counts(loader.store)
        loader.store.log_run(loader.run.ended(self.tally.documents, len(self.failed)))

    def _settle(self, loader: Loader, removed: list[str]) -> None:
        """Record copies and renamed files, and drop what is gone.

        After an interrupted build, all documents are looked at: it may have left some undone.
        """
        store = loader.store
        copies, self.copies = self.copies, []
        for source, entry in copies:
            if store.holds(entry.document):
                store.add_file(replace(entry, run=loader.run.node))
                self.copies.append((source, entry))
            else:  # the file with the same content has changed meanwhile
                self.failed.append(FailedFile(source.path, FileError("changed", path=source.name)))
        touched = loader.replaced | {entry.document for _, entry in self.copies}
        every = store.documents() if loader.resumed else []
        touched |= {document for document in every if len(store.readings(document)) > 1}
        files = [entry.source for document in touched for entry in store.readings(document)]
        for path in (*removed, *(file for file in files if not _exists(file))):
            if reading := store.entry(path):
                touched.add(reading.document)
                store.drop_file(path)
        self.dropped = removed
        if store.delete_orphans():
            store.records.keep_only(store.documents())
        for document in touched.union(every):
            store.rename(document)

    def _entry(self, source: Source, document: NamedNode) -> Entry:
        made_by = self.options.fingerprints(source.path, self.rows.get(document))
        return Entry(source.key, document, made_by)

    def _removed_paths(self) -> list[str]:
        """Return the paths that were read below `paths` before and are no longer there.

        Files below a folder or in an archive that could not be read may still be there.
        """
        if self._store is None:
            return []
        below = tuple(f"{path.resolve()}{end}" for path in self.paths for end in ("/", "!/"))
        unread = tuple(f"{f.path.resolve()}{end}" for f in self.failed for end in ("/", "!/"))
        present = {source.key for source in self.sources}
        return [
            path
            for path in self._store.paths()
            if path.startswith(below) and not path.startswith(unread)
            if path not in present and self._store.entry(path)
        ]

    def _open_loader(self, stack: ExitStack) -> Loader:
        if self._loader is None:
            self._reading.close()
            self._loader = stack.enter_context(open_loader(self.folder))
            self._store = self._loader.store
        return self._loader


def _document(path: Path) -> NamedNode | None:
    """Return the document that a file is, by its content."""
    try:
        with path.open("rb") as content:
            return document_iri(file_digest(content, "sha256").hexdigest())
    except OSError:
        return None


def _for_copy(error: FileError, source: Source) -> FileError:
    """Return the error of a file, for another file with the same content."""
    return FileError(error.code, **{**error.fields, "path": source.name})


def _exists(path: str) -> bool:
    """Tell whether a file that was read, or the archive that it was in, still exists."""
    return Path(path.partition("!/")[0]).exists()


def _is_finished(folder: Path) -> bool:
    """Tell whether the last build came to its end."""
    if unfinished(folder):
        return False
    with open_store(folder) as store:
        return store.is_compared()
