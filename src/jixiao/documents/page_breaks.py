"""Tables that a page break cut: whole again, without the headers it repeated."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import msgspec

from jixiao.documents.model import Block, Cell, Flow, Table, Text, together
from jixiao.documents.pdf.lines import first_word
from jixiao.text import squeeze

HEAD = 6  # rows from the top among which a repeated header is looked for
_ITEM = re.compile(r"[(（]?[\d一二三四五六七八九十]{1,3}[.．、)）]")
_END = re.compile(r"[。；;！？]$")
DOUBTED = 0.9  # how sure a text is that may be half of the one on the next page
WIDTH = 3.0  # points by which the columns of one table may differ from page to page


def join_page_breaks(flow: Flow) -> Flow:
    """Return the flow with each table whole, numbered anew from 1."""
    blocks = list[Block]()
    for block in flow.blocks:
        base = _base(blocks, block) if isinstance(block, Table) else None
        if base is not None and isinstance(block, Table):
            del blocks[blocks.index(base) + 1 :]
            _join(base, block)
        else:
            blocks.append(block)
    for number, table in enumerate((b for b in blocks if isinstance(b, Table)), 1):
        table.number = number
    return replace(flow, blocks=tuple(blocks))


def _base(blocks: list[Block], part: Table) -> Table | None:
    """Return the table that `part` goes on with, None where it is a table of its own."""
    at = max((i for i, b in enumerate(blocks) if isinstance(b, Table)), default=None)
    if at is None:
        return None
    base, between = blocks[at], [b for b in blocks[at + 1 :] if isinstance(b, Text)]
    assert isinstance(base, Table)
    if not _same_columns(base, part) or not _repeats(between, blocks[:at]):
        return None
    if _begins_anew(base, part):
        return None
    if part.pages[0] == base.pages[1] + 1:
        return base
    header = _header(base, part)
    return base if header and header[1] < len(part.grid) else None


def _begins_anew(base: Table, part: Table) -> bool:
    """Tell whether `part` is the next form: its first label is the base's, what follows differs."""
    first = squeeze(base.text(0, 0))
    return bool(first) and first == squeeze(part.text(0, 0)) and not _same_row(base, 0, part, 0)


def _same_columns(base: Table, part: Table) -> bool:
    """Tell whether the columns agree; a page with wide cells only shows fewer of them."""
    if not base.edges or not part.edges:
        return len(base.grid[0]) == len(part.grid[0])
    few, many = sorted((base.edges, part.edges), key=len)
    outer = abs(few[0] - many[0]) < WIDTH and abs(few[-1] - many[-1]) < WIDTH
    return outer and all(any(abs(x - edge) < WIDTH for edge in many) for x in few)


def _widen(table: Table, edges: tuple[float, ...]) -> None:
    """Lay the table out on more columns: a cell spans those it covers."""
    starts = [min(range(len(edges)), key=lambda k: abs(edges[k] - x)) for x in table.edges]
    for cell in {id(c): c for row in table.grid for c in row if c}.values():
        first, last = starts[cell.column], starts[cell.column + cell.columns]
        cell.column, cell.columns = first, last - first
    table.grid = [
        [row[c] for c, n in enumerate(_steps(starts)) for _ in range(n)] for row in table.grid
    ]
    table.edges = edges


def _steps(starts: list[int]) -> list[int]:
    return [b - a for a, b in pairwise(starts)]


def _repeats(between: list[Text], before: Sequence[Block]) -> bool:
    """Tell whether the text between two tables is only what stood above the first as well."""
    above = [b.text for b in before[len(before) - len(between) :] if isinstance(b, Text)]
    return [b.text for b in between] == above[: len(between)]


def _header(base: Table, part: Table) -> tuple[int, int] | None:
    """Return where the rows that `part` repeats start in `base`, and how many they are."""
    best: tuple[int, int] | None = None
    for start in range(min(HEAD, len(base.grid))):
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
    mine = [squeeze(text) for text in base.texts(row)]
    return any(mine) and mine == [squeeze(text) for text in part.texts(other)]


def _join(base: Table, part: Table) -> None:
    few, many = sorted((base, part), key=lambda table: len(table.edges))
    if len(few.edges) < len(many.edges):
        _widen(few, many.edges)
    start, count = _header(base, part) or (0, 0)
    body = start + count
    rows = part.grid[count:]
    base.pages = base.pages[0], part.pages[1]
    if not rows:
        return
    if any(cell and cell.open_below for cell in base.grid[-1]):
        _go_on(base, rows)
    elif not part.open_above:
        _span_over(base, rows, body)
        if _split(base, rows, body):
            _knit(base, rows.pop(0))
    base.grid += rows
    _measure(base)


def _measure(table: Table) -> None:
    """Set where each cell starts and how many rows it spans, by the places it has in the grid."""
    seen = dict[int, tuple[Cell, set[int]]]()
    for number, row in enumerate(table.grid):
        for cell in row:
            if cell:
                seen.setdefault(id(cell), (cell, set()))[1].add(number)
    for cell, numbers in seen.values():
        cell.row, cell.rows = min(numbers), len(numbers)


