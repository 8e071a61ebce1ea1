"""Archives of attachments (.zip): each file is unpacked when it is wanted."""

import errno
import lzma
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from jixiao.errors import FileError

LIMIT = 2_000  # megabytes that an archive may unpack to
_BROKEN = (
    BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, UnicodeError,
)  # fmt: skip
_UTF8 = 0x800  # the flag of a name in UTF-8; other names are in the encoding of their maker


class Unpacked:
    """A temporary folder that is there as long as something refers to this object."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="jixiao-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def members(path: Path, suffixes: frozenset[str]) -> list[tuple[int, str]]:
    """Return the files with one of the suffixes, by their numbers and names in the archive.

    Raises `FileError` for an archive that is broken, locked, or too large.
    """
    with _telling(path), ZipFile(path) as archive:
        numbered = enumerate(archive.infolist())
        wanted = [(number, info) for number, info in numbered if _is_wanted(info, suffixes)]
    if any(info.flag_bits & 1 for _, info in wanted):
        raise FileError("encrypted-zip", path=path)
    if sum(info.file_size for _, info in wanted) > LIMIT * 1_000_000:
        raise FileError("huge-zip", path=path, limit=LIMIT)
    return [(number, _name(info)) for number, info in wanted]


def unpack(path: Path, number: int, target: Path) -> None:
    """Unpack one file of an archive; raises `FileError`."""
    with _telling(path):
        archive = _opened(path, path.stat().st_mtime_ns)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(archive.infolist()[number]) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)


@lru_cache(maxsize=1)
def _opened(path: Path, _changed: int) -> ZipFile:
    """Return an archive, whose list of files is read once for all of them."""
    return ZipFile(path)


@contextmanager
def _telling(path: Path) -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise FileError("not-found", path=path) from error
    except _BROKEN as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise FileError("zip-no-room" if full else "broken-zip", path=path) from error


def _is_wanted(info: ZipInfo, suffixes: frozenset[str]) -> bool:
    inside = PurePosixPath(_name(info))
    hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in inside.parts)
    return inside.suffix.lower() in suffixes and not hidden and not info.is_dir()


def _name(info: ZipInfo) -> str:
    """Return a name as its maker wrote it: archives of Chinese Windows have it in GBK."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
