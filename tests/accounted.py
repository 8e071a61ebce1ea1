"""A record that tells what was read: of the real disclosure, with some of it left unread.

What readers claim changes with them; the tests that use this are about what becomes of it.
"""

from pathlib import Path

import msgspec

from jixiao.documents.model import Table
from jixiao.documents.open import open_file
from jixiao.extraction.ledger import Ledger
from jixiao.model.record import Coverage, Found, Other, Recipient, Record, Unread, Where
from jixiao.pipeline.loader import open_loader
from jixiao.pipeline.process_document import ProcessingOptions, process_record
from jixiao.rdf.iris import document_iri
from jixiao.store import search_index
from jixiao.store.store import Entry

OTHER = "绩效指标评价标准"
IN_PART = (13, 14, 15)  # the tables whose last column is not read


def accounted(record: Record, path: Path) -> Record:
    """Return the record of a file with its coverage; three tables and a page are read in part.

    Its first project has other content, its first indicator too, and values for two recipients.
    """
    coverage, unread, cover = _ledger(path)
    first, *rest = record.projects
    indicator, *others = first.indicators
    recipients = (
        Recipient("巨鹿镇", "≥10个", None, indicator.where),
        Recipient("王虎寨镇", "", None, indicator.where),
    )
    indicator = msgspec.structs.replace(
        indicator, other=(Other(OTHER, "历史标准", indicator.where),), recipients=recipients
    )
    first = msgspec.structs.replace(
        first,
        indicators=(indicator, *others),
        other=(Other("绩效监控责任人", "办公室王主任", first.where),),
    )
    found = {
        "department": Found("cover", record.document.department, cover),
        "fiscal_year": Found("manifest", "2023", None),
        "region": Found("name", "巨鹿县", cover),
    }
    return msgspec.structs.replace(
        record,
        document=msgspec.structs.replace(record.document, found=found),
        projects=(first, *rest),
        coverage=coverage,
        unread=unread,
    )


def store_as_read(record: Record, path: Path, folder: Path) -> None:
    """Make a store of a record, as if it had just been read from the file."""
    options = ProcessingOptions(whole=False)
    document = process_record(path, record, options)
    iri = document_iri(document.sha256)
    with open_loader(folder) as loader:
        loader.add(Entry(str(path.resolve()), iri, options.fingerprints(path)), document)
        loader.flush()
        search_index.refresh(loader.store)


def _ledger(path: Path) -> tuple[tuple[Coverage, ...], tuple[Unread, ...], Where]:
    """Return the coverage of a file, what is unread, and the place of its first line."""
    _, _, content = open_file(path, "pdfium")
    ledger = Ledger()
    for block in content.blocks:
        if not isinstance(block, Table):
            if block.where().page != 3:
                ledger.claim_text(block, "value")
            continue
        last = len(block.grid[0]) - 1
        for cell in {id(c): c for row in block.grid for c in row if c}.values():
            if block.number not in IN_PART or cell.column < last:
                ledger.claim(block, cell, "value")
            elif block.number == IN_PART[0]:
                ledger.claim(block, cell, "unread", "unknown-column")
    cover = next(block for block in content.blocks if not isinstance(block, Table))
    return *ledger.close(content.blocks), cover.where()
