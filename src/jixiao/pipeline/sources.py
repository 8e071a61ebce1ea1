"""The files that a build is given: named ones, those in folders, and what archives hold."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jixiao.errors import FileError, UsageError
from jixiao.extraction import ARCHIVE, SUFFIXES
from jixiao.pipeline.archives import Unpacked, members, unpack

_HIDDEN = (".", "~$")  # what names of files begin with that are nobody's papers


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, and its number and name in its archive, if it is in one.

    `unpacked` keeps the temporary folder alive to which the archive is unpacked.
    """

    path: Path
    archive: Path | None = None
    number: int = 0
    inside: str = ""
    unpacked: Unpacked | None = None

    @property
    def name(self) -> str:
        """What the user knows the file as."""
        return f"{self.archive}/{self.inside}" if self.archive else str(self.path)

    @property
    def key(self) -> str:
        """What the store knows the file as."""
        if self.archive:
            return f"{self.archive.resolve()}!/{self.inside}"
        return str(self.path.resolve())

    def fetch(self) -> None:
        """Have the file there, unpacked if it is in an archive; raises `FileError`."""
        if self.archive:
            unpack(self.archive, self.number, self.path)

    def release(self) -> None:
        """Delete the unpacked file."""
        if self.archive:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be read, and why."""

    path: Path
    error: FileError


def documents(paths: Sequence[Path]) -> tuple[list[Source], list[FailedFile]]:
    """Return the files to read, and the folders and archives that could not be opened.

    Those are the files named, in folders those with a known extension, and what archives hold.
    Raises `UsageError` for a folder without any.
    """
    found, failed = dict[Path, None](), list[FailedFile]()
    for path in paths:
        if path.is_dir():
            known = len(failed)
            inside = sorted(_inside(path, failed))
            if not inside and len(failed) == known:
                raise UsageError("no-documents", path=path, suffixes=" ".join(SUFFIXES))
            found |= dict.fromkeys(inside)
        else:
            found[path] = None
    sources = list[Source]()
    for path in found:
        if path.suffix.lower() != ARCHIVE:
            sources.append(Source(path))
            continue
        try:
            sources += _in_archive(path)
        except FileError as error:
            failed.append(FailedFile(path, error))
    return sources, failed


def _inside(top: Path, failed: list[FailedFile]) -> Iterator[Path]:
    """Yield the files to read below a folder; `failed` takes the folders that do not open."""

    def tell(error: OSError) -> None:
        at, reason = Path(str(error.filename)), error.strerror
        failed.append(FailedFile(at, FileError("unreadable-folder", path=at, reason=reason)))

    for folder, inner, names in os.walk(top, onerror=tell):
        inner[:] = [name for name in inner if not name.startswith(_HIDDEN)]
        files = (Path(folder, name) for name in names if not name.startswith(_HIDDEN))
        yield from (file for file in files if _readable(file))


def _readable(file: Path) -> bool:
    try:
        return file.suffix.lower() in (*SUFFIXES, ARCHIVE) and file.is_file()
    except OSError:  # in a folder that may be listed and not entered: reading tells
        return True


def _in_archive(path: Path) -> list[Source]:
    inside = members(path, frozenset(SUFFIXES))
    if not inside:
        raise FileError("empty-zip", path=path, suffixes=" ".join(SUFFIXES))
    unpacked = Unpacked()
    return [
        Source(
            unpacked.folder / str(number) / PurePosixPath(name).name, path, number, name, unpacked
        )
        for number, name in inside
    ]
