"""Reads the budget tables (预算公开表, 决算公开表): rows with codes, names and amounts in yuan."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from jixiao.documents.model import DocumentContent, Table, Text
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.problems import problem
from jixiao.extraction.segments import is_caption, is_note, is_title
from jixiao.extraction.statements.columns import Columns, columns_of
from jixiao.extraction.statements.headers import (
    Header,
    cells_starting_in,
    header_of,
    is_header_word,
)
from jixiao.extraction.statements.kinds import Kind, Title, kind_of, other_kind, title_of
from jixiao.extraction.statements.rows import Body, rows_of
from jixiao.extraction.statements.rules import is_figure, statement_rules
from jixiao.model.record import Column, Problem, Statement
from jixiao.text import fold, squeeze


@dataclass(frozen=True, slots=True)
class _Found:
    """A budget table: what is above it, its columns, and its kind."""

    table: Table
    above: list[Text]
    title: Title | None
    header: Header
    columns: Columns
    kind: Kind


def read(
    content: DocumentContent, form_tables: Collection[int], ledger: Ledger
) -> tuple[list[Statement], list[Problem]]:
    """Read the budget tables of a document.

    Args:
        content: The document.
        form_tables: The numbers of the tables that have been read as forms.
        ledger: Is told what became of each cell.

    Returns:
        The statements, and the problems: cells that should be numbers, tables whose kind or unit
        is uncertain, and unknown tables.
    """
    results, problems = list[Statement](), list[Problem]()
    unit, above = _unit_of_document(content), list[Text]()
    read_by_cell = _read_by_cell(content, ledger)
    for at, block in enumerate(content.blocks):
        if isinstance(block, Text):
            above.append(block)
            continue
        # A sheet with a form may hold statements as well: then only the claimed parts are forms.
        of_form = block.number in form_tables and block.number not in read_by_cell
        if not _is_claimed(block, ledger):
            if (not of_form or block.first_row) and (found := _found(block, above)):
                notes = list(_notes_below(content.blocks[at + 1 :]))
                results.append(_statement(found, notes, unit, ledger, problems))
            elif not of_form:
                problems += _unknown(block, above, ledger)
        above = []
    return results, problems


def _read_by_cell(content: DocumentContent, ledger: Ledger) -> set[int]:
    """Return the numbers of the tables of which some cells were claimed."""
    tables = (block for block in content.blocks if isinstance(block, Table))
    return {table.number for table in tables if _is_claimed(table, ledger)}


def _is_claimed(table: Table, ledger: Ledger) -> bool:
    return any(ledger.claimed(table, cell) for cell in table.cells)


def _found(table: Table, above: Sequence[Text]) -> _Found | None:
    """Return a table as a budget table, None if it is none."""
    header = header_of(table)
    columns = columns_of(table, header)
    captions = [cell.text for row in range(header.top) for cell in cells_starting_in(table, row)]
    texts = [*above, *captions]
    title = title_of(texts)
    names = [
        fold(table.text(row, section.naming))
        for row in range(header.body, len(table.grid))
        for section in columns.sections
        if section.naming is not None
    ]
    kind = kind_of(title, columns, names)
    figures, words = _share_of_figures(table, header, columns), _known_words(header)
    doubt = statement_rules().doubt
    if title and title.kinds:
        if not words and figures < doubt.figures:  # a table of something else under such a heading
            return None
    elif figures < doubt.figures and (figures or not words):
        return None
    if kind is None:
        stated = bool(_unit_in(texts)) and title is not None and is_title(title.text.text)
        if not (figures and any(s.naming is not None for s in columns.sections)):
            return None
        if not (stated or words >= doubt.words):
            return None
        kind = Kind(other_kind(), doubtful=True)
    return _Found(table, texts, title, header, columns, kind)


def _share_of_figures(table: Table, header: Header, columns: Columns) -> float:
    """Return the share of figures among the texts in the columns of amounts and unknown columns."""
    texts = [
        text
        for row in range(header.body, len(table.grid))
        for column in columns.meanings
        if (text := table.text(row, column).strip())
    ]
    return sum(map(is_figure, texts)) / len(texts) if texts else 0.0


def _known_words(header: Header) -> int:
    return sum(any(is_header_word(part) for part in header.parts[c]) for c in header.columns)


def _unknown(table: Table, above: Sequence[Text], ledger: Ledger) -> Iterator[Problem]:
    """Yield the problem that a table is of no known kind."""
    for row in range(len(table.grid)):
        for cell in cells_starting_in(table, row):
            ledger.claim(table, cell, "unread", "unknown-table")
    # A narrow table is a list of contents or the like.
    if len(table.grid[0]) >= statement_rules().doubt.known_from:
        title = above[-1].text if above else ""
        yield problem("unknown-table", table.where(0), table=table.number, title=title)


def _statement(
    found: _Found, notes: list[Text], unit: str, ledger: Ledger, problems: list[Problem]
) -> Statement:
    table, kind, columns = found.table, found.kind.kind, found.columns
    unit = _unit_in(found.above) or _unit_of_columns(columns) or unit
    body = Body(table, found.header, columns, unit)
    rows, remarks = rows_of(body, ledger, problems)
    title, where = (
        (found.title.text.text, found.title.text.where()) if found.title else ("", table.where(0))
    )
    if found.kind.doubtful:
        problems.append(
            problem("doubtful-statement", where, table=table.number, title=title, kind=kind.kind)
        )
    if not unit and any(
        c.yuan is None and c.number is None and is_figure(c.text)
        for row in rows
        for c in row.values.values()
    ):
        problems.append(problem("no-unit", where, table=table.number, title=title))
    _claim_around(found, notes, ledger)
    # Sections side by side may have columns of the same label, which mean the same.
    unique = dict[str, Column]()
    for _, column in sorted(columns.meanings.items(), key=lambda item: item[0]):
        unique.setdefault(column.label, column)
    return Statement(
        kind=kind.kind,
        classification=columns.classification or kind.classification,
        title=title,
        unit=unit,
        columns=tuple(unique.values()),
        rows=tuple(rows),
        note="\n".join([*remarks, *(text.text for text in notes)]) or None,
        where=where,
    )


def _claim_around(found: _Found, notes: Sequence[Text], ledger: Ledger) -> None:
    for text in found.above:
        if found.title and text is found.title.text:
            ledger.claim_text(text, "heading")
        elif is_caption(text.text) or is_title(text.text):
            ledger.claim_text(text, "label" if _unit_in([text]) else "furniture")
    for text in notes:
        ledger.claim_text(text, "value")


def _notes_below(after: Sequence[Text | Table]) -> Iterator[Text]:
    """Yield the notes directly below a table, and the lines between them."""
    below = list[Text]()
    for block in after[: statement_rules().around.note_lines]:
        if not isinstance(block, Text) or is_title(block.text):
            break
        below.append(block)
    last = max((i for i, text in enumerate(below) if is_note(text.text)), default=-1)
    if below and is_note(below[0].text):
        yield from below[: last + 1]


def _unit_in(texts: Sequence[Text]) -> str:
    """Return the unit that the nearest of some texts states, a blank if none does."""
    for text in reversed(texts):
        plain = squeeze(text.text)
        if is_caption(text.text) and (match := re.search(statement_rules().around.unit, plain)):
            return match["unit"] or match["alone"]
    return ""


def _unit_of_columns(columns: Columns) -> str:
    for column in columns.meanings.values():
        if match := re.search(statement_rules().around.column_unit, squeeze(column.label)):
            return match["unit"]
    return ""


def _unit_of_document(content: DocumentContent) -> str:
    """Return the unit that most tables of a document state, for those that state none."""
    units = Counter(unit for b in content.blocks if isinstance(b, Text) and (unit := _unit_in([b])))
    return units.most_common(1)[0][0] if units else ""
