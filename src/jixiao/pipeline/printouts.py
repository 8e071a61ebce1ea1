"""What `extract`, `tables` and `learn` write of one file, made in a process with limits.

This module imports what reads files in that process only, so that commands start fast.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from jixiao.pipeline.process_limits import Limits, run

if TYPE_CHECKING:
    from jixiao.extraction.forms.proposals import Proposals


def record_json(path: Path, reader: str, limits: Limits) -> bytes:
    """Return the record of a file as JSON.

    Raises:
        FileError: The file cannot be read within the limits.

    """
    return run(_record, [path, reader], path, limits)


def tables_text(path: Path, kind: str, reader: str, limits: Limits) -> bytes:
    """Return the tables of a file as "json", "csv" or "html".

    Raises:
        FileError: The file cannot be read within the limits.

    """
    return run(_tables, [path, kind, reader], path, limits)


def proposals(path: Path, reader: str, limits: Limits) -> "Proposals":
    """Return the words that are proposed for the headers and labels of a file.

    Raises:
        FileError: The file cannot be read within the limits.

    """
    return run(_proposals, [path, reader], path, limits)


def _record(path: Path, reader: str) -> bytes:
    from jixiao.extraction import read
    from jixiao.model.record import to_json

    return to_json(read(path, reader=reader))


def _tables(path: Path, kind: str, reader: str) -> bytes:
    from jixiao.documents import tables

    return tables.format_tables(tables.tables(path, reader=reader), kind).encode()


def _proposals(path: Path, reader: str) -> "Proposals":
    from jixiao.documents.open import open_file
    from jixiao.extraction.forms.proposals import propose

    return propose(open_file(path, reader)[2])
