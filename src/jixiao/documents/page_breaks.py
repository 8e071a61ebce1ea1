"""Joins tables that a page break divided.

A table continues the one before it if both have the same columns and nothing stands between them
but text that is also above the first (titles that each page repeats), unless it begins as the
first one does: with its labels again, but with other values. Joining

1. drops the header rows that the second part repeats,
2. joins the cells on both sides of the break that are one cell, by the ruling lines if these show
   it, else by their content,
3. joins the last row above with the first one below if the break divided a row.
"""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise, takewhile

import msgspec

from jixiao.documents.model import Block, Cell, DocumentContent, Table, Text, distinct, join_texts
from jixiao.documents.pdf.lines import first_word_width
from jixiao.text import squeeze

HEADER_ROWS = 6  # rows from a table's top among which a repeated header is looked for
DOUBTED = 0.9  # confidence in a text that may be half of the text on the next page
HEADED = 3  # columns that a header names at least
WIDTH = 3.0  # points by which the columns of one table may differ from page to page
_ITEM = re.compile(r"[(（]?[\d一二三四五六七八九十]{1,3}[.．、)）]")
_END = re.compile(r"[。；;！？]$")

Row = list[Cell | None]


def join_page_breaks(content: DocumentContent) -> DocumentContent:
    """Return the content with divided tables joined and all tables numbered from 1.

    Args:
        content: The blocks of a file; its tables are changed in place.
    """
    blocks = list[Block]()
    for block in content.blocks:
        base = _base(blocks, block) if isinstance(block, Table) else None
        if base is not None and isinstance(block, Table):
            # The text between the parts only repeats what stands above the first.
            del blocks[blocks.index(base) + 1 :]
            _join(base, block)
        else:
            blocks.append(block)
    for number, table in enumerate((b for b in blocks if isinstance(b, Table)), 1):
        table.number = number
    return replace(content, blocks=tuple(blocks))


def _base(blocks: list[Block], part: Table) -> Table | None:
    """Return the table that `part` continues, None if it is a separate table."""
    at = next((i for i in reversed(range(len(blocks))) if isinstance(blocks[i], Table)), None)
    if at is None:
        return None
    base, between = blocks[at], [b for b in blocks[at + 1 :] if isinstance(b, Text)]
    assert isinstance(base, Table)
    above = [b.text for b in blocks[at - len(between) : at] if isinstance(b, Text)]
    if [b.text for b in between] != above[: len(between)]:
        return None
    if not _same_columns(base, part) or _is_next_form(base, part):
        return None
    if part.pages[0] == base.pages[1] + 1:
        return base
    # Without pages (Word, Excel) or on one page, only a repeated header shows a continuation.
    header = _repeated_header(base, part)
    return base if header and header[1] < len(part.grid) else None


def _is_next_form(base: Table, part: Table) -> bool:
    """Tell whether `part` is another form or table of the same make as `base`.

    Below titles that span the table, it has the first label of `base` again, but with another
    value; or it has the same labels or headers below another title.
    """
    ours, theirs = _titles(base), _titles(part)
    if ours and theirs and ours != theirs:
        below = _texts(base, len(ours))[:1]
        return bool(below) and below == _texts(part, len(theirs))[:1] and _differ(ours, theirs)
    same = 0
    while (texts := _texts(base, same)) and texts == _texts(part, same):
        same += 1
    if not texts or not texts[0] or texts[:1] != _texts(part, same)[:1]:
        return False
    # Below a header that was repeated come the rows of the body, which may begin alike.
    return same <= len(ours) or _has_head_again(base, part, same)


def _titles(table: Table) -> list[str]:
    """Return the texts of the rows at the top that are a single cell."""
    rows = (_texts(table, row) for row in range(len(table.grid)))
    return [texts[0] for texts in takewhile(lambda texts: len(texts) == 1, rows)]


def _differ(ours: list[str], theirs: list[str]) -> bool:
    """Tell whether titles are different ones: not the same with a mark that they go on (续)."""
    one, other = "".join(ours), "".join(theirs)
    return one not in other and other not in one


def _has_head_again(base: Table, part: Table, same: int) -> bool:
    """Tell whether a label that stands once in `base` is followed by the same header in both."""
    label = base.grid[same][0]
    if any(
        row[0] is not label and base.text(at, 0) == base.text(same, 0)
        for at, row in enumerate(base.grid)
    ):
        return False
    rows = Counter(tuple(_texts(base, row)) for row in range(same + 1, len(base.grid)))
    again = {tuple(_texts(part, row)) for row in range(same + 1, len(part.grid))}
    return any(rows[texts] == 1 and len(set(texts) - {""}) >= HEADED for texts in again)


