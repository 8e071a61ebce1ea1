"""Reads the budget tables (预算公开表): rows with codes, names and amounts in yuan."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from jixiao.documents.model import Flow, Table, Text
from jixiao.extraction import targets
from jixiao.extraction.identity import disclosure
from jixiao.extraction.statements.columns import (
    NUMBER,
    Header,
    Section,
    StatementTitle,
    header,
    own,
    statements,
    worded,
)
from jixiao.extraction.word_lists import compared
from jixiao.messages import message
from jixiao.model.record import Cell as Value
from jixiao.model.record import Column, Problem, Statement, StatementRow, Where
from jixiao.text import fold, squeeze

Titled = tuple[StatementTitle, Text]


def read(flow: Flow, described: set[int]) -> tuple[list[Statement], list[Problem]]:
    """Return the flow's budget tables, and the cells and tables that could not be read.

    `described` are the numbers of the tables that have been read as something else.
    """
    found, problems = list[Statement](), list[Problem]()
    blocks = flow.blocks
    for at, block in enumerate(blocks):
        if not isinstance(block, Table):
            continue
        rows, captions = _captions(block)
        above = [*_texts_above(blocks[:at]), *captions]
        if titled := _titled(above):
            head = header(block, rows, titled[0].header_rows)
            notes = [*_nothing(block, head), *_notes(blocks[at + 1 :])]
            found.append(_statement(block, titled, head, _unit(above, block), notes, problems))
        elif block.number not in described and len(block.grid[0]) >= statements().known_from:
            title_text = above[-1].text if above else ""
            told = message("unknown-table", table=block.number, title=title_text)
            problems.append(Problem("unknown-table", told, block.where(0)))
    return found, problems


def _texts_above(blocks: Sequence[Text | Table]) -> list[Text]:
    """Return the paragraphs since the last table."""
    last = max((i for i, b in enumerate(blocks) if isinstance(b, Table)), default=-1)
    return [block for block in blocks[last + 1 :] if isinstance(block, Text)]


def _captions(table: Table) -> tuple[int, list[Text]]:
    """Return the first rows' texts, where they only say the title, the unit or whose it is."""
    found = list[Text]()
    for number in range(len(table.grid)):
        texts = [cell.text for cell in own(table, number) if cell.text.text]
        told = any(_kind(t.text) or re.search(disclosure().unit, squeeze(t.text)) for t in texts)
        if not told or worded(table, number):
            return number, found
        found += texts
    return len(table.grid), found


def _titled(above: list[Text]) -> Titled | None:
    """Return the kind of a table and its title, by the nearest paragraph that is one."""
    near = reversed(above[-statements().title_within :])
    return next(((kind, text) for text in near if (kind := _kind(text.text))), None)


def _kind(title: str) -> StatementTitle | None:
    known = fold(title)
    return next((kind for kind, pattern in _titles() if pattern.fullmatch(known)), None)


@cache
def _titles() -> list[tuple[StatementTitle, re.Pattern[str]]]:
    whole, kinds = statements().title, statements().statements
    return [(kind, re.compile(whole.replace("{title}", kind.title))) for kind in kinds]


def _unit(above: list[Text], table: Table) -> str:
    header = "".join(table.texts(0))
    for text in (*(block.text for block in reversed(above)), header):
        if match := re.search(disclosure().unit, squeeze(text)):
            return match["unit"]
    return disclosure().default_unit


def _nothing(table: Table, head: Header) -> list[str]:
    """Return the only words of a body that says there is nothing to list."""
    words = compared(statements().nothing)
    rows = range(head.body, len(table.grid))
    return [text for row in rows if (text := _only(table, row)) and squeeze(text) in words]


def _only(table: Table, row: int) -> str | None:
    """Return the text of a row that has one text only."""
    texts = [cell.text.text for cell in own(table, row) if cell.text.text]
    return texts[0] if len(texts) == 1 else None


def _notes(after: Sequence[Text | Table]) -> Iterator[str]:
    """Yield the notes right below a table."""
    for block in after[: statements().note_lines]:
        if not isinstance(block, Text) or not re.match(statements().note, block.text):
            break
        yield block.text


def _statement(
    table: Table,
    titled: Titled,
    head: Header,
    unit: str,
    notes: list[str],
    problems: list[Problem],
) -> Statement:
    kind, title = titled
    rows = [
        row
        for number in range(head.body, len(table.grid))
        for section in head.sections
        if (row := _row(table, number, section, head, unit, problems))
    ]
    shown = sorted({column for section in head.sections for column in section.values})
    return Statement(
        kind=kind.kind,
        classification=kind.classification,
        title=title.text,
        unit=unit,
        columns=tuple(head.columns[column] for column in shown),
        rows=tuple(rows),
        note="\n".join(notes) or None,
        where=title.where(),
    )


def _row(
    table: Table,
    number: int,
    section: Section,
    head: Header,
    unit: str,
    problems: list[Problem],
) -> StatementRow | None:
    """Return a row of a section, None where it is blank or only says that there is nothing.

    A table whose rows have no names has one row, and that is the total.
    """
    columns = head.columns
    where = table.where(
        number, {columns[c].label: c for c in section.values if table.text(number, c)}
    )
    values = {
        columns[c].label: _value(text, columns[c], unit, where, problems)
        for c in section.values
        if (text := table.text(number, c))
    }
    name, code = _name(table, number, section, head)
    if not (name or code or values) or squeeze(code + name) in compared(statements().nothing):
        return None
    line = table.text(number, section.line) if section.line is not None else ""
    return StatementRow(
        line=line or None,
        section=section.name,
        code=code or None,
        name=name,
        total=section.naming is None or squeeze(name) in statements().total_rows,
        values=values,
        where=where,
    )


def _name(table: Table, number: int, section: Section, head: Header) -> tuple[str, str]:
    """Return the name and the code of a row; a total may be named where else the code stands."""
    cells = table.grid[number]
    naming = section.naming
    name = table.text(number, naming) if naming is not None else ""
    parts = [c for c in section.codes if naming is None or cells[c] is not cells[naming]]
    if len(parts) > 1 and head.labels:
        code = _joined(table, number, parts, head)
    else:
        code = squeeze("".join(table.text(number, c) for c in parts))
    if not name and code in statements().total_rows:
        return code, ""
    return name, code


def _joined(table: Table, number: int, parts: list[int], head: Header) -> str:
    """Return a code printed in parts as one: "204", "6", "1" as "2040601".

    A blank part before a filled one stands for what is printed above it.
    """
    texts = [squeeze(table.text(number, c)) for c in parts]
    filled = max((i for i, text in enumerate(texts) if text), default=-1)
    code = ""
    for column, text in zip(parts[: filled + 1], texts, strict=False):
        above = number
        while not text and above > head.body:
            above -= 1
            text = squeeze(table.text(above, column))
        width = statements().labels.parts.get(head.labels[column].rpartition("/")[2], 0)
        code += text.zfill(width) if text.isdigit() else text
    return code


def _value(text: str, column: Column, unit: str, where: Where, problems: list[Problem]) -> Value:
    plain = squeeze(text).replace(",", "")
    if column.role == "text":
        return Value(text)
    if not NUMBER.fullmatch(plain):
        told = message("no-number", text=text, column=column.label)
        problems.append(Problem("no-number", told, where))
        return Value(text)
    if column.role == "quantity":
        return Value(text, number=Decimal(plain))
    return Value(text, yuan=targets.money(plain, unit))
