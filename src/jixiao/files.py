"""Writes a file whole or not at all, or to standard output."""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from jixiao.errors import UsageError

_WRITTEN = ".jixiao"  # the mark of a folder that may be written anew


@contextmanager
def writing(path: Path) -> Generator[BinaryIO]:
    """Open a file that takes its name when it is whole; "-" is standard output."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise UsageError("unwritable", path=path, reason=error.strerror) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        raise UsageError("unwritable", path=path, reason=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writing_folder(path: Path) -> Generator[Path]:
    """Give an empty folder that takes its name when it is whole.

    It may take the place of an empty folder, or of one that was written so before.
    """
    if path.exists() and not (path.is_dir() and _ours(path)):
        raise UsageError("folder-not-empty", path=path)
    try:
        part = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    except OSError as error:
        raise UsageError("unwritable", path=path, reason=error.strerror) from error
    try:
        yield part
        (part / _WRITTEN).touch()
        part.chmod(0o777 & ~_umask())
        shutil.rmtree(path, ignore_errors=True)
        part.replace(path)
    except OSError as error:
        raise UsageError("unwritable", path=path, reason=error.strerror) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _ours(folder: Path) -> bool:
    return (folder / _WRITTEN).is_file() or not any(folder.iterdir())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with writing(path) as file:
        file.write(content)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
