"""What processes that read and check documents need, loaded once for all of them.

Only the fork server of `starting` imports this module. Nothing here may start a thread or keep a
file open. What few documents need (LibreOffice, recognition of pictures) each process imports
itself.
"""

from importlib import import_module

from jixiao.documents.model import DocumentContent
from jixiao.extraction import READERS
from jixiao.extraction.assemble import assemble
from jixiao.model.record import Reader
from jixiao.pipeline.process_document import check_record
from jixiao.pipeline.starting import beforehand


def _load_knowledge() -> None:
    """Read and check a document of nothing, which asks for what every document asks for."""
    empty = DocumentContent(blocks=(), pages=None)
    reader = Reader(READERS[0], "")
    check_record(assemble(empty, file="", sha256="", kind="", reader=reader))


# The readers of kinds of files, which are imported when a file is of their kind.
for _reader in ("formats.docx", "formats.html", "formats.xlsx", "pdf.reader"):
    import_module(f"jixiao.documents.{_reader}")
beforehand(_load_knowledge)