def _texts(table: Table, row: int) -> list[str]:
    """Return the text of each cell of a row without white space, none below the last row."""
    cells = distinct(table.grid[row]) if row < len(table.grid) else []
    return [squeeze(cell.text.text) for cell in cells]


def _same_columns(base: Table, part: Table) -> bool:
    """Tell whether the columns agree; a page of merged cells only may show fewer of them."""
    if not base.edges or not part.edges:
        return len(base.grid[0]) == len(part.grid[0])
    few, many = sorted((base.edges, part.edges), key=len)
    outer = abs(few[0] - many[0]) < WIDTH and abs(few[-1] - many[-1]) < WIDTH
    return outer and all(any(abs(x - edge) < WIDTH for edge in many) for x in few)


def _widen(table: Table, edges: tuple[float, ...]) -> None:
    """Lay a table out on more columns: each cell spans those that it covers."""
    starts = [min(range(len(edges)), key=lambda k: abs(edges[k] - x)) for x in table.edges]
    for cell in table.cells:
        first, last = starts[cell.column], starts[cell.column + cell.columns]
        cell.column, cell.columns = first, last - first
    widths = [b - a for a, b in pairwise(starts)]
    table.grid = [[row[c] for c, n in enumerate(widths) for _ in range(n)] for row in table.grid]
    table.edges = edges


def _repeated_header(base: Table, part: Table) -> tuple[int, int] | None:
    """Return the row of `base` from which `part` repeats rows at its top, and their number."""
    best: tuple[int, int] | None = None
    for start in range(min(HEADER_ROWS, len(base.grid))):
        count = 0
        while (
            count < len(part.grid)
            and start + count < len(base.grid)
            and _same_row(base, start + count, part, count)
        ):
            count += 1
        if count and (best is None or count > best[1]):
            best = start, count
    return best


def _same_row(base: Table, row: int, part: Table, other: int) -> bool:
    ours, theirs = base.texts(row), part.texts(other)
    if len(ours) != len(theirs):
        return False
    same = all(squeeze(a) == squeeze(b) for a, b in zip(ours, theirs, strict=True))
    return same and any(map(squeeze, ours))


def _join(base: Table, part: Table) -> None:
    """Append the rows of `part` to `base`."""
    few, many = sorted((base, part), key=lambda table: len(table.edges))
    if len(few.edges) < len(many.edges):
        _widen(few, many.edges)
    start, count = _repeated_header(base, part) or (0, 0)
    body = start + count
    rows = part.grid[count:]
    base.pages = base.pages[0], part.pages[1]
    if not rows:
        return
    if any(cell and cell.open_below for cell in base.grid[-1]):
        _join_open_cells(base, rows)
    elif not part.open_above:
        _join_merged_cells(base, rows, body)
        if _divides_row(base, rows, body):
            _append_texts(base, rows.pop(0))
    base.grid += rows
    _update_spans(base)


def _update_spans(table: Table) -> None:
    """Set each cell's first row and number of rows from its positions in the grid."""
    positions = dict[int, tuple[Cell, set[int]]]()
    for number, row in enumerate(table.grid):
        for cell in row:
            if cell:
                positions.setdefault(id(cell), (cell, set()))[1].add(number)
    for cell, numbers in positions.values():
        cell.row, cell.rows = min(numbers), len(numbers)


def _join_open_cells(base: Table, rows: list[Row]) -> None:
    """Join the cells that no line closes at the page's end with the cells below the break.

    If all cells of the last row are open, the break divided that row. If only some are, those
    span further rows and the others end at the break.
    """
    last, first = base.grid[-1], rows[0]
    divided = all(cell is None or cell.open_below for cell in last)
    pairs = {(id(a), id(b)): (a, b) for a, b in zip(last, first, strict=True) if a and b}
    for above, below in pairs.values():
        if above.open_below:
            above.text = join_texts([above.text, below.text])
            above.places += below.places
            above.open_below = below.open_below
            for row in rows:
                row[:] = [above if cell is below else cell for cell in row]
    if divided:
        rows.pop(0)


def _merged_columns(table: Table, body: int) -> set[int]:
    """Return the columns in which cells below the header span several rows."""
    first = max(body, 1)
    return {c.column for row in table.grid for c in row if c and c.rows > 1 and c.row >= first}


