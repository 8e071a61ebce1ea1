"""Claims tables that a page carries along: its index of metadata, the contents of a document."""

import re

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.documents.model import DocumentContent, Table
from jixiao.extraction.evidence.shapes import folded
from jixiao.extraction.forms.grid import filled, row_cells, text
from jixiao.extraction.ledger import Ledger

_AROUND = re.compile(r"[\[\]【】:：]")


class FurnitureRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`furniture.toml`: what tables hold that say nothing of a budget.

    `index` are labels of a page's metadata, so many of which show such a table. `leader` ends the
    entries of contents, whose last cell is the number of a page.
    """

    index: list[str]
    index_labels: int
    leader: Regex
    page: Regex


@cache
def furniture_rules() -> FurnitureRules:
    """Return the content of `furniture.toml`."""
    return read_toml(folder("extract") / "furniture.toml", FurnitureRules)


def claim(content: DocumentContent, ledger: Ledger) -> None:
    """Claim the cells of tables that are an index of metadata or contents.

    Args:
        content: A document.
        ledger: What becomes of each cell.
    """
    for table in (block for block in content.blocks if isinstance(block, Table)):
        if _is_index(table) or _is_contents(table):
            for cell in filled(table.cells):
                ledger.claim(table, cell, "furniture")


def _is_index(table: Table) -> bool:
    rules = furniture_rules()
    words = {_AROUND.sub("", folded(text(cell))) for cell in table.cells}
    return len(words & set(rules.index)) >= rules.index_labels


def _is_contents(table: Table) -> bool:
    """Tell whether each row is a title, with dots or an ordinal, and the number of its page."""
    rules, pages = furniture_rules(), list[int]()
    for row in range(len(table.grid)):
        cells = filled(row_cells(table, row))
        if len(cells) != 2 or not re.fullmatch(rules.page, folded(text(cells[1]))):
            return False
        if not re.search(rules.leader, folded(text(cells[0]))):
            return False
        pages.append(int(folded(text(cells[1]))))
    return len(pages) > 2 and pages == sorted(pages)
