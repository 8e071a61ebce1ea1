"""Reads the forms of a document: their tables, and the titles above, as projects and goals.

A form is a head of labels and blocks of indicators, in one table or in several. Whose goals it
states (a project's, the department's, a transfer's) is told by added evidence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from jixiao.documents.model import DocumentContent, Table
from jixiao.extraction.evidence.categories import Scheme
from jixiao.extraction.evidence.likeness import bare
from jixiao.extraction.evidence.rules import evidence_rules, limits
from jixiao.extraction.evidence.shapes import shape
from jixiao.extraction.field_words import IndicatorLayout, field_words
from jixiao.extraction.forms.blocks import Block
from jixiao.extraction.forms.form_head import (
    Form,
    FormReader,
    execution,
    goal_items,
    pair_place,
    period,
)
from jixiao.extraction.forms.funding import is_bare, money_of, unit_in, unit_of, unit_of_document
from jixiao.extraction.forms.indicators import amounts, doubts, indicator, scheme_of_rows
from jixiao.extraction.forms.layouts import layout_of
from jixiao.extraction.forms.parts import Part, parts_of
from jixiao.extraction.forms.rows import Row, doubts_of, rows_of, total_score
from jixiao.extraction.forms.subjects import Name, name_in_titles, subject_of
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.problems import problem
from jixiao.model.record import (
    Amount,
    Goal,
    Indicator,
    Layout,
    Other,
    Problem,
    Project,
    Subject,
    Where,
    field_place,
)
from jixiao.text import fold, squeeze

_NEVER = re.compile(r"(?!)")  # matches nothing: for layouts without a pattern


@dataclass(slots=True)
class FormContents:
    """The contents of all forms of a document.

    Attributes:
        projects: The projects, in the order of the document.
        overall: The overall goal of the department.
        tasks: The department's tasks, and further goals of it.
        problems: The parts of forms that could not be read.
        tables: The numbers of the tables that are forms.
        unit: The unit of money of forms that state none, None if the document tells it nowhere.
    """

    projects: list[Project] = field(default_factory=list[Project])
    overall: Goal | None = None
    tasks: list[Goal] = field(default_factory=list[Goal])
    problems: list[Problem] = field(default_factory=list[Problem])
    tables: set[int] = field(default_factory=set[int])
    unit: str | None = None


def read(content: DocumentContent, year: int | None, ledger: Ledger) -> FormContents:
    """Read the forms of a document.

    Args:
        content: The document.
        year: The budget's year, None if it is not known.
        ledger: What becomes of each cell; those of forms are claimed.
    """
    contents = FormContents(unit=unit_of_document(content))
    open_form: list[Part] = []
    for part in parts_of(content, year, ledger):
        if open_form and _goes_on(open_form, part):
            open_form.append(part)
            continue
        if open_form:
            _add_form(open_form, year, contents, ledger)
        open_form = [part]
    if open_form:
        _add_form(open_form, year, contents, ledger)
    return contents


def _goes_on(form: list[Part], part: Part) -> bool:
    """Tell whether a table goes on with a form: its indicators, below a head in another table."""
    if part.named or any(p.blocks for p in form):
        return False
    return bool(part.blocks) and any(p.named or p.pairs for p in form)


def _add_form(parts: list[Part], year: int | None, contents: FormContents, ledger: Ledger) -> None:
    found = [block for part in parts for block in part.blocks]
    columns = {column.role.partition(":")[0] for block in found for column in block.columns}
    above = parts[0].above
    tables = [part.table for part in parts]
    contents.tables |= {table.number for table in tables}
    layout, known = layout_of(tables, columns, above)
    contents.problems += (doubt for block in found for doubt in doubts_of(block))
    scopes = layout.group_scopes if layout else []
    rows = [row for block in found for row in rows_of(block, scopes, ledger)]
    if rows and "name" in columns and any(row.texts.get("name") for row in rows):
        unit = unit_of(tables[0], range(found[0].body), above) or contents.unit
        _add_projects(found[0], rows, unit, layout, known, year, contents)
        return
    unit = unit_of(tables[0], parts[0].head_rows, above) or contents.unit
    reader = FormReader(layout, unit)
    for part in parts:
        reader.take(part.table, part.pairs)
    form = reader.form
    form.total_score = form.total_score or next(filter(None, map(total_score, found)), None)
    contents.problems += form.problems
    scheme = scheme_of_rows(rows, year)
    indicators = tuple(indicator(scheme, row) for row in rows)
    contents.problems += doubts(indicators)
    title = None if form.name else name_in_titles(above, [layout.title if layout else None])
    if title:
        form.fields.add("title")
    subject, sure = _subject(parts, form, rows, known, layout)
    if subject in ("department", "unit"):
        _add_department(tables[0], form, indicators, scheme, subject, contents)
    elif form.name or title or indicators or form.goals or form.other:
        project = _project(tables[0], form, scheme, indicators, title, layout, known, subject)
        if not project.name:
            where = tables[0].where(0)
            contents.problems.append(problem("untitled-table", where, table=tables[0].number))
        elif title and (rival := _rival_of_title(form, tables[0])):
            where, other = rival.where, {"label": rival.label, "text": rival.text}
            contents.problems.append(problem("name-by-title", where, name=project.name, **other))
        contents.projects.append(numbered(project, contents.projects))
    else:
        return
    if not sure:
        where = tables[0].where(0)
        contents.problems.append(problem("uncertain-subject", where, subject=subject))


def _rival_of_title(form: Form, table: Table) -> Other | None:
    """Return what may be the name of the project instead of the title: a text that comes first.

    Its label is like no known one; where the name stands in a form, it is in one of its first rows.
    """
    last, texts = (table.where(0).row or 1) + limits().first_rows, evidence_rules().kinds.texts
    first = (o for o in form.other if o.where.row is not None and o.where.row < last)
    return next((o for o in first if o.label and shape(o.text) in texts), None)


def _subject(
    parts: list[Part],
    form: Form,
    rows: list[Row],
    known: Layout | None,
    layout: IndicatorLayout | None,
) -> tuple[Subject, bool]:
    titles = [title.text for part in parts for title in part.above[-limits().titles_above :]]
    labels = [p.label for part in parts for p in part.pairs]
    labels += [label for part in parts for p in part.pairs for label in p.above]
    fields = set(form.fields)
    if form.name is None:
        fields.discard("name")
    if form.tasks:
        fields.add("task-name")
    if any(row.recipients for row in rows):
        fields.add("recipients")
    if layout and known and len(known.evidence) > 1:
        fields.add(f"layout:{layout.subject}")
    return subject_of(titles, labels, fields)


def _add_department(
    table: Table,
    form: Form,
    indicators: tuple[Indicator, ...],
    scheme: Scheme | None,
    subject: Subject,
    contents: FormContents,
) -> None:
    """Add the overall goal of a department with its indicators, and its tasks.

    A goal with money of its own is one among the department's goals.
    """
    goals = form.goals or [Goal(text="", where=table.where(0))]
    first = msgspec.structs.replace(
        goals[0],
        scheme=scheme.id if scheme else None,
        indicators=indicators,
        amounts=tuple(form.amounts),
        subject=subject,
        other=(*form.other, *form.stated),
    )
    if contents.overall is None and not form.amounts:
        contents.overall = first
    else:
        contents.tasks.append(first)
    contents.tasks += [msgspec.structs.replace(goal, subject=subject) for goal in goals[1:]]
    contents.tasks += form.tasks


def _project(
    table: Table,
    form: Form,
    scheme: Scheme | None,
    indicators: tuple[Indicator, ...],
    title: Name | None,
    layout: IndicatorLayout | None,
    known: Layout | None,
    subject: Subject,
) -> Project:
    """Return the project of a form; its name is beside a label, or in the title above."""
    if form.name:
        name, where = form.name.stated, pair_place(table, form.name)
    elif title:
        name, where = title.text, title.where
    else:
        name, where = "", table.where(0)
    carried_over = layout.carried_over if layout else None
    return Project(
        id="",
        name=name,
        order=title.order if title else None,
        # A name may say that the money is carried over from the year before (结转).
        carried_over=bool(re.search(carried_over or _NEVER, squeeze(name))),
        scheme=scheme.id if scheme else None,
        department=form.department,
        goals=tuple(form.goals),
        amounts=(*form.amounts, *amounts(indicators)),
        basis=tuple(form.grounds),
        period=period(form),
        particulars=tuple(form.particulars),
        execution=execution(form),
        total_score=form.total_score,
        layout=known,
        subject=subject,
        other=tuple(form.other),
        indicators=indicators,
        where=where,
    )


def numbered(project: Project, others: list[Project]) -> Project:
    """Return a project with its identifier, a digest of its name.

    Args:
        project: A project, whose identifier is blank.
        others: The projects before it; one of the same name makes the identifier end in "-2".
    """
    identifier = _identifier(project.name, [other.id for other in others])
    return msgspec.structs.replace(project, id=identifier)


def _add_projects(
    block: Block,
    rows: list[Row],
    unit: str | None,
    layout: IndicatorLayout | None,
    known: Layout | None,
    year: int | None,
    contents: FormContents,
) -> None:
    """Add the projects of a table that holds many: a column has their names."""
    scheme = scheme_of_rows(rows, year)
    for part in _by_project(rows):
        indicators = tuple(indicator(scheme, row) for row in part)
        contents.problems += doubts(indicators)
        first = part[0]
        project = Project(
            id="",
            name=first.texts.get("name", ""),
            order=None,
            carried_over=False,
            scheme=scheme.id if scheme else None,
            department=first.texts.get("department") or None,
            goals=tuple(_row_goals(first, layout)),
            amounts=(*_row_amounts(block, first, unit, contents), *amounts(indicators)),
            layout=known,
            indicators=indicators,
            where=_place(first, "name"),
        )
        contents.projects.append(numbered(project, contents.projects))
    contents.problems += _without_indicators(block, rows)


def _by_project(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each project; another cell with another name starts one."""
    part = list[Row]()
    for row in rows:
        if part and _starts(part[-1], row):
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _starts(before: Row, row: Row) -> bool:
    # A merged name covers all rows of its project: the same cell, or a blank, starts none; nor
    # does a row of another block, without a column of names.
    cell, above = (
        r.table.grid[r.number][r.columns["name"]] if "name" in r.columns else None
        for r in (row, before)
    )
    stated = bool(cell and cell is not above and cell.text.text)
    return stated and any(before.texts.get(k) != row.texts.get(k) for k in ("name", "department"))


