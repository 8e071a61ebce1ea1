"""Reads the rows of a budget table: code, name and values, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from jixiao.config import lru_cache
from jixiao.documents.model import Cell, Table
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.money import parse_money, to_yuan
from jixiao.extraction.problems import problem
from jixiao.extraction.segments import is_note
from jixiao.extraction.statements.columns import Columns, Section, class_code, split_name
from jixiao.extraction.statements.headers import Header, cells_starting_in
from jixiao.extraction.statements.rules import NUMBER, fits, is_figure, is_total, statement_rules
from jixiao.model.record import Cell as Value
from jixiao.model.record import Column, Problem, StatementRow, Where, field_place
from jixiao.text import fold, squeeze


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a budget table, and the unit of its amounts, blank if none is stated."""

    table: Table
    header: Header
    columns: Columns
    unit: str


def rows_of(
    body: Body, ledger: Ledger, problems: list[Problem]
) -> tuple[list[StatementRow], list[str]]:
    """Return the rows of a table, and its remarks: rows that are a note over its whole width.

    Args:
        body: The body of the table.
        ledger: Is told what each cell of the table is.
        problems: Receives the cells that should be numbers.
    """
    table, header = body.table, body.header
    rows, remarks = list[StatementRow](), list[str]()
    lines = {section.line for section in body.columns.sections}
    headers = {tuple(_own_texts(table, row)) for row in range(header.top, header.body)}
    for row in range(len(table.grid)):
        cells = list(cells_starting_in(table, row))
        repeated = row >= header.body and tuple(_own_texts(table, row)) in headers
        remark = _remark(table, row, cells, body) if row >= header.body else None
        for cell in cells:
            if row < header.top:
                ledger.claim(table, cell, "heading")
            elif row < header.end:
                ledger.claim(table, cell, "label")
            elif row < header.body or repeated or cell.column in lines:
                ledger.claim(table, cell, "furniture")
            else:
                ledger.claim(table, cell, "value")
        if remark:
            remarks.append(remark)
        elif row >= header.body and cells and not repeated:
            rows += (
                read
                for section in body.columns.sections
                if (read := _row(body, row, section, problems))
            )
    return rows, remarks


def _own_texts(table: Table, row: int) -> Iterator[str]:
    return (f"{cell.column} {squeeze(cell.text.text)}" for cell in cells_starting_in(table, row))


def _remark(table: Table, row: int, cells: list[Cell], body: Body) -> str | None:
    """Return the text of a row that is a note on the table and names nothing."""
    if len(cells) != 1 or any(c and c.rows > 1 and c.text.text for c in table.grid[row]):
        return None
    cell, text = cells[0], cells[0].text.text
    over_values = cell.columns > 1 and any(
        c in body.columns.meanings for c in range(cell.column, cell.column + cell.columns)
    )
    nothing = fits(fold(text), statement_rules().around.nothing)
    return text if nothing or is_note(text) or (over_values and not is_figure(text)) else None


def _row(body: Body, number: int, section: Section, problems: list[Problem]) -> StatementRow | None:
    """Return a row of a section, None if it is blank.

    A table whose rows have no names has a single row, which is the total.
    """
    table, columns = body.table, body.columns.meanings
    stated = {c: text for c in section.values if (text := _own(table, number, c))}
    name, code = _name(body, number, section)
    if not (name or code):  # a sum may be named beside the column of names
        apart = [c for c in stated if columns[c].role == "text" and is_total(stated[c])]
        name = "".join(stated.pop(c) for c in apart[:1])
    named = {"name": section.naming, "code": section.codes[-1] if section.codes else None}
    starts = [
        c for c in (section.naming, *section.codes) if c is not None and _own(table, number, c)
    ]
    if not (stated or ((name or code) and starts)):
        return None
    places = {columns[c].label: c for c in stated}
    places |= {
        key: c for key, c in named.items() if c is not None and table.text(number, c).strip()
    }
    where = table.where(number, {label: [table.grid[number][c]] for label, c in places.items()})
    counted = re.fullmatch(statement_rules().counted, fold(name)) is not None
    line = table.text(number, section.line) if section.line is not None else ""
    return StatementRow(
        line=line or None,
        section=section.name,
        code=code or None,
        name=name,
        total=(section.naming is None and not section.codes) or is_total(name),
        values={
            columns[c].label: _value(text, columns[c], body.unit, where, problems, counted=counted)
            for c, text in stated.items()
        },
        where=where,
    )


