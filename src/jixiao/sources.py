"""The files that a build is given: named ones, those in folders, and what archives hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jixiao.archives import Unpacked, unpack
from jixiao.errors import FileError, UsageError
from jixiao.extract import ARCHIVE, SUFFIXES


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, and what it is called in its archive, if it is in one.

    `held` keeps the folder to which the archive was unpacked.
    """

    path: Path
    archive: Path | None = None
    inside: str = ""
    held: Unpacked | None = None

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


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be read, and why."""

    path: Path
    error: FileError


def documents(paths: Sequence[Path]) -> tuple[list[Source], list[Failed]]:
    """Return the files to read, and the archives that could not be unpacked.

    Those are the files named, in folders those with a known extension, and what archives hold.
    Raises `UsageError` for a folder without any.
    """
    found, failed = dict[Path, None](), list[Failed]()
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if _readable(file, path)]
            if not inside:
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
            sources += _unpacked(path)
        except FileError as error:
            failed.append(Failed(path, error))
    return sources, failed


def _readable(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
    return file.suffix.lower() in (*SUFFIXES, ARCHIVE) and not hidden and file.is_file()


def _unpacked(path: Path) -> list[Source]:
    held = Unpacked()
    inside = unpack(path, held.folder, frozenset(SUFFIXES))
    sources = [Source(file, path, name, held) for file, name in inside]
    if not sources:
        raise FileError("empty-zip", path=path, suffixes=" ".join(SUFFIXES))
    return sources
