"""Opens a file by what it is: checks its kind, hashes it, and lays it out as a flow."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from jixiao.documents.model import Flow
from jixiao.documents.page_breaks import join_page_breaks
from jixiao.errors import FileError

Format = Literal[
    "pdf", "docx", "xlsx", "html", "txt", "doc", "xls", "png", "jpeg", "tiff", "zip", "data"
]
SUFFIXES: dict[str, Format] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
    ".md": "txt",
    ".doc": "doc",
    ".wps": "doc",
    ".xls": "xls",
    ".et": "xls",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".tif": "tiff",
    ".tiff": "tiff",
}
ARCHIVE = ".zip"
READERS = ("pdfium", "pdfplumber")
# What a file may hold other than its name says: pages and text are often named .doc or .xls.
_ALSO: dict[Format, tuple[Format, ...]] = {
    "html": ("txt",),
    "txt": ("html",),
    "doc": ("html", "docx"),
    "xls": ("html", "xlsx"),
    "png": ("jpeg", "tiff"),
    "jpeg": ("png", "tiff"),
}
_MAGIC: dict[bytes, Format] = {
    b"\x89PNG\r\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_file(path: Path, reader: str) -> tuple[Format, str, Flow]:
    """Return the file's format, its SHA-256 and its flow; raises `FileError` for a bad file."""
    data = _bytes(path)
    kind = _format(path, data)
    flow = _pdf(path, data, reader) if kind == "pdf" else _FLOWS[kind](path)
    return kind, hashlib.sha256(data).hexdigest(), join_page_breaks(flow)


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise FileError("directory", path=path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileError("not-found", path=path) from error
    except OSError as error:
        raise FileError("unreadable", path=path, reason=error.strerror) from error
    if not data.strip():
        raise FileError("empty", path=path)
    return data


def _format(path: Path, data: bytes) -> Format:
    """Return what the file is by its content, which must be what its name says, or near it."""
    suffix = path.suffix.lower()
    if suffix == ARCHIVE:
        raise FileError("archive", path=path)
    named = SUFFIXES.get(suffix)
    if named is None:
        raise FileError("unknown-suffix", path=path, suffixes=" ".join(SUFFIXES))
    found = _sniff(data, named)
    if found == "txt" and named == "html":
        return named
    if found == named or found in _ALSO.get(named, ()):
        return found
    if found in ("txt", "zip", "data"):
        raise FileError(f"broken-{named}" if named != "txt" else "no-text", path=path)
    raise FileError("wrong-suffix", path=path, format=found, suffix=f".{found}")


def _sniff(data: bytes, named: Format) -> Format:
    """Return what the content is; an old Office file is what it is named, for one can be both."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if data.startswith(_OLE):
        return named if named in ("doc", "xls") else "doc"
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return kind
    start = data[:2048].lower()
    if b"<html" in start or b"<!doctype html" in start or b"<table" in start:
        return "html"
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "data" if b"\0" in data[:8192] and not wide else "txt"


def _packed(data: bytes) -> Format:
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except BadZipFile:
        return "zip"
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def _pdf(path: Path, data: bytes, reader: str) -> Flow:
    from jixiao.documents.pdf import reader as printed

    if b"%%EOF" not in data[-4096:]:  # PDFium would mend it by leaving pages out
        raise FileError("truncated", path=path)
    return printed.flow(path, reader)


def _word(path: Path) -> Flow:
    from jixiao.documents.formats import docx

    return docx.flow(path)


def _workbook(path: Path) -> Flow:
    from jixiao.documents.formats import xlsx

    return xlsx.flow(path)


def _html(path: Path) -> Flow:
    from jixiao.documents.formats import html

    return html.flow(path)


def _plain(path: Path) -> Flow:
    from jixiao.documents.formats import plain_text

    return plain_text.flow(path)


def _old_word(path: Path) -> Flow:
    from jixiao.documents.formats.libreoffice import converted

    with converted(path, "docx") as made:
        return _word(made)


def _old_workbook(path: Path) -> Flow:
    from jixiao.documents.formats.libreoffice import converted

    with converted(path, "xlsx") as made:
        return _workbook(made)


def _picture(path: Path) -> Flow:
    from jixiao.documents.pdf import reader as printed

    return printed.pictures(path)


_FLOWS: dict[Format, Callable[[Path], Flow]] = {
    "docx": _word,
    "xlsx": _workbook,
    "html": _html,
    "txt": _plain,
    "doc": _old_word,
    "xls": _old_workbook,
    "png": _picture,
    "jpeg": _picture,
    "tiff": _picture,
}
