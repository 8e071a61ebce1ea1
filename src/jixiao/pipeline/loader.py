"""Load processed documents into a store while others are still being processed.

New documents are loaded many at a time; one that is in the store already is replaced by itself.
"""

import logging
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

from jixiao.logs import timed
from jixiao.pipeline.process_document import ProcessedDocument
from jixiao.store import provenance, search_index
from jixiao.store.search_index import IndexEntries
from jixiao.store.store import Entry, Store, create_store, fingerprint_text
from jixiao.store.versions import is_store, unfinished

_log = logging.getLogger(__name__)
_BATCH = 500_000  # quads: a quad that is loaded in one step takes about a kilobyte of memory


class Loader:
    """A store that is open for writing, and the documents that wait to be loaded.

    `resumed` tells that an earlier build was interrupted. `replaced` are the documents that a file
    was and is no longer. `loaded` counts the documents that were bulk-loaded.
    """

    def __init__(self, store: Store, thread: ThreadPoolExecutor, *, resumed: bool) -> None:
        self.store, self.run, self.resumed = store, provenance.Run(), resumed
        self.replaced = set[NamedNode]()
        self.loaded = 0
        self._thread, self._running = thread, list[Future[None]]()
        self._batch, self._quads = list[tuple[Entry, IndexEntries]](), 0

    def add(self, entry: Entry, document: ProcessedDocument) -> None:
        """Load a document: with others where it is new, else in the place of what is stored."""
        entry = replace(entry, run=self.run.node)
        before = self.store.entry(entry.source)
        if before and before.document != entry.document:
            self.replaced.add(before.document)
        if document.record:
            self.store.records.save(entry.document, entry.made_by.read, document.record)
        stored = bool(before) or self.store.holds(entry.document)
        if document.entries and not stored and document.count < _BATCH:
            if self._quads + document.count > _BATCH:
                self._load_batch()
            self.store.stage(document.lines)
            self._batch.append((entry, document.entries))
            self._quads += document.count
            return
        self.flush()
        quads = parse(document.lines.graphs, RdfFormat.N_QUADS)
        path, iri, version = self.store.path, entry.document.value, fingerprint_text(entry.made_by)
        if document.entries is None:
            self.store.replace_findings(entry, quads)
            search_index.replace_failed(path, iri, version, document.failed_rules)
        else:
            # If the build is killed from here on, the next one sees that the document is missing.
            search_index.drop(path, iri)
            with timed(_log, "replaced", entry.source):
                self.store.replace(entry, quads)
            search_index.add(path, [(iri, version, document.entries)])

    def flush(self) -> None:
        """Load all documents that wait, and return when that is done."""
        self._load_batch()
        self._wait()

    def _load_batch(self) -> None:
        """Start loading the batch; one batch is loaded at a time."""
        self._wait()
        if self._batch:
            self.store.seal()
            self._running = [self._thread.submit(self._bulk_load, self._batch)]
            self._batch, self._quads = [], 0

    def _bulk_load(self, batch: list[tuple[Entry, IndexEntries]]) -> None:
        with timed(_log, "loaded", f"{len(batch)} documents"):
            self.store.bulk_load([entry for entry, _ in batch])
        self.loaded += len(batch)
        search_index.add(
            self.store.path,
            (
                (entry.document.value, fingerprint_text(entry.made_by), rows)
                for entry, rows in batch
            ),
        )

    def _wait(self) -> None:
        for load in self._running:
            load.result()
        self._running = []


@contextmanager
def open_loader(folder: Path) -> Generator[Loader]:
    """Open a store for loading; what was loaded is published at the end.

    Raises:
        StoreError: the store cannot be opened or written.

    """
    resumed = is_store(folder) and unfinished(folder) is not None
    with create_store(folder) as store, ThreadPoolExecutor(1) as thread:
        store.refresh_codes()
        loader = Loader(store, thread, resumed=resumed)
        store.log_run(loader.run.began())
        yield loader
        del loader.store  # it is closed before its version is published
