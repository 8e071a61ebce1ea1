"""Decides the kind of a file: its content (magic numbers) must agree with its suffix."""

from io import BytesIO
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from jixiao.errors import FileError

Format = Literal["pdf", "docx", "xlsx", "html", "txt", "doc", "xls", "png", "jpeg", "tiff"]
Sniffed = Format | Literal["zip", "data"]

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

# Kinds accepted although the suffix names another one: web pages and tab-separated text are often
# named .doc or .xls, because Word and Excel open them.
_ALSO_ACCEPTED: dict[Format, tuple[Format, ...]] = {
    "html": ("txt",),
    "txt": ("html",),
    "doc": ("html", "docx"),
    "xls": ("html", "xlsx"),
    "png": ("jpeg", "tiff"),
    "jpeg": ("png", "tiff"),
}
_IMAGE_MAGIC: dict[bytes, Format] = {
    b"\x89PNG\r\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office files before 2007
_ZIP_MAGIC = b"PK\x03\x04"  # Office files since 2007, and archives
_PDF_MAGIC = b"%PDF-"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def file_kind(path: Path, data: bytes) -> Format:
    """Return the kind of a file by its content, if that agrees with its suffix.

    Args:
        path: The file's name; only its suffix counts.
        data: The whole content.

    Returns:
        The kind of the content. Text that is named as a web page counts as one.

    Raises:
        FileError: for an archive, an unknown suffix, content of another kind than the suffix
            says, and content of no kind that can be read.
    """
    suffix = path.suffix.lower()
    if suffix == ARCHIVE:
        raise FileError("archive", path=path)
    named = SUFFIXES.get(suffix)
    if named is None:
        raise FileError("unknown-suffix", path=path, suffixes=" ".join(SUFFIXES))
    sniffed = sniff(data, named)
    if sniffed == "txt" and named == "html":  # a fragment without the tags that `sniff` looks for
        return named
    for kind in (named, *_ALSO_ACCEPTED.get(named, ())):
        if sniffed == kind:
            return kind
    if sniffed in ("txt", "zip", "data"):
        raise FileError(f"broken-{named}" if named != "txt" else "no-text", path=path)
    raise FileError("wrong-suffix", path=path, format=sniffed, suffix=f".{sniffed}")


def sniff(data: bytes, named: Format) -> Sniffed:
    """Return the kind of some content.

    Args:
        data: The whole content of a file.
        named: The kind that the file's suffix names. It decides between "doc" and "xls", which
            start with the same bytes.

    Returns:
        The kind; "zip" for another file of that container, "data" for other binary content.
    """
    if _PDF_MAGIC in data[:1024]:  # PDF readers accept bytes before the header
        return "pdf"
    if data.startswith(_ZIP_MAGIC):
        return _kind_in_zip(data)
    if data.startswith(_OLE_MAGIC):
        return named if named in ("doc", "xls") else "doc"
    for magic, kind in _IMAGE_MAGIC.items():
        if data.startswith(magic):
            return kind
    start = data[:2048].lower()
    if b"<html" in start or b"<!doctype html" in start or b"<table" in start:
        return "html"
    # UTF-16 text is full of zero bytes; elsewhere a zero byte means binary content.
    return "data" if b"\0" in data[:8192] and not data.startswith(_UTF16_MARKS) else "txt"


def _kind_in_zip(data: bytes) -> Sniffed:
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except BadZipFile:
        return "zip"
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def suffix_of(data: bytes) -> str:
    """Return a suffix for the content of a file without a name.

    Args:
        data: The whole content.

    Returns:
        The usual suffix of its kind (".pdf"), ".zip" for an archive, ".bin" for anything else.

    """
    old_workbook = "Workbook".encode("utf-16-le") in data[:1_000_000]
    kind = sniff(data, "xls" if old_workbook else "doc")
    if kind == "txt" and data.lstrip().startswith(b"<"):
        return ".html"
    if kind in ("zip", "data"):
        return ARCHIVE if kind == "zip" else ".bin"
    return next(suffix for suffix, named in SUFFIXES.items() if named == kind)
