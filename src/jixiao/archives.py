"""Archives of attachments (.zip), unpacked for as long as their files are read."""

import errno
import lzma
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Iterator
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


def unpack(path: Path, folder: Path, suffixes: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """Unpack the files with one of the suffixes; yield each with its name in the archive.

    Raises `FileError` for an archive that is broken, locked, or too large.
    """
    try:
        with ZipFile(path) as archive:
            wanted = [info for info in archive.infolist() if _is_wanted(info, suffixes)]
            if any(info.flag_bits & 1 for info in wanted):
                raise FileError("encrypted-zip", path=path)
            if sum(info.file_size for info in wanted) > LIMIT * 1_000_000:
                raise FileError("huge-zip", path=path, limit=LIMIT)
            for number, info in enumerate(wanted):
                name = _name(info)
                target = folder / str(number) / PurePosixPath(name).name
                target.parent.mkdir(parents=True)
                with archive.open(info) as packed, target.open("wb") as file:
                    shutil.copyfileobj(packed, file)
                yield target, name
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
