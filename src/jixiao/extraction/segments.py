"""Cuts tables that hold several statements or forms under each other into their parts.

A sheet of a workbook is one table, whatever stands in it: title, unit, table, title, unit, table.
Rows that are a title, a line with the unit or a note become paragraphs, as they are in other
files, and what is between them becomes tables. `extract/segments.toml` says what a title is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import Regex, read_toml
from jixiao.documents.model import Block, Cell, DocumentContent, Table, Text
from jixiao.extraction.word_matching import compiled
from jixiao.text import fold

# Texts to remember: what is around a table is asked after by the readers of several kinds of it.
_TEXTS = 4_096
_NUMBER = re.compile(r"[-－]?\d[\d,]*(?:\.\d+)?%?")


class Segments(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`segments.toml`: the texts between tables."""

    longest: int
    title: Regex
    tail: Regex
    no_title: Regex
    captions: list[Regex]
    note: Regex
    statement: Regex
    no_statement: Regex


@cache
def segment_rules() -> Segments:
    """Return the content of `segments.toml`."""
    return read_toml(folder("extract") / "segments.toml", Segments)


@lru_cache(_TEXTS)
def is_title(text: str) -> bool:
    """Tell whether a text is the title of a table or a form."""
    rules = segment_rules()
    plain = re.sub(rules.tail, "", fold(text))
    return (
        len(plain) <= rules.longest
        and re.search(rules.title, plain) is not None
        and not re.search(rules.no_title, plain)
        and not _fits_caption(plain)
    )


@lru_cache(_TEXTS)
def is_caption(text: str) -> bool:
    """Tell whether a text above a table is no title: its unit, its number, whose table it is."""
    plain = fold(text)
    return len(plain) <= segment_rules().longest and _fits_caption(plain)


def _fits_caption(plain: str) -> bool:
    return any(compiled(pattern).search(plain) for pattern in segment_rules().captions)


@lru_cache(_TEXTS)
def is_note(text: str) -> bool:
    """Tell whether a text below a table is a note on it."""
    return re.search(segment_rules().note, fold(text)) is not None


def is_statement_title(text: str) -> bool:
    """Tell whether a title speaks of a budget and not of performance."""
    rules, plain = segment_rules(), fold(text)
    return bool(re.search(rules.statement, plain)) and not re.search(rules.no_statement, plain)


def split(content: DocumentContent) -> DocumentContent:
    """Return a document whose tables hold one statement or form each.

    Args:
        content: The document as it was read from the file.

    Returns:
        The document with the titles, captions and notes between tables as paragraphs. The parts
        of a table keep its number; their `first_row` tells where they begin in it.
    """
    blocks = list[Block]()
    for at, block in enumerate(content.blocks):
        if isinstance(block, Table):
            blocks += _parts(block, _table_below(content.blocks[at + 1 :]))
        else:
            blocks.append(block)
    return replace(content, blocks=tuple(blocks))


def _table_below(blocks: Sequence[Block]) -> Table | None:
    """Return the next table, if only lines that go above a table are between."""
    for block in blocks:
        if isinstance(block, Table):
            return block
        if not (is_caption(block.text) or is_title(block.text)):
            break
    return None


@dataclass(frozen=True, slots=True)
class _Head:
    """The rows from `top` up to `bottom` that stand above a table."""

    top: int
    bottom: int


def _parts(table: Table, below: Table | None) -> Iterator[Block]:
    """Yield the parts of a table, and as paragraphs what stands between them."""
    rows = range(len(table.grid))
    if below and all(_is_above(table, row, merged=False) for row in rows):
        yield from _paragraphs(table, 0, len(table.grid))  # the unit in a table of its own
        return
    heads = list(_heads(table, below))
    if not heads:
        yield table
        return
    ends = [*(head.top for head in heads[1:]), len(table.grid)]
    yield from _with_notes(table, 0, heads[0].top)
    for head, end in zip(heads, ends, strict=True):
        yield from _paragraphs(table, head.top, head.bottom)
        yield from _with_notes(table, head.bottom, end)


def _with_notes(table: Table, top: int, bottom: int) -> Iterator[Block]:
    """Yield a part, and the notes at its end as paragraphs."""
    end = bottom
    while end > top and not (texts := _texts(table, end - 1)):
        end -= 1
    while end > top and (texts := _texts(table, end - 1)):
        if not (_is_lone(table, end - 1) and is_note(texts[0].text.text)):
            break
        end -= 1
    if any(_texts(table, row) for row in range(top, end)):
        yield table.part(top, end)
    yield from _paragraphs(table, end, bottom)


