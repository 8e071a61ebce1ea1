"""Opens a file: checks its kind, computes its digest, and reads it as paragraphs and tables."""

import hashlib
import logging
from pathlib import Path

from jixiao.documents.file_kind import Format, file_kind
from jixiao.documents.model import DocumentContent
from jixiao.documents.page_breaks import join_page_breaks
from jixiao.errors import FileError

_log = logging.getLogger(__name__)
READERS = ("pdfium", "pdfplumber")


def open_file(path: Path, reader: str) -> tuple[Format, str, DocumentContent]:
    """Read a file as paragraphs and tables.

    Args:
        path: The file.
        reader: The engine for PDF files, one of `READERS`.

    Returns:
        The file's kind, the hexadecimal SHA-256 of its bytes, and its content, in which tables
        that a page break divided are joined.

    Raises:
        FileError: if the file cannot be opened, is of an unknown kind, or is damaged.
    """
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
    kind = file_kind(path, data)
    _log.debug("%s: %d bytes of %s", path, len(data), kind)
    # PDFium repairs a truncated file silently, by leaving pages out.
    if kind == "pdf" and b"%%EOF" not in data[-4096:]:
        raise FileError("truncated", path=path)
    content = _read(path, kind, reader)
    return kind, hashlib.sha256(data).hexdigest(), join_page_breaks(content)


def _read(path: Path, kind: Format, reader: str) -> DocumentContent:
    """Read a file with the module for its kind; each is imported when the first file needs it."""
    match kind:
        case "pdf":
            from jixiao.documents.pdf.reader import read_pdf

            return read_pdf(path, reader)
        case "png" | "jpeg" | "tiff":
            from jixiao.documents.pdf.reader import read_images

            return read_images(path)
        case "docx":
            from jixiao.documents.formats import docx

            return docx.read(path)
        case "xlsx":
            from jixiao.documents.formats import xlsx

            return xlsx.read(path)
        case "html":
            from jixiao.documents.formats import html

            return html.read(path)
        case "txt":
            from jixiao.documents.formats import plain_text

            return plain_text.read(path)
        case "doc":
            from jixiao.documents.formats.libreoffice import converted

            with converted(path, "docx") as copy:
                return _read(copy, "docx", reader)
        case "xls":
            from jixiao.documents.formats.libreoffice import converted

            with converted(path, "xlsx") as copy:
                return _read(copy, "xlsx", reader)
