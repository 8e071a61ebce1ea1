"""Reads a budget disclosure into its record: file -> paragraphs and tables -> record.

The folder `extract/` declares how disclosures are written; this package interprets it.

    segments      tables that hold several statements or forms -> one table each
    identity/     whose budget of which year
    forms/        indicator tables (绩效目标表): projects with goals and indicators
    statements/   budget tables (预算公开表, 决算公开表)
    narrative/    prose: figures, goals, projects described in sections, notable passages
    targets       target values (指标值); `money` and `value_rules` serve it
    field_words   the words of headers and labels; `word_matching` prepares them for comparison
    evidence/     what speaks for the meaning of a cell
    periods       periods (实施周期); `grounds` reads what a project cites (立项依据)
    furniture     what a page carries along: metadata, contents
    ledger        what becomes of each cell and character; `kept` tells what no field has in the end
    problems      what could not be read with certainty
    passages      paragraphs without white space
    stated        what a manifest states; `manifest_words` are its words
    assemble      the record of all these
    skew          places on scanned pages, as printed

    record = read("2023.pdf")
"""

import functools
import logging
import time
from importlib.metadata import version
from pathlib import Path

from jixiao.documents import gc_pause
from jixiao.documents.file_kind import ARCHIVE, SUFFIXES
from jixiao.documents.open import READERS, open_file
from jixiao.extraction.assemble import assemble
from jixiao.extraction.skew import as_printed
from jixiao.messages import shown
from jixiao.model.record import Reader, Record

_log = logging.getLogger(__name__)

__all__ = ["ARCHIVE", "READERS", "SUFFIXES", "read"]


@gc_pause.paused()
def read(path: Path | str, *, reader: str = "pdfium") -> Record:
    """Read one file.

    Args:
        path: A file of any supported kind.
        reader: The engine for PDF files, one of `READERS`.

    Returns:
        The record. Parts of the document that could not be read are in its `problems`.

    Raises:
        FileError: if the file cannot be read at all.
    """
    path, start = Path(path), time.perf_counter()
    kind, digest, content = open_file(path, reader)
    engine = Reader(reader if kind == "pdf" else kind, _version())
    record = assemble(content, file=shown(path.name), sha256=digest, kind=kind, reader=engine)
    record = as_printed(record, content.skews)
    _log.info(
        "read %s in %.2f s: %d projects, %d statements, %d problems",
        path,
        time.perf_counter() - start,
        len(record.projects),
        len(record.statements),
        len(record.problems),
    )
    for problem in record.problems:
        _log.debug("%s: %s: %s", path, problem.code, problem.message.en)
    return record


@functools.cache
def _version() -> str:
    # To look it up is to search the path and to parse the package's metadata, half a millisecond.
    return version("jixiao")