def _go_on(base: Table, rows: list[list[Cell | None]]) -> None:
    """Let the cells that no line closed at the page's end go on below.

    Where all of a row's cells do, the break cut the row; else those that do span over it.
    """
    last, first = base.grid[-1], rows[0]
    cut = all(cell is None or cell.open_below for cell in last)
    pairs = {(id(a), id(b)): (a, b) for a, b in zip(last, first, strict=True) if a and b}
    for above, below in pairs.values():
        if above.open_below:
            above.text = together([above.text, below.text])
            above.places += below.places
            above.open_below = below.open_below
            for row in rows:
                row[:] = [above if cell is below else cell for cell in row]
    if cut:
        rows.pop(0)


def _merged(table: Table, body: int) -> set[int]:
    """Return the columns in which cells are merged downwards below the header."""
    first = max(body, 1)
    return {c.column for row in table.grid for c in row if c and c.rows > 1 and c.row >= first}


def _span_over(base: Table, rows: list[list[Cell | None]], body: int) -> None:
    """Let a merged cell go on over the break: a blank one in a column that has merged cells.

    Where others have text, that is the rest of the cell above if the text there broke off.
    """
    merged = _merged(base, body) | {c.column for c in rows[0] if c and c.rows > 1}
    pairs = [
        (column, above, cell)
        for column, (above, cell) in enumerate(zip(base.grid[-1], rows[0], strict=True))
        if above and cell and column in merged and above.text.text
    ]
    blank = [pair for pair in pairs if not pair[2].text.text]
    filled = [pair for pair in pairs if pair[2].text.text]
    for _, above, below in filled:
        if base.ruled and _without_room(above, below):
            above.text, below.text = _doubted(above.text), _doubted(below.text)
    few = base.ruled and 0 < len(filled) <= len(blank)
    if few and all(_breaks_off(base, rows, *pair) for pair in filled):
        blank += filled
    for column, above, cell in blank:
        above.text = together([above.text, cell.text])
        above.places += cell.places
        for row in rows:
            row[column] = above if row[column] is cell else row[column]


def _doubted(text: Text) -> Text:
    """Return a text of which it is not certain whether it is whole."""
    lines = [
        msgspec.structs.replace(line, confidence=min(line.confidence, DOUBTED))
        for line in text.lines
    ]
    return msgspec.structs.replace(text, lines=tuple(lines))


def _breaks_off(
    base: Table, rows: list[list[Cell | None]], column: int, above: Cell, below: Cell
) -> bool:
    """Tell whether a last line is full, ends no sentence, and no cell holds either half alone."""
    halves = above.text.text, below.text.text
    others = (row[column] for row in (*base.grid, *rows) if row[column] not in (above, below))
    alone = any(other and other.text.text in halves for other in others)
    return not alone and not _END.search(halves[0]) and _without_room(above, below)


def _without_room(above: Cell, below: Cell) -> bool:
    """Tell whether the first word below would not have fitted, with the margin at both sides."""
    if not above.text.lines or not below.text.lines:
        return False
    line, (left, _, right, _) = above.text.lines[-1], above.places[-1][1]
    margin = min(printed.x0[0] for printed in above.text.lines) - left
    return right - margin - line.x1[-1] < first_word(below.text.lines[0])


def _split(base: Table, rows: list[list[Cell | None]], body: int) -> bool:
    """Tell whether the break cut a row: a column that is else never blank is so in one part only.

    That is the lower part, or the upper where the row's first column is blank too: else a short
    row was followed by a whole one.
    """
    last, first = base.grid[-1], rows[0]
    pairs = [(a, b) for a, b in zip(last, first, strict=True) if a and b and a is not b]
    if not all(_runs_full(*pair, ruled=base.ruled) for pair in pairs):
        return False
    others = [*(base.grid[body:-1] or base.grid[-1:]), *rows[1:]]
    merged = _merged(base, body)
    for column, (above, below) in enumerate(zip(last, first, strict=True)):
        if column in merged or not all(_filled(row[column]) for row in others):
            continue
        if _filled(above) > _filled(below) or (column == 0 and _filled(above) < _filled(below)):
            return True
    return False


def _filled(cell: Cell | None) -> bool:
    return bool(cell and cell.text.text)


def _runs_full(above: Cell, below: Cell, *, ruled: bool) -> bool:
    """Tell whether text may run on: a line that ends short of the edge does not, but for a list."""
    if not above.text.lines or not below.text.lines or _ITEM.match(below.text.text):
        return True
    return _is_full(above) if ruled else _without_room(above, below)


def _is_full(cell: Cell) -> bool:
    line, edge = cell.text.lines[-1], cell.places[-1][1][2]
    return edge - line.x1[-1] < 2.2 * line.size


def _knit(base: Table, row: list[Cell | None]) -> None:
    """Add the texts of a row's second half to those of its first, the table's last row."""
    done = set[int]()
    for above, below in zip(base.grid[-1], row, strict=True):
        if not above or not below or above is below or id(above) in done:
            continue
        done.add(id(above))
        above.text = together([above.text, below.text])
        above.places += below.places
