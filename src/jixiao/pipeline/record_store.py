"""A store that is open for reading, to which records can be added.

with RecordStore(Path("jixiao.store")) as store:
    store.add(jixiao.read("2023.pdf"))
"""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from jixiao.comparison.update import compare
from jixiao.model.record import Record
from jixiao.pipeline.loader import open_loader
from jixiao.pipeline.process_document import ProcessingOptions, process_record
from jixiao.rdf.iris import document_iri
from jixiao.store import search_index
from jixiao.store.store import Entry, Store, open_store


class RecordStore(Store):
    """A store that is open for reading in the version that was published last.

    Args:
        folder: The folder of the store.

    Raises:
        StoreError: There is no store, or it cannot be opened.

    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._stack = folder, ExitStack()
        self._open()

    def _open(self) -> None:
        opened = self._stack.enter_context(open_store(self.folder))
        super().__init__(opened.database, opened.path)

    def __enter__(self) -> "RecordStore":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def add(self, *records: Record, profile: str = "auto") -> None:
        """Add records, or replace those of the same files; check them, and compare all documents.

        A new version of the store is published. Adding many records in one call is faster than one
        by one; for many files, use `jixiao.build`.

        Args:
            *records: What was read from files.
            profile: How strictly to review them.

        Raises:
            StoreError: The store cannot be written.
            UsageError: The profile cannot be read.

        """
        options = ProcessingOptions(profile=profile, whole=False)
        with open_loader(self.folder) as loader:
            for record in records:
                file = Path(record.document.file)
                document = process_record(file, record, options)
                iri = document_iri(document.sha256)
                source = f"record:{document.sha256}"
                loader.add(Entry(source, iri, options.fingerprints(file)), document)
            loader.flush()
            search_index.refresh(loader.store)
            compare(loader.store)
            loader.store.log_run(loader.run.ended(len(records), 0))
        self._stack.close()
        self._open()
