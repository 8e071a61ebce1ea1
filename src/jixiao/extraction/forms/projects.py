"""Reads the indicator tables of a document: each table, and the title above it, as projects.

A layout's `subject` decides how: a form for one project, a table of many projects, or the form of
a whole department.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from jixiao.documents.model import DocumentContent, Table, Text
from jixiao.extraction.field_words import bare, field_words, label
from jixiao.extraction.forms.categories import Scheme
from jixiao.extraction.forms.form_head import Form, execution, goal_items, period, read_form
from jixiao.extraction.forms.funding import unit_of
from jixiao.extraction.forms.headers import Header, header_of
from jixiao.extraction.forms.indicators import Row, amounts, body, doubts, indicator, scheme_of_rows
from jixiao.extraction.money import parse_money
from jixiao.extraction.passages import Passage
from jixiao.extraction.problems import problem
from jixiao.model.record import Amount, Goal, Indicator, Layout, Problem, Project, field_place
from jixiao.text import fold, squeeze

_NEVER = re.compile(r"(?!)")  # matches nothing: for layouts without a pattern


@dataclass(slots=True)
class FormContents:
    """The contents of all forms of a document.

    Attributes:
        projects: The projects, in the order of the document.
        departments: The department that each form names.
        overall: The overall goal of the department.
        tasks: The department's tasks.
        problems: The parts of forms that could not be read.
        tables: The numbers of the tables that are forms.
    """

    projects: list[Project] = field(default_factory=list[Project])
    departments: list[str] = field(default_factory=list[str])
    overall: Goal | None = None
    tasks: list[Goal] = field(default_factory=list[Goal])
    problems: list[Problem] = field(default_factory=list[Problem])
    tables: set[int] = field(default_factory=set[int])


def read(content: DocumentContent, year: int | None) -> FormContents:
    """Read the indicator tables of a document.

    Args:
        content: The document.
        year: The budget's year, None if it is not known.
    """
    contents = FormContents()
    above = list[Text]()
    for block in content.blocks:
        if isinstance(block, Text):
            above.append(block)
            continue
        if header := header_of(block, above):
            contents.tables.add(block.number)
            _read_table(block, header, above, year, contents)
        above.clear()  # a paragraph is the title of the next table only
    return contents


def _read_table(
    table: Table, header: Header, above: list[Text], year: int | None, contents: FormContents
) -> None:
    rows, others = body(table, header)
    if header.layout.subject == "projects":
        _read_projects(table, header, rows, above, year, contents)
        return
    form = read_form(table, [*range(header.row), *others], header.layout, above)
    contents.problems += form.problems
    contents.departments += _departments(form)
    scheme = scheme_of_rows(rows, year)
    indicators = tuple(indicator(table, scheme, row) for row in rows)
    contents.problems += doubts(indicators)
    if header.layout.subject == "department":
        _add_department(table, form, indicators, scheme, contents)
    else:
        project = _project(table, header, above, form, scheme, indicators, others)
        if not project.name:
            where = table.where(header.row)
            contents.problems.append(problem("untitled-table", where, table=table.number))
        contents.projects.append(numbered(project, contents.projects))


def _departments(form: Form) -> Iterator[str]:
    """Yield the department that a form names, without a code before the name."""
    stated = [p.text for p in form.particulars if p.kind == "department"]
    for name in (form.department, *stated):
        if name and (bare_name := re.sub(field_words().department_code, "", squeeze(name))):
            yield bare_name


def _add_department(
    table: Table,
    form: Form,
    indicators: tuple[Indicator, ...],
    scheme: Scheme | None,
    contents: FormContents,
) -> None:
    """Add the overall goal of a department with its indicators, and its tasks."""
    goal = form.goals[0] if form.goals else Goal(text="", where=table.where(0))
    contents.overall = msgspec.structs.replace(
        goal,
        scheme=scheme.id if scheme else None,
        indicators=indicators,
        amounts=tuple(form.amounts),
    )
    contents.tasks += form.tasks


def _project(
    table: Table,
    header: Header,
    above: list[Text],
    form: Form,
    scheme: Scheme | None,
    indicators: tuple[Indicator, ...],
    others: list[int],
) -> Project:
    """Return the project of a form; its name is beside a label, or in the title above."""
    title, match = _title(header, above)
    if form.name:
        name, where = form.name.text.text, table.place(form.name, row=form.name.row)
    elif title and match:
        name, where = title.stated(*match.span("name")), title.where(*match.span("name"))
    else:
        name, where = "", table.where(0)
    groups = match.groupdict() if match else {}
    # A name may say that the money is carried over from the year before (结转).
    carried = re.search(header.layout.carried_over or _NEVER, squeeze(name))
    return Project(
        id="",
        name=name,
        order=int(groups["order"]) if groups.get("order") else None,
        carried_over=bool(carried),
        scheme=scheme.id if scheme else None,
        department=form.department,
        goals=tuple(form.goals),
        amounts=(*form.amounts, *amounts(indicators)),
        basis=tuple(form.grounds),
        period=period(form),
        particulars=tuple(form.particulars),
        execution=execution(form),
        total_score=_total_score(table, header, others),
        layout=Layout(header.layout.name, header.evidence),
        indicators=indicators,
        where=where,
    )


def _title(header: Header, above: list[Text]) -> tuple[Passage | None, re.Match[str] | None]:
    """Return the paragraph above a table, and its match with the layout's pattern of titles."""
    pattern = header.layout.title
    # Some patterns only recognise a layout and have no name in them.
    if not pattern or not above or "name" not in re.compile(pattern).groupindex:
        return None, None
    title = Passage(above[-1])
    return title, re.match(pattern, title.bare)


