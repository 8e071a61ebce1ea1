"""The records that documents were mapped from, kept so that a changed mapping reads no file again.

    records/3f/3f2a…-91c0aa12.json.z    a record as JSON, compressed: the document and its reader

All versions of a store share the folder: a record depends on the content of a file and on what read
it, both of which are in its name, so one that is there is right. One that is missing or damaged is
no fault: then the file is read again.
"""

import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from pyoxigraph import NamedNode

from jixiao.atomic_files import write_whole
from jixiao.model.record import Record, from_json
from jixiao.store.versions import RECORDS

_LEVEL = 1  # a record shrinks to an eighth at any level; the higher ones take three times as long


def compress(record: Record) -> bytes:
    """Return a record as it is kept."""
    return zlib.compress(msgspec.json.encode(record), _LEVEL)


def decompress(content: bytes) -> Record | None:
    """Return the record that was kept, or None where the content is damaged or of another form."""
    try:
        return from_json(zlib.decompress(content))
    except (zlib.error, msgspec.DecodeError):
        return None


class Records:
    """The kept records of a store.

    Args:
        store: the folder of the store.

    """

    def __init__(self, store: Path) -> None:
        self._folder = store / RECORDS

    def load(self, document: NamedNode, reader: str) -> bytes:
        """Return a compressed record, or b"" where there is none.

        Args:
            document: the IRI of the document.
            reader: the fingerprint of what read it.

        """
        with suppress(OSError):
            return self._path(document, reader).read_bytes()
        return b""

    def save(self, document: NamedNode, reader: str, content: bytes) -> None:
        """Keep a compressed record in the place of those that another reader made.

        Raises:
            UsageError: the folder cannot be written.

        """
        path = self._path(document, reader)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        for other in path.parent.glob(f"{path.name.partition('-')[0]}-*"):
            if other != path:
                other.unlink(missing_ok=True)

    def keep_only(self, documents: Iterable[NamedNode]) -> None:
        """Delete the records of all other documents."""
        names = {_name(document) for document in documents}
        for path in self._folder.glob("*/*-*.json.z"):
            if path.name.partition("-")[0] not in names:
                path.unlink(missing_ok=True)

    def _path(self, document: NamedNode, reader: str) -> Path:
        name = _name(document)
        made_by = sha256(reader.encode()).hexdigest()[:8]
        return self._folder / name[:2] / f"{name}-{made_by}.json.z"


def _name(document: NamedNode) -> str:
    return document.value.rpartition("/")[2]
