"""The versions of a store: a reader keeps the one it has opened, a writer makes the next.

    jixiao-store.json    the format, the version that is read, a token that no other one has, and
                         an identity that the store keeps
    versions/0007/       a version; its files are shared with the one before as far as they agree

A writer that was killed leaves a version that nobody reads; the next writer goes on with it.
"""

import secrets
import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from jixiao.errors import StoreError
from jixiao.files import write_whole

try:
    import fcntl
except ImportError:  # Windows: there a file that is open cannot be deleted
    fcntl = None  # type: ignore[assignment]

FORMAT = "jixiao-store/3"
_MARKER = "jixiao-store.json"
_LOCK = "readers.lock"


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


def check_writable(folder: Path) -> None:
    """Raise `StoreError` where no store can be made in the folder; it changes nothing."""
    if (folder / _MARKER).is_file():
        published(folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError("store-foreign", store=folder)


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
    if not (folder / _MARKER).is_file():
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
    for path in (folder / "versions").iterdir():
        if path.name != version and _unread(path):
            shutil.rmtree(path, ignore_errors=True)


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


def _unread(path: Path) -> bool:
    try:
        with (path / _LOCK).open("rb") as file:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _path(folder: Path, version: str) -> Path:
    return folder / "versions" / version


def _after(version: str) -> str:
    return f"{int(version or 0) + 1:04d}"