def _join_merged_cells(base: Table, rows: list[Row], body: int) -> None:
    """Extend merged cells over the break, where the page's end has closed them with a line.

    A cell above is extended over a blank cell below in a column that has merged cells. If other
    cells below have text, that may be the rest of the text above; it is joined if every one of
    them continues the text above, and doubted otherwise.
    """
    merged = _merged_columns(base, body) | {c.column for c in rows[0] if c and c.rows > 1}
    pairs = [
        (column, above, cell)
        for column, (above, cell) in enumerate(zip(base.grid[-1], rows[0], strict=True))
        if above and cell and column in merged and above.text.text
    ]
    blank = [pair for pair in pairs if not pair[2].text.text]
    filled = [pair for pair in pairs if pair[2].text.text]
    for _, above, below in filled:
        if base.ruled and _has_no_room(above, below):
            above.text, below.text = _doubted(above.text), _doubted(below.text)
    few = base.ruled and 0 < len(filled) <= len(blank)
    if few and all(_continues(base, rows, *pair) for pair in filled):
        blank += filled
    for column, above, cell in blank:
        above.text = join_texts([above.text, cell.text])
        above.places += cell.places
        for row in rows:
            row[column] = above if row[column] is cell else row[column]


def _doubted(text: Text) -> Text:
    """Return a text with a lower confidence, because it may be incomplete."""
    lines = [
        msgspec.structs.replace(line, confidence=min(line.confidence, DOUBTED))
        for line in text.lines
    ]
    return msgspec.structs.replace(text, lines=tuple(lines))


def _continues(base: Table, rows: list[Row], column: int, above: Cell, below: Cell) -> bool:
    """Tell whether the text below continues the text above.

    The last line above must be full and end no sentence, and neither half may be the whole text
    of another cell in the column: a text that also stands alone is complete.
    """
    halves = above.text.text, below.text.text
    others = (row[column] for row in (*base.grid, *rows) if row[column] not in (above, below))
    alone = any(other and other.text.text in halves for other in others)
    return not alone and not _END.search(halves[0]) and _has_no_room(above, below)


def _has_no_room(above: Cell, below: Cell) -> bool:
    """Tell whether the first word below would not have fitted into the last line above."""
    if not above.text.lines or not below.text.lines:
        return False
    line, (left, _, right, _) = above.text.lines[-1], above.places[-1][1]
    # The cell's right margin cannot be seen; it is taken to be as wide as its left one.
    margin = min(printed.x0[0] for printed in above.text.lines) - left
    return right - margin - line.x1[-1] < first_word_width(below.text.lines[0])


def _divides_row(base: Table, rows: list[Row], body: int) -> bool:
    """Tell whether the break divided a row between the two parts.

    In a divided row, a column that is never blank elsewhere is blank in one of the two halves:
    in the lower half, or in the upper one if that is the row's first column. Any other blank
    upper cell only means that a short row precedes a complete one.
    """
    last, first = base.grid[-1], rows[0]
    pairs = [(a, b) for a, b in zip(last, first, strict=True) if a and b and a is not b]
    if not all(_may_run_on(*pair, ruled=base.ruled) for pair in pairs):
        return False
    others = [*(base.grid[body:-1] or base.grid[-1:]), *rows[1:]]
    # The head of a form has other cells than its body, and some of them are blank.
    others = [row for row in others if _division(row) == _division(last)] or others
    merged = _merged_columns(base, body)
    # A row of a template that nobody filled in (……) does not show that its columns may be blank.
    others = [row for row in others if _filled(row, merged) > 1] or others
    for column, (above, below) in enumerate(zip(last, first, strict=True)):
        if column in merged or not all(_has_text(row[column]) for row in others):
            continue
        if _has_text(above) > _has_text(below):
            return True
        if column == 0 and _has_text(above) < _has_text(below):
            return True
    return False


def _division(row: Row) -> list[bool]:
    """Return for each border between two columns whether a row has a cell that spans it."""
    return [one is other for one, other in pairwise(row)]


def _filled(row: Row, merged: set[int]) -> int:
    """Return how many cells with text a row has outside of the merged columns."""
    return len({id(cell) for at, cell in enumerate(row) if at not in merged and _has_text(cell)})


def _has_text(cell: Cell | None) -> bool:
    return bool(cell and cell.text.text)


def _may_run_on(above: Cell, below: Cell, *, ruled: bool) -> bool:
    """Tell whether the text above may run on below: its last line is full, or a list goes on."""
    if not above.text.lines or not below.text.lines or _ITEM.match(below.text.text):
        return True
    if not ruled:
        return _has_no_room(above, below)
    line, edge = above.text.lines[-1], above.places[-1][1][2]
    return edge - line.x1[-1] < 2.2 * line.size


def _append_texts(base: Table, row: Row) -> None:
    """Append the texts of a divided row's lower half to the table's last row."""
    done = set[int]()
    for above, below in zip(base.grid[-1], row, strict=True):
        if not above or not below or above is below or id(above) in done:
            continue
        done.add(id(above))
        above.text = join_texts([above.text, below.text])
        above.places += below.places
