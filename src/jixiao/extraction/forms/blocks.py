"""Finds the blocks of indicators in a table, by runs of categories and by spans.

The name of a level in a row (产出指标) shows that it holds an indicator, whatever the
header says. The header is the row above that is divided as the rows below are, or coarser.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from jixiao.documents.model import Cell, Table
from jixiao.extraction.evidence.categories import levels
from jixiao.extraction.evidence.likeness import NOT_LIKE, Likeness, bare
from jixiao.extraction.evidence.rules import limits
from jixiao.extraction.evidence.shapes import folded, is_value, shape
from jixiao.extraction.field_words import column_lexicon, label_like
from jixiao.extraction.forms.grid import distinct, filled, row_cells, text

_LEVELS = frozenset({"level1", "level2", "level3"})
_FIGURES = frozenset({"number", "money"})
_ENDS = frozenset({"total-score", "other", "stop", "name"})  # labels that end a block

Skip = Literal["header", "blank", "total", "group"]
_NUMBER = re.compile(r"[(]?\d{1,2}[)]?")


@dataclass(slots=True)
class Column:
    """A column of a block: its header from the top row down, and a cell for each row.

    `head` is the cell of its lowest header, which may span other columns too.
    `columns.assign` sets `role`, `confidence`, `like` (the likeness of its headers to words of the
    role) and `rival` (the role it would have otherwise); `group` counts groups of columns that
    stand side by side, from 0.
    """

    at: int
    headers: tuple[str, ...]
    cells: list[Cell | None]
    head: Cell | None = None
    role: str = "none"
    confidence: float = 1.0
    like: Likeness = NOT_LIKE
    rival: str = "none"
    group: int = 0

    @property
    def header(self) -> str:
        """The lowest header, blank if there is none."""
        return self.headers[-1] if self.headers else ""

    @property
    def label(self) -> str:
        """The headers joined with "/" from the top row down."""
        return "/".join(self.headers)


@dataclass(slots=True)
class Block:
    """Rows of indicators below a header: rows from `top` up to `body` are the header.

    `side` is the label beside the block. `skipped` has the rows that state no indicator: a header
    again, the numbers of columns, a blank row, a sum, or the name of the group of rows below.
    """

    table: Table
    top: int
    body: int
    rows: list[int]
    side: str = ""
    columns: list[Column] = field(default_factory=list[Column])
    skipped: dict[int, Skip] = field(default_factory=dict[int, Skip])

    @property
    def stated(self) -> list[int]:
        """The rows that may state an indicator."""
        return [row for row in self.rows if row not in self.skipped]

    @property
    def end(self) -> int:
        """The first row below the block."""
        return max(self.rows) + 1


@dataclass(slots=True)
class _Table:
    """A table with the rows that show where its blocks are.

    `first` and `second` are the columns of the first and the second level, `anchored` the rows
    with the name of a level, `heads` those with header words.
    """

    table: Table
    first: int | None
    second: int | None
    anchored: set[int]
    heads: set[int]

    @property
    def level(self) -> int | None:
        return self.first if self.first is not None else self.second


def blocks(table: Table, *, headed: bool = False) -> list[Block]:
    """Return the blocks of indicators of a table, from the top down.

    Args:
        table: A table, or the part of one that holds one form.
        headed: Whether its first row is known to be the header, whatever it says.
    """
    first, second = _category_columns(table)
    height = len(table.grid)
    heads = {row for row in range(height) if (headed and row == 0) or _is_header(table, row)}
    known = _Table(table, first, second, set(), heads)
    known.anchored = {row for row in range(height) if row not in heads and _anchors(known, row)}
    found, row = list[Block](), 0
    while row < height:
        if row not in known.heads and row not in known.anchored:
            row += 1
            continue
        body = row
        while body < height and body in known.heads:
            body += 1
        if body == height:
            break
        top, body = _header_above(table, row) if body == row else _extent(table, row, body)
        if block := _block(known, top, body):
            found.append(block)
            row = block.end
        else:
            row = body + 1
    return found


def _category_columns(table: Table) -> tuple[int | None, int | None]:
    """Return the columns with most names of first and of second levels, None where none is."""
    best: dict[int, tuple[float, int | None]] = {1: (0.0, None), 2: (0.0, None)}
    for column in range(len(table.grid[0])):
        cells = [
            cell
            for cell in distinct(row[column] for row in table.grid)
            if cell.column == column and cell.text.text
        ]
        ones = sum(levels(text(cell))[0] for cell in cells)
        twos = sum(levels(text(cell))[1] for cell in cells)
        first = ones - 0.5 * twos if ones > twos else 0.0
        second = twos - 0.3 * ones if twos >= 0.8 * ones else 0.0
        for level, score in ((1, first), (2, second)):
            if score > best[level][0] + 0.01:
                best[level] = score, column
    one = best[1][1] if best[1][0] >= 0.6 else None
    two = best[2][1] if best[2][0] >= 0.6 else None
    if one is not None and two is not None and one >= two:  # never right of the second level
        one = None if best[2][0] >= best[1][0] else one
        two = None if one is not None and two <= one else two
    return one, two


def _is_header(table: Table, row: int) -> bool:
    """Tell whether a row has header words, and no name of a level, which a row below has."""
    own = [cell for cell in row_cells(table, row) if cell.row == row]
    return _header_words(table, row) >= 2.0 and max(max(levels(text(c))) for c in own) < 0.8


def _header_words(table: Table, row: int) -> float:
    """Return how much a row looks like the header of indicators: several short words, no value."""
    cells = filled(row_cells(table, row))
    if len(cells) < 3 or any(is_value(text(cell)) for cell in cells):
        return 0.0
    likes = [column_lexicon().best(text(cell)) for cell in cells]
    strong = {role.partition(":")[0] for role, like in likes if like.score > limits().header}
    return len(strong) * 0.5 + len(strong & _LEVELS)


def _names_indicators(table: Table, rows: range) -> bool:
    """Tell whether header rows have words for an indicator's name, and for its value or others."""
    cells = distinct(cell for row in rows for cell in table.grid[row])
    likes = [column_lexicon().best(text(cell)) for cell in cells]
    strong = {role.partition(":")[0] for role, like in likes if like.score > limits().header}
    return "level3" in strong and len(strong) >= (3 if "value" in strong else 4)


