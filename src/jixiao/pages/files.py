"""Opens a file by what it is: checks its kind, hashes it, and lays it out as a flow."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from jixiao.errors import FileError
from jixiao.pages.healing import heal
from jixiao.pages.layout import Flow
from jixiao.pages.marks import Page

Format = Literal["pdf", "docx", "html", "txt"]
SUFFIXES: dict[str, Format] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
    ".md": "txt",
}
READERS = ("pdfium", "pdfplumber")


def open_file(path: Path, reader: str) -> tuple[Format, str, Flow]:
    """Return the file's format, its SHA-256 and its flow; raises `FileError` for a bad file."""
    data = _bytes(path)
    kind = _format(path, data)
    if kind == "pdf":
        _check_pdf(path, data)
        flow = _pdf_flow(path, reader)
    elif kind == "docx":
        from jixiao.pages import word

        flow = word.flow(path)
    elif kind == "html":
        from jixiao.pages import html

        flow = html.flow(path)
    else:
        from jixiao.pages import plain

        flow = plain.flow(path)
    return kind, hashlib.sha256(data).hexdigest(), heal(flow)


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
    """Return what the file is by its content, which must be what its name says."""
    named = SUFFIXES.get(path.suffix.lower())
    if named is None:
        raise FileError("unknown-suffix", path=path, suffixes=" ".join(SUFFIXES))
    found = _sniff(path, data)
    if found == named or (found == "txt" and named == "html"):
        return named
    if found == "html" and named == "txt":
        return named
    if found == "txt" or found is None:
        raise FileError(f"broken-{named}" if named != "txt" else "no-text", path=path)
    raise FileError("wrong-suffix", path=path, format=found, suffix=f".{found}")


def _sniff(path: Path, data: bytes) -> Format | None:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx" if _is_word(path) else None
    start = data[:2048].lower()
    if b"<html" in start or b"<!doctype html" in start or b"<table" in start:
        return "html"
    return (
        None if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "txt"
    )


def _is_word(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            return "word/document.xml" in archive.namelist()
    except BadZipFile as error:
        raise FileError("broken-docx", path=path) from error


def _check_pdf(path: Path, data: bytes) -> None:
    """Refuse a PDF without its end: PDFium would mend it by leaving pages out."""
    if b"%%EOF" not in data[-4096:]:
        raise FileError("truncated", path=path)


def _pdf_flow(path: Path, reader: str) -> Flow:
    from jixiao.pages import pdf

    pages = list(_marks(path, reader))
    if not pages:
        raise FileError("no-pages", path=path)
    if not any(page.glyphs for page in pages):
        raise FileError("images-only", path=path, pages=len(pages))
    return pdf.flow(pages)


def _marks(path: Path, reader: str) -> Iterator[Page]:
    if reader == "pdfplumber":
        from jixiao.pages import plumber

        return plumber.pages(path)
    from jixiao.pages import pdfium

    return pdfium.pages(path)