def numbered(project: Project, others: list[Project]) -> Project:
    """Return a project with its identifier, a digest of its name.

    Args:
        project: A project, whose identifier is blank.
        others: The projects before it; one of the same name makes the identifier end in "-2".
    """
    identifier = _identifier(project.name, [other.id for other in others])
    return msgspec.structs.replace(project, id=identifier)


def _total_score(table: Table, header: Header, others: list[int]) -> str | None:
    column = header.columns.get("score")
    for row in others if column is not None else ():
        marked = label(table.text(row, 0), header.layout)
        if marked and marked.field == "total-score":
            return table.text(row, column or 0) or None
    return None


def _read_projects(
    table: Table,
    header: Header,
    rows: list[Row],
    above: list[Text],
    year: int | None,
    contents: FormContents,
) -> None:
    """Read a table of many projects."""
    unit = unit_of(table, range(header.body), header.layout, above)
    scheme = scheme_of_rows(rows, year)
    for part in _by_project(table, header, rows):
        indicators = tuple(indicator(table, scheme, row) for row in part)
        contents.problems += doubts(indicators)
        first = part[0]
        contents.departments += [squeeze(first.texts.get("department", ""))]
        project = Project(
            id="",
            name=first.texts["name"],
            order=None,
            carried_over=False,
            scheme=scheme.id if scheme else None,
            department=first.texts.get("department") or None,
            goals=tuple(_row_goals(table, header, first)),
            amounts=(*_row_amounts(table, header, first, unit, contents), *amounts(indicators)),
            layout=Layout(header.layout.name, header.evidence),
            indicators=indicators,
            where=field_place(table.where(first.number, first.cells(table)), "name"),
        )
        contents.projects.append(numbered(project, contents.projects))
    contents.problems += _without_indicators(table, header, rows)


def _by_project(table: Table, header: Header, rows: list[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each project; another cell with another name starts one."""
    part = list[Row]()
    for row in rows:
        if part and _starts(table, header, part[-1], row):
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _starts(table: Table, header: Header, before: Row, row: Row) -> bool:
    # A merged name covers all rows of its project: the same cell, or a blank, starts none.
    cell, above = (table.grid[n][header.columns["name"]] for n in (row.number, before.number))
    stated = bool(cell and cell is not above and cell.text.text)
    keys = ("name", "department")
    return stated and any(before.texts.get(key) != row.texts.get(key) for key in keys)


def _row_goals(table: Table, header: Header, row: Row) -> Iterator[Goal]:
    column = header.columns.get("goal")
    cell = table.grid[row.number][column] if column is not None else None
    if cell and cell.text.text:
        pattern = header.layout.goal_item
        if pattern:
            yield from goal_items(cell, table, row.number, pattern, "annual")
        else:
            where = table.place(cell, row=row.number)
            yield Goal(text=cell.text.text, scope="annual", where=where)


def _row_amounts(
    table: Table, header: Header, row: Row, unit: str, contents: FormContents
) -> Iterator[Amount]:
    column, stated = header.columns.get("amount"), row.texts.get("amount")
    if column is None or not stated:
        return
    where = field_place(table.where(row.number, row.cells(table)), "amount")
    yuan = parse_money(stated, unit)
    if yuan is None:
        named = table.text(header.row, column)
        contents.problems.append(problem("no-number", where, text=stated, column=named))
        return
    yield Amount(
        yuan=yuan, text=stated, source="table", where=where, scope="annual", stage="budget"
    )


def _without_indicators(table: Table, header: Header, rows: list[Row]) -> Iterator[Problem]:
    """Yield a problem for each row that names a project and has no indicator, except sums."""
    indicator_rows = {row.number for row in rows}
    column = header.columns["name"]
    for number in range(header.body, len(table.grid)):
        cell = table.grid[number][column]
        if number in indicator_rows or not cell or cell.row != number or not cell.text.text:
            continue
        if cell.columns == 1 and not any(
            word in bare(cell.text.text) for word in field_words().totals
        ):
            yield problem("project-without-indicators", table.where(number), name=cell.text.text)


def _identifier(name: str, taken: list[str]) -> str:
    # By the name alone, so that a project keeps its identifier when others are inserted before it.
    digest = sha256(fold(name).encode()).hexdigest()[:10]
    count = sum(other.partition("-")[0] == digest for other in taken)
    return f"{digest}-{count + 1}" if count else digest
