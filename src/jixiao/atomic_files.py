"""Writes a file whole or not at all, or to standard output."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from jixiao.errors import UsageError

_WRITTEN = ".jixiao"  # the mark of a folder that may be written anew


@contextmanager
def writing(path: Path) -> Generator[BinaryIO]:
    """Open a file that takes its name when it is whole; "-" is standard output.

    A link stays: what it leads to is written. So do pipes and devices, which are written to as
    they are, for nothing else can take their place.
    """
    if str(path) == "-" or _is_output(path):
        with _standard_output() as file:
            yield file
        return
    if path.exists() and not path.is_file():
        with _writing_into(path) as file:
            yield file
        return
    path = path.resolve()
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
def _standard_output() -> Generator[BinaryIO]:
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # nobody reads on: no fault
        raise
    except OSError as error:
        with suppress(OSError):  # what is left over would fail again when Python ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UsageError("unwritable", path="-", reason=error.strerror or error) from error


def _is_output(path: Path) -> bool:
    """Tell whether a path (/dev/stdout) is the file that standard output goes to."""
    try:
        here, there = path.stat(), os.fstat(sys.stdout.fileno())
    except (OSError, ValueError):  # none of that name, or no file
        return False
    return stat.S_ISREG(here.st_mode) and os.path.samestat(here, there)


@contextmanager
def _writing_into(path: Path) -> Generator[BinaryIO]:
    try:
        with path.open("wb") as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError("unwritable", path=path, reason=error.strerror or error) from error


@contextmanager
def writing_folder(path: Path) -> Generator[Path]:
    """Give an empty folder that takes its name when it is whole.

    It may take the place of an empty folder, or of one that was written so before.
    """
    path = path.resolve()
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
