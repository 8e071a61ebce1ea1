"""Reads the budget tables (预算公开表): rows with codes, names and amounts in yuan."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from jixiao.config import cache
from jixiao.documents.model import DocumentContent, Table, Text
from jixiao.extraction.identity import identity_rules
from jixiao.extraction.money import to_yuan
from jixiao.extraction.problems import problem
from jixiao.extraction.statements.column_headers import (
    NUMBER,
    Header,
    Section,
    StatementTitle,
    cells_starting_in,
    has_header_word,
    header,
    statement_rules,
)
from jixiao.extraction.word_matching import comparable
from jixiao.model.record import Cell as Value
from jixiao.model.record import Column, Problem, Statement, StatementRow, Where, field_place
from jixiao.text import fold, squeeze

Titled = tuple[StatementTitle, Text]


def read(content: DocumentContent, described: set[int]) -> tuple[list[Statement], list[Problem]]:
    """Read the budget tables of a document.

    Args:
        content: The document.
        described: The numbers of the tables that have been read as forms.

    Returns:
        The statements, and the problems: cells that should be numbers, and unknown tables.
    """
    results, problems = list[Statement](), list[Problem]()
    blocks = content.blocks
    for at, block in enumerate(blocks):
        if not isinstance(block, Table):
            continue
        rows, captions = _captions(block)
        above = [*_texts_above(blocks[:at]), *captions]
        if titled := _titled(above):
            head = header(block, rows, titled[0].header_rows)
            notes = [*_nothing(block, head), *_notes(blocks[at + 1 :])]
            results.append(_statement(block, titled, head, _unit(above, block), notes, problems))
        # A narrow table is a list of contents or the like, not an unknown budget table.
        elif block.number not in described and len(block.grid[0]) >= statement_rules().known_from:
            title = above[-1].text if above else ""
            where = block.where(0)
            problems.append(problem("unknown-table", where, table=block.number, title=title))
    return results, problems


def _texts_above(blocks: Sequence[Text | Table]) -> list[Text]:
    """Return the paragraphs after the last table among some blocks."""
    last = max((i for i, b in enumerate(blocks) if isinstance(b, Table)), default=-1)
    return [block for block in blocks[last + 1 :] if isinstance(block, Text)]


def _captions(table: Table) -> tuple[int, list[Text]]:
    """Return the number of rows above the header, and their texts.

    Some tables have their title, the department and the unit in their first rows.
    """
    captions = list[Text]()
    for number in range(len(table.grid)):
        texts = [cell.text for cell in cells_starting_in(table, number) if cell.text.text]
        unit = identity_rules().unit
        is_caption = any(_kind(t.text) or re.search(unit, squeeze(t.text)) for t in texts)
        if not is_caption or has_header_word(table, number):
            return number, captions
        captions += texts
    return len(table.grid), captions


def _titled(above: list[Text]) -> Titled | None:
    """Return the kind of a table and its title, which is the nearest paragraph with a known one."""
    near = reversed(above[-statement_rules().title_within :])
    return next(((kind, text) for text in near if (kind := _kind(text.text))), None)


def _kind(title: str) -> StatementTitle | None:
    folded = fold(title)
    return next((kind for kind, pattern in _titles() if pattern.fullmatch(folded)), None)


@cache
def _titles() -> list[tuple[StatementTitle, re.Pattern[str]]]:
    whole, kinds = statement_rules().title, statement_rules().statements
    return [(kind, re.compile(whole.replace("{title}", kind.title))) for kind in kinds]


def _unit(above: list[Text], table: Table) -> str:
    header = "".join(table.texts(0))
    for text in (*(block.text for block in reversed(above)), header):
        if match := re.search(identity_rules().unit, squeeze(text)):
            return match["unit"]
    return identity_rules().default_unit


def _nothing(table: Table, head: Header) -> list[str]:
    """Return the texts of rows that only state that there is nothing to list (无)."""
    words = comparable(statement_rules().nothing)
    rows = range(head.body, len(table.grid))
    return [text for row in rows if (text := _only(table, row)) and squeeze(text) in words]


def _only(table: Table, row: int) -> str | None:
    """Return the text of a row with a single text, None for other rows."""
    texts = [cell.text.text for cell in cells_starting_in(table, row) if cell.text.text]
    return texts[0] if len(texts) == 1 else None


def _notes(after: Sequence[Text | Table]) -> Iterator[str]:
    """Yield the notes directly below a table."""
    for block in after[: statement_rules().note_lines]:
        if not isinstance(block, Text) or not re.match(statement_rules().note, block.text):
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
    used = sorted({column for section in head.sections for column in section.values})
    return Statement(
        kind=kind.kind,
        classification=kind.classification,
        title=title.text,
        unit=unit,
        columns=tuple(head.columns[column] for column in used),
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
    """Return a row of a section, None if it is blank or only states that there is nothing.

    A table whose rows have no names has a single row, which is the total.
    """
    columns, cells = head.columns, table.grid[number]
    filled = [c for c in section.values if table.text(number, c)]
    where = table.where(number, {columns[c].label: [cells[c]] for c in filled})
    values = {
        columns[c].label: _value(text, columns[c], unit, where, problems)
        for c in filled
        if (text := table.text(number, c))
    }
    name, code = _name(table, number, section, head)
    if not (name or code or values) or squeeze(code + name) in comparable(
        statement_rules().nothing
    ):
        return None
    line = table.text(number, section.line) if section.line is not None else ""
    return StatementRow(
        line=line or None,
        section=section.name,
        code=code or None,
        name=name,
        total=section.naming is None or squeeze(name) in statement_rules().total_rows,
        values=values,
        where=where,
    )


def _name(table: Table, number: int, section: Section, head: Header) -> tuple[str, str]:
    """Return the name and the code of a row; a total may have its name in the code's column."""
    cells = table.grid[number]
    naming = section.naming
    name = table.text(number, naming) if naming is not None else ""
    # A name that spans the code's columns (合计) is not a code.
    parts = [c for c in section.codes if naming is None or cells[c] is not cells[naming]]
    if len(parts) > 1 and head.labels:
        code = _joined(table, number, parts, head)
    else:
        code = squeeze("".join(table.text(number, c) for c in parts))
    if not name and code in statement_rules().total_rows:
        return code, ""
    return name, code


def _joined(table: Table, number: int, parts: list[int], head: Header) -> str:
    """Return a code whose parts are in several columns: "204", "6", "1" as "2040601".

    A blank part before a filled one repeats the part above it.
    """
    texts = [squeeze(table.text(number, c)) for c in parts]
    filled = max((i for i, text in enumerate(texts) if text), default=-1)
    code = ""
    for column, text in zip(parts[: filled + 1], texts, strict=False):
        above = number
        while not text and above > head.body:
            above -= 1
            text = squeeze(table.text(above, column))
        width = statement_rules().labels.parts.get(head.labels[column].rpartition("/")[2], 0)
        # Spreadsheets drop leading zeros: 类 has three digits, 款 and 项 have two each.
        code += text.zfill(width) if text.isdigit() else text
    return code


def _value(text: str, column: Column, unit: str, where: Where, problems: list[Problem]) -> Value:
    plain = squeeze(text).replace(",", "")
    if column.role == "text":
        return Value(text)
    if not NUMBER.fullmatch(plain):
        place = field_place(where, column.label)
        problems.append(problem("no-number", place, text=text, column=column.label))
        return Value(text)
    if column.role == "quantity":
        return Value(text, number=Decimal(plain))
    return Value(text, yuan=to_yuan(plain, unit))
