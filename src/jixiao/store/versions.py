"""The versions of a store: a reader keeps the version that it has opened, a writer makes the next.

    jixiao-store.json    the format, the current version, a token that is unique to the version, and
                         an identity that the store keeps for ever
    versions/0007/       a version; it shares unchanged files with the version before
    versions/writer.lock locked by the process that writes

A writer that was killed leaves an unpublished version; the next writer resumes from it.
"""

import re
import secrets
import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from jixiao.atomic_files import write_whole
from jixiao.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows: there a file that is open cannot be deleted
    fcntl = None  # type: ignore[assignment]

FORMAT = "jixiao-store/3"
RECORDS = "records"  # a folder beside the versions, which share it (see `records`)
_MARKER = "jixiao-store.json"
_VERSIONS = "versions"
_LOCK, _WRITER = "readers.lock", "writer.lock"
_LEFT = rf"\d{{4}}(\.[0-9a-f]{{8}})?|{re.escape(_WRITER)}"  # names below versions/


class Version(msgspec.Struct, frozen=True):
    """The content of the marker file of a store."""

    format: str
    version: str = ""
    token: str = ""
    identity: str = ""


def published(folder: Path) -> Version:
    """Return the current version of a store.

    Raises:
        StoreError: there is no store, it is damaged, or it has another format.

    """
    marker = folder / _MARKER
    if not marker.is_file():
        raise StoreError("store-missing", store=folder)
    try:
        known = msgspec.json.decode(marker.read_bytes(), type=Version)
    except (msgspec.DecodeError, OSError) as error:
        raise StoreError("store-damaged", store=folder) from error
    if known.format != FORMAT:
        raise StoreError("store-format", store=folder, format=known.format)
    return known


def identity(path: Path) -> str:
    """Return the identity of the store that a version belongs to."""
    return _identity(path.parent.parent)


def _identity(folder: Path) -> str:
    """Return the identity in the marker; an old store without one is identified by its path."""
    return published(folder).identity or sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def stamp(folder: Path) -> int:
    """Return a number that changes when a version is published."""
    try:
        return (folder / _MARKER).stat().st_mtime_ns
    except OSError:
        return 0


def is_store(folder: Path) -> bool:
    """Return whether a folder is a store."""
    return (folder / _MARKER).is_file()


def check_writable(folder: Path) -> None:
    """Raise `StoreError` if no store can be made in a folder; nothing is changed."""
    if is_store(folder):
        published(folder)
    elif folder.exists() and (not folder.is_dir() or any(map(_is_foreign, folder.iterdir()))):
        raise StoreError("store-foreign", store=folder)


def _is_foreign(path: Path) -> bool:
    """Return whether a file is none that an interrupted first writer leaves."""
    if path.name == RECORDS and path.is_dir():
        return False
    if path.name == _VERSIONS and path.is_dir():
        return not all(re.fullmatch(_LEFT, inside.name) for inside in path.iterdir())
    return not path.name.startswith(f".{_MARKER}.")


def unfinished(folder: Path) -> Path | None:
    """Return the folder of the version that a writer has begun and not published, or None."""
    path = _path(folder, _after(published(folder).version))
    return path if path.is_dir() else None


@contextmanager
def open_version(folder: Path) -> Generator[Path]:
    """Give the folder of the current version, which is not deleted while it is open.

    Raises:
        StoreError: there is no store, or it is damaged.

    """
    with ExitStack() as stack:
        path = _path(folder, published(folder).version)
        while not _keep(path, stack):
            missing, path = path, _path(folder, published(folder).version)
            if path == missing:  # nothing was published in between
                raise StoreError("store-damaged", store=folder)
        yield path


@contextmanager
def write_version(
    folder: Path, copy: Callable[[Path | None, Path], None], usable: Callable[[Path], bool]
) -> Generator[Path]:
    """Give the folder of a new version, and publish it at the end.

    Args:
        folder: the folder of the store; it is made if it is not there.
        copy: makes a version from another, or an empty one from None.
        usable: tells whether the version that an interrupted writer has left can be continued.

    Raises:
        StoreError: another process writes, or the folder is no store and not empty.

    """
    check_writable(folder)
    with _alone(folder):
        if not is_store(folder):
            _copied(copy, None, _path(folder, _after("")))
            _publish(folder, _after(""))
        current = published(folder).version
        path = unfinished(folder) or _path(folder, _after(current))
        if path.is_dir() and not usable(path):
            shutil.rmtree(path)
        if not path.is_dir():
            with open_version(folder) as before:
                _copied(copy, before, path)
        yield path
        _publish(folder, path.name)
        _drop_others(folder, path.name)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Keep other writers out; raise `StoreError` if there is one."""
    (folder / _VERSIONS).mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(folder / _VERSIONS / _WRITER, timeout=0))
        except Timeout as error:
            raise StoreError("store-locked", store=folder) from error
        except NotImplementedError:  # a file system without locks: the database has its own
            pass
        yield


def _publish(folder: Path, version: str) -> None:
    kept = _identity(folder) if (folder / _MARKER).is_file() else secrets.token_hex(8)
    marker = Version(FORMAT, version, secrets.token_hex(8), kept)
    write_whole(folder / _MARKER, msgspec.json.encode(marker))


def _copied(copy: Callable[[Path | None, Path], None], before: Path | None, path: Path) -> None:
    """Make a version that takes its name once it is complete."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    part.mkdir(parents=True)
    try:
        copy(before, part)
        (part / _LOCK).touch()
        with suppress(FileExistsError, OSError):  # another writer was first; its lock says so
            part.rename(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _drop_others(folder: Path, version: str) -> None:
    """Delete earlier versions that nobody reads; a later writer deletes the others."""
    for path in (folder / _VERSIONS).iterdir():
        if path.name not in (version, _WRITER):
            _drop(path)


def _drop(path: Path) -> None:
    """Delete a version that nobody reads."""
    with suppress(OSError), ExitStack() as stack:
        if (path / _LOCK).is_file():
            file = stack.enter_context((path / _LOCK).open("rb"))
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        renamed = path.rename(
            path.with_name(f"{path.name.partition('.')[0]}.{secrets.token_hex(4)}")
        )
        shutil.rmtree(renamed, ignore_errors=True)


def _keep(path: Path, stack: ExitStack) -> bool:
    """Keep a version from being deleted; return whether it exists."""
    try:
        file = stack.enter_context((path / _LOCK).open("rb"))
    except FileNotFoundError:
        return False
    if fcntl:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return (path / _LOCK).exists()


def _path(folder: Path, version: str) -> Path:
    return folder / _VERSIONS / version


def _after(version: str) -> str:
    return f"{int(version or 0) + 1:04d}"
