"""What `extract` and `tables` print of one file, made in a process with limits.

This module imports what reads files in that process only, so that commands start fast.
"""

from pathlib import Path

from jixiao.pipeline.process_limits import Limits, run


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


def _record(path: Path, reader: str) -> bytes:
    from jixiao.extraction import read
    from jixiao.model.record import to_json

    return to_json(read(path, reader=reader))


def _tables(path: Path, kind: str, reader: str) -> bytes:
    from jixiao.documents import tables

    return tables.format_tables(tables.tables(path, reader=reader), kind).encode()