def _own(table: Table, row: int, column: int) -> str:
    """Return the text of the cell that starts at a position, a blank for one that reaches in."""
    cell = table.grid[row][column]
    starts = cell is not None and (cell.row, cell.column) == (row, column)
    return table.text(row, column).strip() and table.text(row, column) if starts else ""


def _name(body: Body, number: int, section: Section) -> tuple[str, str]:
    """Return the name and the code of a row; a total may have its name in another column."""
    table, cells = body.table, body.table.grid[number]
    name = table.text(number, section.naming) if section.naming is not None else ""
    if section.code_in_name:
        return split_name(name)
    # A name that spans the code's columns (合计) is not a code; a code may span those of its parts.
    parts = [
        c
        for c in section.codes
        if (section.naming is None or cells[c] is not cells[section.naming])
        and (c - 1 not in section.codes or cells[c] is None or cells[c] is not cells[c - 1])
    ]
    if len(parts) > 1:
        code = _joined(table, number, parts, body.header.body)
    else:
        code = class_code("".join(table.text(number, c) for c in parts))
    if not name and code and not any(c.isdigit() for c in code):
        return code, ""
    return name, code


def _joined(table: Table, number: int, parts: list[int], first: int) -> str:
    """Return a code whose parts are in several columns: "204", "6", "1" as "2040601".

    A blank part before a filled one repeats the part above it.
    """
    texts = [squeeze(table.text(number, c)) for c in parts]
    if any(text and not text.isdigit() for text in texts):
        return "".join(dict.fromkeys(text for text in texts if text))
    filled = max((i for i, text in enumerate(texts) if text), default=-1)
    code, widths = "", list(statement_rules().labels.parts.values())
    for column, text, width in zip(parts[: filled + 1], texts, widths, strict=False):
        above = number
        while not text and above > first:
            above -= 1
            text = squeeze(table.text(above, column))
        # Spreadsheets drop leading zeros: 类 has three digits, 款 and 项 have two each. A part
        # may also be printed with those before it.
        whole = len(text) > width and text.startswith(code)
        code = text if whole else code + (text.zfill(width) if text.isdigit() else text)
    return code


@lru_cache(1_024)
def _unit_of(label: str) -> str:
    """Return the unit that the label of a column states, blank for none; asked for each value."""
    match = re.search(statement_rules().around.column_unit, squeeze(label))
    return match["unit"] if match else ""


def _value(
    text: str,
    column: Column,
    unit: str,
    where: Where,
    problems: list[Problem],
    *,
    counted: bool,
) -> Value:
    """Return a value; a rate and a count are numbers, a dash is neither."""
    plain = fold(text).replace(",", "")
    if column.role == "text" or plain in statement_rules().shapes.blanks:
        return Value(text)
    if not NUMBER.fullmatch(plain.removesuffix("%")):
        if (yuan := parse_money(text, unit)) is not None:  # with a unit of its own
            return Value(text, yuan=yuan)
        place = field_place(where, column.label)
        problems.append(problem("no-number", place, text=text, column=column.label))
        return Value(text)
    if counted or column.role == "quantity" or plain.endswith("%"):
        return Value(text, number=Decimal(plain.removesuffix("%")))
    unit = _unit_of(column.label) or unit
    return Value(text, yuan=to_yuan(plain, unit)) if unit else Value(text)