def _place(row: Row, name: str) -> Where:
    """Return the place of a field of a row."""
    where = row.table.where(row.number, {name: [row.stating(name)]})
    return field_place(where, name)


def _row_goals(row: Row, layout: IndicatorLayout | None) -> Iterator[Goal]:
    column = row.columns.get("goal")
    cell = row.table.grid[row.number][column] if column is not None else None
    if cell and cell.text.text:
        pattern = layout.goal_item if layout else None
        if pattern:
            yield from goal_items(cell, row.table, row.number, pattern, "annual")
        else:
            where = row.table.place(cell, row=row.number)
            yield Goal(text=cell.text.text, scope="annual", where=where)


def _row_amounts(
    block: Block, row: Row, unit: str | None, contents: FormContents
) -> Iterator[Amount]:
    column, stated = row.columns.get("amount"), row.texts.get("amount")
    if column is None or not stated:
        return
    where = _place(row, "amount")
    header = next((c.label for c in block.columns if c.at == column), "")
    money = money_of(stated, unit_in(header) or unit)
    if not money:
        code = "amount-without-unit" if is_bare(stated) else "no-number"
        contents.problems.append(problem(code, where, text=stated, column=header, label=header))
    for amount in money[:1]:
        yield Amount(
            yuan=amount.yuan,
            text=stated,
            source="table",
            where=where,
            scope="annual",
            stage="budget",
        )


def _without_indicators(block: Block, rows: list[Row]) -> Iterator[Problem]:
    """Yield a problem for each row that names a project and has no indicator, except sums."""
    stated = {row.number for row in rows}
    column = next(row.columns["name"] for row in rows if "name" in row.columns)
    for number in block.stated:
        cell = block.table.grid[number][column]
        if number in stated or not cell or cell.row != number or not cell.text.text:
            continue
        if cell.columns == 1 and not any(w in bare(cell.text.text) for w in field_words().totals):
            where = block.table.where(number)
            yield problem("project-without-indicators", where, name=cell.text.text)


def _identifier(name: str, taken: list[str]) -> str:
    # By the name alone, so that a project keeps its identifier when others are inserted before it.
    digest = sha256(fold(name).encode()).hexdigest()[:10]
    count = sum(other.partition("-")[0] == digest for other in taken)
    return f"{digest}-{count + 1}" if count else digest