def _anchors(known: _Table, row: int) -> bool:
    """Tell whether a row has the name of a level in its column, and other cells beside it."""
    cells = row_cells(known.table, row)
    if len(cells) < 3:
        return False
    for column, level in ((known.first, 0), (known.second, 1)):
        cell = known.table.grid[row][column] if column is not None else None
        narrow = cell is not None and cell.columns < len(known.table.grid[0]) * 0.6
        if cell is not None and narrow and levels(text(cell))[level] >= 0.3:
            return True
    return False


def _extent(table: Table, top: int, body: int) -> tuple[int, int]:
    """Return the rows of a header: cells of it may reach up, or down into a row of subheaders."""
    up = [c.row for c in row_cells(table, body - 1) if c.row < body - 1 and c.row + c.rows <= body]
    top = min([top, *up])
    while body < len(table.grid) and _reaches_down(table, top, body):
        body += 1
    return top, body


def _reaches_down(table: Table, top: int, row: int) -> bool:
    cells = row_cells(table, row)
    hanging = any(
        top <= cell.row < row
        and cell.row + cell.rows > row
        and len(text(cell)) <= 14
        and column_lexicon().best(text(cell))[1].score > 0.6
        for cell in cells
    )
    own = [cell for cell in cells if cell.row == row]
    plain = not any(is_value(text(c)) or max(levels(text(c))) >= 0.5 for c in own)
    return hanging and plain


def _header_above(table: Table, row: int) -> tuple[int, int]:
    """Return the rows of a header whose words say nothing: the row above, divided alike."""
    if row == 0:
        return row, row
    edges = {cell.column for cell in row_cells(table, row)}
    cells = row_cells(table, row - 1)
    shared = len({cell.column for cell in cells} & edges) / max(1, len(edges))
    texts = [text(cell) for cell in filled(cells)]
    if shared < 0.7 or len(texts) < 3:
        return row, row
    if any(len(bare(t)) > 14 or is_value(t) for t in texts):
        return row, row
    up = [cell.row for cell in cells if cell.row < row - 1 and cell.row + cell.rows <= row]
    return min([row - 1, *up]), row


def _block(known: _Table, top: int, body: int) -> Block | None:
    """Return the block below a header, None where the rows below are none."""
    block = Block(known.table, top, body, [])
    row = body
    while row < len(known.table.grid) and _belongs(known, block, row):
        block.rows.append(row)
        row += 1
    while block.rows and block.skipped.get(block.rows[-1]) == "blank":
        block.rows.pop()
    if not block.stated:
        return None
    anchored = any(row in known.anchored for row in block.rows)
    if not anchored and not _names_indicators(known.table, range(top, body)):
        return None
    _add_columns(known, block)
    return block