def _paragraphs(table: Table, top: int, bottom: int) -> Iterator[Text]:
    for row in range(top, bottom):
        yield from (cell.text for cell in _texts(table, row))


def _heads(table: Table, below: Table | None) -> Iterator[_Head]:
    """Yield the rows above each table in a table, titles and what goes with them.

    The last of them may belong to the table below.
    """
    first, row = 0, 0
    titles = set[str]()
    while row < len(table.grid):
        if not (_is_lone(table, row) and is_title(_texts(table, row)[0].text.text)):
            row += 1
            continue
        head = _around(table, row, first, below)
        title = fold(_texts(table, row)[0].text.text)
        if head and (
            not any(_texts(table, r) for r in range(first, head.top))
            or _begins_anew(table, head, row, first, titles, below)
        ):
            titles.add(title)
            first = head.bottom
            yield head
        row = max(row + 1, head.bottom if head else 0)


def _around(table: Table, title: int, first: int, below: Table | None) -> _Head | None:
    """Return the rows that go with a title, None if no header begins below them."""
    top, bottom = title, title + 1
    while top > first and _is_above(table, top - 1, merged=True):
        top -= 1
    while bottom < len(table.grid) and _is_above(table, bottom, merged=False):
        bottom += 1
    header = _first_row(table, bottom, below)
    if header is None or not _is_header(*header):
        return None
    # A blank row ends the table above, it is nothing of the title's.
    while top < title and not _texts(table, top):
        top += 1
    return _Head(top, bottom)


def _is_above(table: Table, row: int, *, merged: bool) -> bool:
    """Tell whether a row is a line above a table: captions, another title, or blank.

    Args:
        table: The table.
        row: The number of the row.
        merged: Whether any text over the whole width is such a line, as long as it is no note.
    """
    texts = [cell.text.text for cell in _texts(table, row)]
    if not texts:
        return not _reached(table, row)
    if all(is_caption(text) for text in texts):
        return not _reached(table, row)
    if not _is_lone(table, row) or is_note(texts[0]):
        return False
    whole = _texts(table, row)[0].columns == len(table.grid[row])
    short = len(fold(texts[0])) <= segment_rules().longest
    return is_title(texts[0]) or (merged and whole and short)


def _first_row(table: Table, row: int, below: Table | None) -> tuple[Table, int] | None:
    """Return a row, or the first one of the table below if this one ends before it."""
    if row < len(table.grid):
        return table, row
    return (below, 0) if below else None


def _begins_anew(
    table: Table, head: _Head, title: int, first: int, titles: set[str], below: Table | None
) -> bool:
    """Tell whether a title inside a table begins another one, and no section of the same form."""
    text = _texts(table, title)[0].text.text
    captions = (
        cell.text.text
        for row in range(head.top, head.bottom)
        if row != title
        for cell in _texts(table, row)
    )
    header = _first_row(table, head.bottom, below)
    label = _texts(*header)[0].text.text if header else ""
    earlier = (
        cells[0].text.text for row in range(first, head.top) if (cells := _texts(table, row))
    )
    return (
        is_statement_title(text)
        or fold(text) in titles
        or any(is_caption(caption) for caption in captions)
        or fold(label) in {fold(other) for other in earlier}
    )


def _is_header(table: Table, row: int) -> bool:
    """Tell whether a row may be the first of a table: several texts, and no figure."""
    texts = [fold(cell.text.text) for cell in _texts(table, row)]
    return len(texts) > 1 and not any(_NUMBER.fullmatch(text) for text in texts)


def _texts(table: Table, row: int) -> Sequence[Cell]:
    """Return the cells with text that start in a row."""
    return list(_starting(table, row))


def _starting(table: Table, row: int) -> Iterator[Cell]:
    for column, cell in enumerate(table.grid[row]):
        if cell and cell.row == row and cell.column == column and cell.text.text.strip():
            yield cell


def _reached(table: Table, row: int) -> bool:
    """Tell whether a cell with text reaches into a row from above, or out of it."""
    return any(cell and cell.text.text.strip() and cell.rows > 1 for cell in table.grid[row])


def _is_lone(table: Table, row: int) -> bool:
    """Tell whether a row has a single text and nothing beside it."""
    texts = _starting(table, row)
    if next(texts, None) is None or next(texts, None) is not None:
        return False
    return not _reached(table, row)
