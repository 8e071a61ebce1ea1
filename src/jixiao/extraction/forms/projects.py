"""Reads indicator tables: a table and the title above it -> projects with goals and indicators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from jixiao.documents.model import Flow, Table, Text
from jixiao.extraction.forms.categories import Scheme
from jixiao.extraction.forms.funding import money, unit_of
from jixiao.extraction.forms.headers import Header, header_of
from jixiao.extraction.forms.heads import Form, execution, goal_items, period, place, read_form
from jixiao.extraction.forms.indicators import Row, amounts, body, doubts, indicator, scheme_of_rows
from jixiao.extraction.forms.words import bare, fields, label
from jixiao.extraction.narrative.passages import Passage
from jixiao.messages import message
from jixiao.model.record import Amount, Goal, Indicator, Layout, Problem, Project
from jixiao.text import fold, squeeze

_NOTHING = re.compile(r"(?!)")


@dataclass(slots=True)
class Reading:
    """What has been read so far: from which tables, and what could not be read."""

    projects: list[Project] = field(default_factory=list[Project])
    departments: list[str] = field(default_factory=list[str])
    overall: Goal | None = None
    tasks: list[Goal] = field(default_factory=list[Goal])
    problems: list[Problem] = field(default_factory=list[Problem])
    tables: set[int] = field(default_factory=set[int])


def read(flow: Flow, year: int | None) -> Reading:
    """Return the projects that the flow's indicator tables describe."""
    reading = Reading()
    above = list[Text]()
    for block in flow.blocks:
        if isinstance(block, Text):
            above.append(block)
            continue
        if header := header_of(block, above):
            reading.tables.add(block.number)
            _read_table(block, header, above, year, reading)
        above.clear()
    return reading


def _read_table(
    table: Table, header: Header, above: list[Text], year: int | None, reading: Reading
) -> None:
    rows, others = body(table, header)
    if header.layout.subject == "projects":
        _read_projects(table, header, rows, above, year, reading)
        return
    form = read_form(table, [*range(header.row), *others], header.layout, above)
    reading.problems += form.problems
    reading.departments += _departments(form)
    scheme = scheme_of_rows(rows, year)
    indicators = tuple(indicator(table, scheme, row) for row in rows)
    reading.problems += doubts(indicators)
    if header.layout.subject == "department":
        _add_department(table, form, indicators, scheme, reading)
    else:
        project = _project(table, header, above, form, scheme, indicators, others)
        if not project.name:
            told = message("untitled-table", table=table.number)
            reading.problems.append(Problem("untitled-table", told, table.where(header.row)))
        reading.projects.append(numbered(project, reading.projects))


def _departments(form: Form) -> Iterator[str]:
    """Yield who a form says the budget is of, without a code before the name."""
    stated = [p.text for p in form.particulars if p.kind == "department"]
    for name in (form.department, *stated):
        if name and (bare_name := re.sub(fields().department_code, "", squeeze(name))):
            yield bare_name


def _add_department(
    table: Table,
    form: Form,
    indicators: tuple[Indicator, ...],
    scheme: Scheme | None,
    reading: Reading,
) -> None:
    """Add the goals of a whole department: what it aims at, and its tasks."""
    goal = form.goals[0] if form.goals else Goal(text="", where=table.where(0))
    reading.overall = msgspec.structs.replace(
        goal,
        scheme=scheme.id if scheme else None,
        indicators=indicators,
        amounts=tuple(form.amounts),
    )
    reading.tasks += form.tasks


def _project(
    table: Table,
    header: Header,
    above: list[Text],
    form: Form,
    scheme: Scheme | None,
    indicators: tuple[Indicator, ...],
    others: list[int],
) -> Project:
    """Return the project of a table; its name is a label's, else in the title above."""
    title, match = _title(header, above)
    if form.name:
        name, where = form.name.text.text, place(table, form.name, form.name.row)
    elif title and match:
        name, where = title.stated(*match.span("name")), title.where(*match.span("name"))
    else:
        name, where = "", table.where(0)
    found = match.groupdict() if match else {}
    carried = re.search(header.layout.carried_over or _NOTHING, squeeze(name))
    return Project(
        id="",
        name=name,
        order=int(found["order"]) if found.get("order") else None,
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
    """Return the paragraph above that names the project, and how it does."""
    pattern = header.layout.title
    if not pattern or not above or "name" not in re.compile(pattern).groupindex:
        return None, None
    title = Passage(above[-1])
    return title, re.match(pattern, title.bare)


def numbered(project: Project, others: list[Project]) -> Project:
    """Return the project with the identifier that its name gives it."""
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
    reading: Reading,
) -> None:
    """Read a table of many projects: a project's rows are those its name stands beside."""
    unit = unit_of(table, range(header.body), header.layout, above)
    scheme = scheme_of_rows(rows, year)
    for part in _by_project(table, header, rows):
        indicators = tuple(indicator(table, scheme, row) for row in part)
        reading.problems += doubts(indicators)
        first = part[0]
        reading.departments += [squeeze(first.texts.get("department", ""))]
        project = Project(
            id="",
            name=first.texts["name"],
            order=None,
            carried_over=False,
            scheme=scheme.id if scheme else None,
            department=first.texts.get("department") or None,
            goals=tuple(_row_goals(table, header, first)),
            amounts=(*_row_amounts(table, header, first, unit, reading), *amounts(indicators)),
            layout=Layout(header.layout.name, header.evidence),
            indicators=indicators,
            where=table.where(first.number, _only(header.columns, "name")),
        )
        reading.projects.append(numbered(project, reading.projects))
    reading.problems += _without_indicators(table, header, rows)


def _by_project(table: Table, header: Header, rows: list[Row]) -> Iterator[list[Row]]:
    """Yield the rows of each project: a cell of its own with a name starts one."""
    part = list[Row]()
    for row in rows:
        if part and _starts(table, header, part[-1], row):
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _starts(table: Table, header: Header, before: Row, row: Row) -> bool:
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
            where = place(table, cell, row.number)
            yield Goal(text=cell.text.text, scope="annual", where=where)


def _row_amounts(
    table: Table, header: Header, row: Row, unit: str, reading: Reading
) -> Iterator[Amount]:
    column, stated = header.columns.get("amount"), row.texts.get("amount")
    if column is None or not stated:
        return
    where = table.where(row.number, {"amount": column})
    yuan = money(stated, unit)
    if yuan is None:
        told = message("no-number", text=stated, column=table.text(header.row, column))
        reading.problems.append(Problem("no-number", told, where))
        return
    yield Amount(
        yuan=yuan, text=stated, source="table", where=where, scope="annual", stage="budget"
    )


def _without_indicators(table: Table, header: Header, rows: list[Row]) -> Iterator[Problem]:
    """Yield the rows that name a project and hold no indicator, but for sums."""
    read = {row.number for row in rows}
    column = header.columns["name"]
    for number in range(header.body, len(table.grid)):
        cell = table.grid[number][column]
        if number in read or not cell or cell.row != number or not cell.text.text:
            continue
        if cell.columns == 1 and not any(word in bare(cell.text.text) for word in fields().totals):
            told = message("project-without-indicators", name=cell.text.text)
            yield Problem("project-without-indicators", told, table.where(number))


def _only(columns: dict[str, int], *names: str) -> dict[str, int]:
    return {name: columns[name] for name in names if name in columns}


def _identifier(name: str, taken: list[str]) -> str:
    digest = sha256(fold(name).encode()).hexdigest()[:10]
    count = sum(other.partition("-")[0] == digest for other in taken)
    return f"{digest}-{count + 1}" if count else digest
