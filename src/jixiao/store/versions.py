"""The versions of a store: a reader keeps the one it has opened, a writer makes the next.

    jixiao-store.json    the format, the version that is read, a token that no other one has, and
                         an identity that the store keeps
    versions/0007/       a version; its files are shared with the one before as far as they agree
    versions/writer.lock held by the one that writes

A writer that was killed leaves a version that nobody reads; the next writer goes on with it.
"""

import re
import secrets
import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from jixiao.atomic_files import write_whole
from jixiao.errors import StoreError

try:
    import fcntl
except ImportError:  # Windows: there a file that is open cannot be deleted
    fcntl = None  # type: ignore[assignment]

FORMAT = "jixiao-store/3"
_MARKER = "jixiao-store.json"
_VERSIONS = "versions"
_LOCK, _WRITER = "readers.lock", "writer.lock"
_LEFT = rf"\d{{4}}(\.[0-9a-f]{{8}})?|{re.escape(_WRITER)}"  # names below versions/


class Version(msgspec.Struct, frozen=True):
    """What the marker of a store says."""

    format: str
    version: str = ""
    token: str = ""
    identity: str = ""


def published(folder: Path) -> Version:
    """Return the version that is read; raises `StoreError` where there is no store."""
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
    """Return what tells the store of a version from all others, whatever is built into it."""
    return _identity(path.parent.parent)


def _identity(folder: Path) -> str:
    """Return what the marker says; of a store from before there were identities, by its place."""
    return published(folder).identity or sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def stamp(folder: Path) -> int:
    """Return a number that changes when a version is published."""
    try:
        return (folder / _MARKER).stat().st_mtime_ns
    except OSError:
        return 0


def is_store(folder: Path) -> bool:
    """Tell whether there is a store in a folder."""
    return (folder / _MARKER).is_file()


def check_writable(folder: Path) -> None:
    """Raise `StoreError` where no store can be made in the folder; it changes nothing."""
    if is_store(folder):
        published(folder)
    elif folder.exists() and (not folder.is_dir() or any(map(_is_foreign, folder.iterdir()))):
        raise StoreError("store-foreign", store=folder)


def _is_foreign(path: Path) -> bool:
    """Tell whether a file is none that the first writer leaves when it is broken off."""
    if path.name == _VERSIONS and path.is_dir():
        return not all(re.fullmatch(_LEFT, inside.name) for inside in path.iterdir())
    return not path.name.startswith(f".{_MARKER}.")


def unfinished(folder: Path) -> Path | None:
    """Return the version that a writer has begun and not published."""
    path = _path(folder, _after(published(folder).version))
    return path if path.is_dir() else None


@contextmanager
def reading(folder: Path) -> Generator[Path]:
    """Give the version that is read, and keep it for as long as it is."""
    with ExitStack() as held:
        path = _path(folder, published(folder).version)
        while not _shared(path, held):
            known, path = path, _path(folder, published(folder).version)
            if path == known:  # nothing was published in between: it is gone
                raise StoreError("store-damaged", store=folder)
        yield path


@contextmanager
def writing(
    folder: Path, copy: Callable[[Path | None, Path], None], usable: Callable[[Path], bool]
) -> Generator[Path]:
    """Give a copy of the version that is read, and publish it at the end.

    `copy` makes a version from another, or an empty one from None; `usable` tells whether what a
    writer left that was broken off can be gone on with.
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
            with reading(folder) as before:
                _copied(copy, before, path)
        yield path
        _publish(folder, path.name)
        _drop_others(folder, path.name)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Keep other writers out; raises `StoreError` where there is one."""
    (folder / _VERSIONS).mkdir(parents=True, exist_ok=True)
    with (folder / _VERSIONS / _WRITER).open("ab") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError("store-locked", store=folder) from error
        except OSError:  # a file system without locks: the database has one of its own
            pass
        yield


def _publish(folder: Path, version: str) -> None:
    kept = _identity(folder) if (folder / _MARKER).is_file() else secrets.token_hex(8)
    marker = Version(FORMAT, version, secrets.token_hex(8), kept)
    write_whole(folder / _MARKER, msgspec.json.encode(marker))


def _copied(copy: Callable[[Path | None, Path], None], before: Path | None, path: Path) -> None:
    """Make a version that takes its name when it is whole."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    part.mkdir(parents=True)
    try:
        copy(before, part)
        (part / _LOCK).touch()
        with suppress(FileExistsError, OSError):  # another writer was first: its lock will tell
            part.rename(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _drop_others(folder: Path, version: str) -> None:
    """Delete the versions before that nobody reads; a later writer finds the others."""
    for path in (folder / _VERSIONS).iterdir():
        if path.name not in (version, _WRITER):
            _drop(path)


def _drop(path: Path) -> None:
    """Delete a version that nobody reads; who opens it from now on does not find it."""
    with suppress(OSError), ExitStack() as held:
        if (path / _LOCK).is_file():
            file = held.enter_context((path / _LOCK).open("rb"))
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        gone = path.rename(path.with_name(f"{path.name.partition('.')[0]}.{secrets.token_hex(4)}"))
        shutil.rmtree(gone, ignore_errors=True)


def _shared(path: Path, held: ExitStack) -> bool:
    """Keep a version from being deleted; tell whether it is there."""
    try:
        file = held.enter_context((path / _LOCK).open("rb"))
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
