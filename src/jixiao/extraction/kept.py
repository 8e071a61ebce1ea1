"""Tells as unread what a reader took for a value and no field of the record has in the end.

A later stage may drop what an earlier one read: a second total, the row of a sum, the end of a
period without a start. Then the cell was not read, and the record must say so.
"""

import functools
import re

import msgspec

from jixiao.documents.model import DocumentContent, Table
from jixiao.extraction.evidence.shapes import folded
from jixiao.extraction.field_words import field_words
from jixiao.extraction.ledger import Ledger
from jixiao.model.record import Record
from jixiao.text import fold

_ELSEWHERE = frozenset({"where", "coverage", "unread", "problems", "found"})
# Where a cell may be taken apart: between its goals, a name and its points, a number and its unit.
_APART = re.compile(r"[\s:;,、。.()\[\]【】/|~至\-—–=≥≤><]+|(?<=\D)(?=\d)|(?<=\d)(?=\D)")


def release(content: DocumentContent, record: Record, ledger: Ledger) -> None:
    """Give up the claims of values that the record does not have.

    Args:
        content: The document's paragraphs and tables.
        record: What was read of it.
        ledger: What became of each cell; changed in place.
    """
    texts = {fold(text) for text in set(texts_of(record))}
    whole = "\n".join(texts)
    for table in (block for block in content.blocks if isinstance(block, Table)):
        for cell in table.cells:
            if not ledger.is_value(table, cell):
                continue
            stated = folded(cell.text.text)
            if stated not in texts and not has(whole, stated):
                ledger.release(table, cell)


def has(whole: str, stated: str) -> bool:
    """Tell whether the texts of a record hold what a cell states, as one or in parts.

    Args:
        whole: The texts, folded.
        stated: The cell's text, folded.
    """
    if stated in whole or re.search(f"{field_words().unit}$", stated):  # amounts are in yuan
        return True
    value = stated.rpartition(":")[2]  # below its label, which the field says
    return value in whole or all(part in whole for part in _APART.split(value) if part)


def texts_of(value: object) -> list[str]:
    """Return the texts of a record, without those of places and of what was not read."""
    found = list[str]()
    _collect(value, found)
    return found


def _collect(value: object, found: list[str]) -> None:
    # By the fields, not by a copy as dicts: most of a record is places, which are passed by.
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, msgspec.Struct):
        for name in _fields(type(value)):
            inner = getattr(value, name)
            if isinstance(inner, str):  # as most are
                found.append(inner)
            elif inner is not None:
                _collect(inner, found)
    elif isinstance(value, tuple | list):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]
            _collect(inner, found)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, dict):
        _collect([*value, *value.values()], found)  # pyright: ignore[reportUnknownArgumentType]
    elif value is not None:
        found.append(str(value))


@functools.cache
def _fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name not in _ELSEWHERE)
