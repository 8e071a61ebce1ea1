"""The rows of a block: which state an indicator, and the text of each of its fields."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from jixiao.documents.model import Cell, Table
from jixiao.extraction.evidence.categories import levels
from jixiao.extraction.evidence.rules import evidence_rules
from jixiao.extraction.evidence.shapes import folded, shape
from jixiao.extraction.field_words import column_lexicon, field_words, scope_of
from jixiao.extraction.forms.blocks import Block, Column
from jixiao.extraction.forms.grid import distinct, filled, row_cells, text
from jixiao.extraction.ledger import Ledger, Role
from jixiao.extraction.problems import problem
from jixiao.extraction.value_rules import value_rules
from jixiao.model.record import Problem, Scope, field_place

_INHERITED = ("department", "name", "amount", "goal", "level1", "level2")
_LEVELS = ("department", "name", "amount", "goal", "level1", "level2", "none")
_NUMBERS = re.compile(r"[\d一二三四五六七八九十栏次()]{1,3}")
_CONTENT = frozenset({"value", "actual", "score", "description", "basis", "weight"})
# Fields whose dash says that there is none.
_DASHED = ("value", "basis", "remark", "deviation", "nature", "direction")


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator as its row states it.

    `texts` and `columns` have the text and the column of each field, `others` the columns that no
    field has, `recipients` the columns of values by their headers; `cells` has the cells of both.
    `above` has the cells of texts that are taken from a row above. `confidence` is that of the
    least certain column.
    """

    table: Table
    number: int
    texts: dict[str, str]
    columns: dict[str, int]
    scope: Scope | None
    confidence: float = 1.0
    others: tuple[Column, ...] = ()
    recipients: tuple[Column, ...] = ()
    cells: dict[int, Cell | None] = field(default_factory=dict[int, Cell | None])
    above: dict[str, Cell] = field(default_factory=dict[str, Cell])

    def stating(self, name: str) -> Cell | None:
        """Return the cell that has the text of a field, which may stand in a row above."""
        column = self.columns.get(name)
        own = self.table.grid[self.number][column] if column is not None else None
        return own if own and text(own) else self.above.get(name, own)


def rows_of(block: Block, scopes: Sequence[Scope], ledger: Ledger) -> list[Row]:
    """Return the indicators of a block, group of columns by group; claim its cells.

    Args:
        block: A block whose columns are assigned.
        scopes: What groups of columns side by side are for, where they do not say so.
        ledger: What became of each cell.
    """
    _claim_header(block, ledger)
    for number, why in block.skipped.items():
        role: Role = "label" if why in ("total", "group") else "furniture"
        for cell in filled(row_cells(block.table, number)):
            if cell.row == number:
                figure = why == "total" and shape(text(cell)) in ("number", "percent")
                ledger.claim(block.table, cell, "value" if figure else role)
    rows = list[Row]()
    shared = [c for c in block.columns if c.group == 0 and c.role in ("level1", "level2")]
    groups = sorted({column.group for column in block.columns})
    for group in groups:
        columns = [column for column in block.columns if column.group == group]
        named = {column.role for column in columns}
        columns = [*(c for c in shared if group and c.role not in named), *columns]
        found = list(_rows(block, columns, ledger))
        if len(groups) > 1 and group < len(scopes):
            found = [replace(row, scope=row.scope or scopes[group]) for row in found]
        rows += found
    return rows


def total_score(block: Block) -> str | None:
    """Return the sum of the scores of a block (总分), None if it states none."""
    at = next((column.at for column in block.columns if column.role == "score"), None)
    if at is None:
        return None
    totals = (row for row, why in block.skipped.items() if why == "total")
    return next((t for row in totals if (t := block.table.text(row, at))), None)


def doubts_of(block: Block) -> Iterator[Problem]:
    """Yield a problem for each column whose meaning is not certain."""
    told = evidence_rules().confidence.told
    for column in block.columns:
        if column.confidence < told and any(text(cell) for cell in column.cells):
            head = column.head or column.cells[0]
            where = field_place(block.table.where(block.top, {"column": [head]}), "column")
            yield problem("doubtful-column", where, column=column.label or "—", role=column.role)


def _claim_header(block: Block, ledger: Ledger) -> None:
    for number in range(block.top, block.body):
        for cell in filled(row_cells(block.table, number)):
            ledger.claim(block.table, cell, "label" if text(cell) == block.side else "heading")


def _rows(block: Block, columns: list[Column], ledger: Ledger) -> Iterator[Row]:
    above, named = dict[str, str](), dict[str, Cell]()
    for at, number in enumerate(block.stated):
        if at and all(c.cells[at] is c.cells[at - 1] for c in columns if c.role not in _LEVELS):
            continue  # one row of cells that other cells of the table divide
        if group := _group_above(block, number):
            above["department"], named["department"] = text(group), group
        cells = {column.at: column.cells[at] for column in columns}
        if why := _no_indicator(block, columns, cells, number):
            _claim_row(block, columns, cells, number, why, ledger)
            for column in columns:
                cell = cells[column.at]
                if column.role in ("department", "name") and cell is not None and text(cell):
                    above[column.role], named[column.role] = text(cell), cell
            continue
        texts = _texts(block.table, number, columns, cells, above)
        above = texts
        named |= {
            column.role: cell
            for column in columns
            if (cell := cells[column.at]) is not None and text(cell)
        }
        for cell in filled(distinct(cells.values())):
            dash = folded(text(cell)) in field_words().dashes
            ledger.claim(block.table, cell, "furniture" if dash else "value")
        yield from _scoped(block, number, columns, cells, texts, dict(named))