def _belongs(known: _Table, block: Block, row: int) -> bool:
    """Tell whether a row goes on with a block; a row of it that is no indicator is skipped."""
    table, cells = known.table, row_cells(known.table, row)
    if row in known.heads or _is_as_header(known, block, row):
        return _repeats_header(known, block, row)
    texts = filled(cells)
    if not texts:
        block.skipped[row] = "blank"
        return bool(block.rows)
    if row in known.anchored:
        return True
    numbers = len(texts) > 2 and all(_NUMBER.fullmatch(folded(text(cell))) for cell in texts)
    if numbers and not block.stated:
        block.skipped[row] = "header"  # the numbers of the columns
        return True
    if len(texts) == 1 and _heads_group(known, row):
        block.skipped[row] = "group"
        return True
    base = row_cells(table, block.rows[0]) if block.rows else cells
    alike = _alike(cells, base)
    near = any(r in known.anchored for r in range(row, min(row + 3, len(table.grid))))
    if known.level is not None and block.rows and not near and alike < 0.99:
        return _sums_up(block, row, texts)
    if alike < 0.6 or _is_wide(known, row, len(base)) or (block.rows and len(cells) <= 2):
        return _sums_up(block, row, texts)
    label, like = label_like(text(texts[0]))
    if block.rows and label is not None and like > 0.8 and label.field in _ENDS:
        return _sums_up(block, row, texts)
    return True


def _heads_group(known: _Table, row: int) -> bool:
    """Tell whether the only text of a row is that of a group: rows of indicators follow at once."""
    wide = max(cell.columns for cell in row_cells(known.table, row))
    below = row + 1
    follows = below in known.anchored and below < len(known.table.grid)
    return follows and (wide > 2 or not known.table.ruled)


def _sums_up(block: Block, row: int, texts: list[Cell]) -> bool:
    """Tell whether a row at the end of a block has its sum; it states no indicator."""
    label, like = label_like(text(texts[0]), frozenset({"total-score"}))
    if not block.rows or label is None or like < 0.9:
        return False
    block.skipped[row] = "total"
    return True


def _is_as_header(known: _Table, block: Block, row: int) -> bool:
    """Tell whether a row has the words of the header again, which no list of words may know."""
    first = known.level if known.level is not None else 0
    above = row_cells(known.table, block.body - 1) if block.body > block.top else []
    heads = [folded(text(cell)) for cell in above if cell.column >= first]
    return len(heads) > 2 and heads == [
        folded(text(cell)) for cell in row_cells(known.table, row) if cell.column >= first
    ]


def _repeats_header(known: _Table, block: Block, row: int) -> bool:
    """Tell whether a header is printed again; with another label beside it, a block begins."""
    cells = [cell for cell in row_cells(known.table, row) if cell.row == row]
    above = row_cells(known.table, block.body - 1) if block.body > block.top else []
    before = known.level if known.level is not None else 1
    beside = any(cell.column < before and cell.text.text for cell in cells)
    if beside or not {folded(text(c)) for c in cells} <= {folded(text(c)) for c in above}:
        return False
    block.skipped[row] = "header"
    return True


def _alike(cells: list[Cell], base: list[Cell]) -> float:
    """Return how many of the columns of two rows begin at the same place."""
    edges, others = {cell.column for cell in cells}, {cell.column for cell in base}
    return len(edges & others) / max(1, len(edges | others))


def _is_wide(known: _Table, row: int, usual: int) -> bool:
    """Tell whether a cell over the column of levels is wide, as that of a note is."""
    cell = known.table.grid[row][known.level] if known.level is not None else None
    if cell is None or cell.columns <= max(2, len(known.table.grid[0]) // 3):
        return False
    return len(row_cells(known.table, row)) < usual - 1


def _add_columns(known: _Table, block: Block) -> None:
    """Add the columns of a block, and the label beside it."""
    table, rows = known.table, block.stated
    starts = {cell.column for row in rows for cell in row_cells(table, row)}
    if block.body > block.top:
        starts |= {cell.column for cell in row_cells(table, block.body - 1)}
    for at in sorted(starts):
        cells = [table.grid[row][at] for row in rows]
        if side := _side_label(known, block, at, cells):
            block.side = text(side)
            continue
        heads = [table.grid[row][at] for row in range(block.top, block.body)]
        if _is_covered(at, cells) and _is_covered(at, heads):
            continue  # no cell begins here
        headers = tuple(dict.fromkeys(text(cell) for cell in heads if text(cell)))
        block.columns.append(Column(at, headers, cells, heads[-1] if heads else None))


def _side_label(known: _Table, block: Block, at: int, cells: list[Cell | None]) -> Cell | None:
    """Return the cell beside all rows of a block and its header, None if there is none."""
    cell = cells[0]
    if cell is None or cell.column != at or any(other is not cell for other in cells):
        return None
    if cell.row < block.body:
        return cell
    before_levels = known.level is None or at < known.level
    alone = block.body == block.top and len(cells) > 1 and shape(text(cell)) not in _FIGURES
    return cell if before_levels and alone else None


def _is_covered(at: int, cells: list[Cell | None]) -> bool:
    return all(cell is not None and cell.column < at for cell in cells)