def _group_above(block: Block, number: int) -> Cell | None:
    """Return the cell above a row that names the body of its group of rows, if there is one."""
    if block.skipped.get(number - 1) != "group":
        return None
    return filled(row_cells(block.table, number - 1))[0]


def _no_indicator(
    block: Block, columns: list[Column], cells: dict[int, Cell | None], number: int
) -> str:
    """Return why a row states no indicator ("filler", "numbers", "header", "tail"), else blank."""
    by_role = {column.role: cells[column.at] for column in columns}
    named = by_role.get("level3")
    first = by_role.get("level1") or by_role.get("level2")
    if named is not None and named is first:
        return "tail"
    texts = [text(c) for c in distinct(cells.values()) if c.row == number and text(c)]
    if len(texts) >= 3 and all(_NUMBERS.fullmatch(folded(t)) for t in texts):
        plain = [folded(t) for t in texts if folded(t).isdigit()]
        if len(plain) >= 3 and [int(t) for t in plain] == sorted({int(t) for t in plain}):
            return "numbers"
    likes = [column_lexicon().best(t)[1].score for t in texts]
    if (
        len(texts) >= 3
        and all(like > 0.9 for like in likes)
        and not any(max(levels(t)) >= 0.7 for t in texts)
    ):
        return "header"
    stated = [
        text(cells[column.at])
        for column in columns
        if column.role.partition(":")[0] in (*_CONTENT, "recipient")
    ]
    has_value = any(shape(t) not in ("blank", "filler") for t in stated)
    name = text(named)
    if "level3" in by_role:
        kind = shape(name)
        if kind == "blank":
            # A value without a name is a value of the row above, or of nothing.
            return (
                ""
                if has_value and any(shape(t) in ("number", "quantity", "percent") for t in stated)
                else "filler"
            )
        says_nothing = kind == "filler" or max(levels(name)) >= 0.8  # 效益指标 names a level
        return "filler" if says_nothing and not has_value else ""
    return "" if has_value else "filler"


def _claim_row(
    block: Block,
    columns: list[Column],
    cells: dict[int, Cell | None],
    number: int,
    why: str,
    ledger: Ledger,
) -> None:
    """Claim the cells of a row without an indicator; content that it has stays unread."""
    for column in columns:
        cell = cells[column.at]
        if cell is None or not text(cell):
            continue
        if column.role in ("level1", "level2", "name", "department") or why in (
            "numbers",
            "header",
        ):
            ledger.claim(block.table, cell, "label" if why == "filler" else "furniture")
        elif shape(text(cell)) == "filler":
            ledger.claim(block.table, cell, "furniture")
        elif why == "tail":
            ledger.claim(block.table, cell, "unread", "below-indicators")
        else:
            ledger.claim(block.table, cell, "unread", "no-indicator")


def _texts(
    table: Table,
    number: int,
    columns: list[Column],
    cells: dict[int, Cell | None],
    above: dict[str, str],
) -> dict[str, str]:
    """Return the text of each field of a row; blank levels are taken from the row above."""
    texts = {column.role: text(cells[column.at]) for column in columns if column.role != "other"}
    # In a scan, the sign = alone in its cell may be recognised as a Chinese character.
    if table.confidence_of_row(number) < 1 and "nature" in texts:
        texts["nature"] = value_rules().misread.get(texts["nature"], texts["nature"])
    for name in _DASHED:
        if name in texts and folded(texts[name]) in field_words().dashes:
            texts[name] = ""
    texts.setdefault("department", "")
    for name in _INHERITED:
        if name in texts and not texts[name]:
            # A second level belongs to its first level and does not pass on to the next one.
            if name == "level2" and texts.get("level1", "") != above.get("level1", ""):
                break
            texts[name] = above.get(name, "")
    return {"level1": "", "level2": "", **texts}


def _scoped(
    block: Block,
    number: int,
    columns: list[Column],
    cells: dict[int, Cell | None],
    texts: dict[str, str],
    above: dict[str, Cell],
) -> Iterator[Row]:
    """Yield an indicator for each value of a row: one value for each scope."""
    values = [column for column in columns if column.role.partition(":")[0] == "value"]
    fields = {c.role: c.at for c in columns if c.role not in ("other", "none", "recipient")}
    others = tuple(c for c in columns if c.role in ("other", "earlier") and text(cells[c.at]))
    recipients = tuple(c for c in columns if c.role == "recipient")
    rules = evidence_rules().confidence
    used = (c for c in columns if c.role != "none" and any(map(text, c.cells)))
    doubted = [c.confidence for c in used if c.confidence < rules.certain]
    for column in values or (None,):
        value = text(cells[column.at]) if column else ""
        if column and folded(value) in field_words().dashes:
            value = ""
        # With several scopes, a blank value means that the indicator has none for that scope.
        if not value and len(values) > 1 and column is not values[-1]:
            continue
        if not value and len(values) > 1 and any(text(cells[c.at]) for c in values[:-1]):
            continue
        yield Row(
            table=block.table,
            number=number,
            texts={**texts, "value": value},
            columns={**fields, "value": column.at} if column else fields,
            scope=_scope(block, column),
            confidence=min(doubted, default=1.0),
            others=others,
            recipients=recipients,
            cells={c.at: cells[c.at] for c in (*others, *recipients)},
            above={name: above[name] for name in _INHERITED if name in above},
        )


def _scope(block: Block, column: Column | None) -> Scope | None:
    """Return what a value is for, by its column's role, its header, or the label beside."""
    if column is None:
        return None
    for words in (*reversed(column.headers), block.side):
        if scope := scope_of(words):
            return scope
    for scope in field_words().value_scopes:
        if column.role == f"value:{scope}":
            return scope
    return None
