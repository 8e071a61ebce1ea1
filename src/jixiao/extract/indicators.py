"""Reads indicator tables: a table and the title above it -> projects with goals and indicators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from jixiao.extract import targets
from jixiao.extract.categories import category, scheme_of
from jixiao.extract.forms import (
    Form,
    execution,
    goal_items,
    money,
    period,
    place,
    read_form,
    unit_of,
)
from jixiao.extract.headers import Group, Header, header_of
from jixiao.extract.profiles import Scheme, by_word, cost_words, fields, values
from jixiao.extract.words import bare, label
from jixiao.messages import message
from jixiao.pages.layout import Flow, Table, Text, fold, squeeze
from jixiao.record import (
    Amount,
    CostScope,
    Goal,
    Indicator,
    Layout,
    Problem,
    Project,
    Scope,
    Where,
)

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


@dataclass(frozen=True, slots=True)
class _Row:
    """An indicator as its row states it: the text of each field, and what its value is for."""

    number: int
    texts: dict[str, str]
    columns: dict[str, int]
    scope: Scope | None


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
    rows, others = _body(table, header)
    if header.layout.subject == "projects":
        _read_projects(table, header, rows, above, year, reading)
        return
    form = read_form(table, [*range(header.row), *others], header.layout, above)
    reading.problems += form.problems
    reading.departments += _departments(form)
    scheme = _scheme(rows, year)
    indicators = tuple(_indicator(table, scheme, row) for row in rows)
    reading.problems += _doubts(indicators)
    if header.layout.subject == "department":
        _add_department(table, form, indicators, scheme, reading)
    else:
        project = _project(table, header, above, form, scheme, indicators, others)
        if not project.name:
            told = message("untitled-table", table=table.number)
            reading.problems.append(Problem("untitled-table", told, table.where(header.row)))
        reading.projects.append(_numbered(project, reading.projects))


def _scheme(rows: list[_Row], year: int | None) -> Scheme | None:
    levels = [(_points(row.texts["level1"])[0], row.texts["level2"]) for row in rows]
    return scheme_of(levels, year)


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
        name, where = _name(title, match), _title_where(title, match)
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
        amounts=(*form.amounts, *_amounts(indicators)),
        basis=tuple(form.grounds),
        period=period(form),
        particulars=tuple(form.particulars),
        execution=execution(form),
        total_score=_total_score(table, header, others),
        layout=Layout(header.layout.name, header.evidence),
        indicators=indicators,
        where=where,
    )


def _title(header: Header, above: list[Text]) -> tuple[Text | None, re.Match[str] | None]:
    """Return the paragraph above that names the project, and how it does."""
    pattern = header.layout.title
    if not pattern or not above or "name" not in re.compile(pattern).groupindex:
        return None, None
    title = above[-1]
    return title, re.match(pattern, squeeze(title.text))


def _numbered(project: Project, others: list[Project]) -> Project:
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
    rows: list[_Row],
    above: list[Text],
    year: int | None,
    reading: Reading,
) -> None:
    """Read a table of many projects: a project's rows are those its name stands beside."""
    unit = unit_of(table, range(header.body), header.layout, above)
    scheme = _scheme(rows, year)
    for part in _by_project(table, header, rows):
        indicators = tuple(_indicator(table, scheme, row) for row in part)
        reading.problems += _doubts(indicators)
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
            amounts=(*_row_amounts(table, header, first, unit, reading), *_amounts(indicators)),
            layout=Layout(header.layout.name, header.evidence),
            indicators=indicators,
            where=table.where(first.number, _only(header.columns, "name")),
        )
        reading.projects.append(_numbered(project, reading.projects))
    reading.problems += _without_indicators(table, header, rows)


def _by_project(table: Table, header: Header, rows: list[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows of each project: a cell of its own with a name starts one."""
    part = list[_Row]()
    for row in rows:
        if part and _starts(table, header, part[-1], row):
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _starts(table: Table, header: Header, before: _Row, row: _Row) -> bool:
    cell, above = (table.grid[n][header.columns["name"]] for n in (row.number, before.number))
    stated = bool(cell and cell is not above and cell.text.text)
    keys = ("name", "department")
    return stated and any(before.texts.get(key) != row.texts.get(key) for key in keys)


def _row_goals(table: Table, header: Header, row: _Row) -> Iterator[Goal]:
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
    table: Table, header: Header, row: _Row, unit: str, reading: Reading
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


def _without_indicators(table: Table, header: Header, rows: list[_Row]) -> Iterator[Problem]:
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


def _body(table: Table, header: Header) -> tuple[list[_Row], list[int]]:
    """Return the rows of indicators, group by group, and the numbers of the other rows below."""
    rows, others = list[_Row](), list[int]()
    for at, group in enumerate(header.groups):
        above = dict[str, str]()
        for number in range(header.body, len(table.grid)):
            if not _is_indicator(table, number, group):
                above |= _named_above(table, number, group)
                if at == 0 and any(table.texts(number)) and not _beside(table, number, header):
                    others.append(number)
                continue
            texts = _texts(table, number, group, above)
            above = texts
            rows += _scoped(table, number, texts, header, at)
    return rows, others


def _named_above(table: Table, number: int, group: Group) -> dict[str, str]:
    """Return the department that a row of its own names, for the rows below."""
    column = group.columns.get("department")
    text = table.text(number, column) if column is not None else ""
    return {"department": text} if text else {}


def _beside(table: Table, number: int, header: Header) -> bool:
    """Tell whether another group of columns has an indicator in the row."""
    return any(_is_indicator(table, number, group) for group in header.groups[1:])


def _is_indicator(table: Table, number: int, group: Group) -> bool:
    level3 = table.grid[number][group.columns["level3"]]
    if level3 is None:
        return False
    values = [table.grid[number][column] for _, column in group.values]
    merged = level3.columns > 1 and any(value is level3 for value in values)
    blank = not level3.text.text and not any(value and value.text.text for value in values)
    return not merged and not blank and not _is_tail(table, number, group)


def _is_tail(table: Table, number: int, group: Group) -> bool:
    """Tell whether one cell runs from the first level to the third: a sum or a note."""
    first = group.columns.get("level1")
    cells = table.grid[number]
    return first is not None and cells[first] is cells[group.columns["level3"]]


def _texts(table: Table, number: int, group: Group, above: dict[str, str]) -> dict[str, str]:
    """Return the text of each field of a row; what is blank in merged cells is taken from above."""
    texts = {name: table.text(number, column) for name, column in group.columns.items()}
    for name in ("department", "name", "level1", "level2"):
        if name in texts and not texts[name]:
            if name == "level2" and texts["level1"] != above.get("level1", ""):
                break
            texts[name] = above.get(name, "")
    return {"level1": "", "level2": "", **texts}


def _scoped(
    table: Table, number: int, texts: dict[str, str], header: Header, at: int
) -> Iterator[_Row]:
    """Yield an indicator for each value of a row."""
    group, scopes = header.groups[at], header.layout.group_scopes
    several = len(header.groups) > 1 and at < len(scopes)
    for scope, column in group.values:
        value = table.text(number, column)
        if value or len(group.values) == 1:
            yield _Row(
                number=number,
                texts={**texts, "value": value},
                columns={**group.columns, "value": column},
                scope=scope or (scopes[at] if several else None),
            )


def _name(title: Text, match: re.Match[str]) -> str:
    """Return the project's name with the white space it is printed with."""
    start, end = _span(title.text, *match.span("name"))
    return title.text[start:end]


def _title_where(title: Text, match: re.Match[str]) -> Where:
    return title.where(*_span(title.text, *match.span("name")))


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where characters counted without white space stand in the text."""
    places = [i for i, c in enumerate(text) if not c.isspace()]
    return places[start], places[end - 1] + 1


def _identifier(name: str, taken: list[str]) -> str:
    digest = sha256(fold(name).encode()).hexdigest()[:10]
    count = sum(other.partition("-")[0] == digest for other in taken)
    return f"{digest}-{count + 1}" if count else digest


def _value(texts: dict[str, str]) -> str:
    """Return the comparator, the number and the unit of a value, joined."""
    value, nature, unit = (squeeze(texts.get(name, "")) for name in ("value", "nature", "unit"))
    if nature and fold(nature) in _comparators() and not fold(value).startswith(fold(nature)):
        value = nature + value
    if unit and value and unit not in fields().blanks and not fold(value).endswith(fold(unit)):
        value += unit
    return value


def _comparators() -> frozenset[str]:
    return frozenset(by_word(values().comparators.before))


def _indicator(table: Table, scheme: Scheme | None, row: _Row) -> Indicator:
    texts = row.texts
    value = _value(texts)
    level1, points = _points(texts["level1"])
    notation = category(scheme, (level1, texts["level2"])) if scheme else None
    described = texts["level3"] + texts.get("description", "")
    return Indicator(
        level1=level1,
        level2=texts["level2"],
        level3=texts["level3"],
        description=texts.get("description", ""),
        value=value,
        category=notation,
        target=targets.parse(value),
        basis=texts.get("basis"),
        basis_inherited=_inherited(table, row.number, row.columns.get("basis")),
        cost_scope=_cost_scope(notation, described),
        scope=row.scope,
        nature=texts.get("nature") or None,
        direction=texts.get("direction") or None,
        weight=texts.get("weight") or None,
        level1_weight=points,
        actual=texts.get("actual") or None,
        score=texts.get("score") or None,
        deviation=texts.get("deviation") or None,
        scoring=texts.get("scoring") or None,
        remark=texts.get("remark") or None,
        confidence=round(table.sure(row.number), 3),
        where=table.where(row.number, row.columns),
    )


def _points(level1: str) -> tuple[str, str | None]:
    """Return the name of a first level without its points, and the points."""
    match = re.search(fields().level1_points, squeeze(level1))
    return (squeeze(level1)[: match.start()], match["weight"]) if match else (level1, None)


def _inherited(table: Table, row: int, column: int | None) -> bool | None:
    """Tell by the rulings whether the cell is merged with the one above; None without rulings."""
    cell = table.grid[row][column] if column is not None else None
    if cell is None or (not table.ruled and not cell.text.text):
        return None
    return cell.row < row


def _cost_scope(notation: str | None, described: str) -> CostScope | None:
    words = cost_words()
    if notation not in words.categories:
        return None
    return "per-unit" if any(word in squeeze(described) for word in words.per_unit) else "total"


def _amounts(indicators: tuple[Indicator, ...]) -> Iterator[Amount]:
    """Yield the amounts that total cost indicators state outright."""
    for indicator in indicators:
        target = indicator.target
        if not target or target.comparator != "eq" or indicator.cost_scope != "total":
            continue
        yuan = targets.yuan(target.lower, target.unit)
        if yuan is not None:
            yield Amount(
                yuan=yuan,
                text=indicator.value,
                source="cost-indicator",
                where=indicator.where,
            )


def _doubts(indicators: tuple[Indicator, ...]) -> Iterator[Problem]:
    for indicator in indicators:
        if indicator.category is None:
            name = f"{indicator.level1}/{indicator.level2}"
            yield Problem(
                "unknown-category", message("unknown-category", name=name), indicator.where
            )
        if indicator.target and indicator.target.kind == "text":
            told = message("unparsed-target", value=indicator.value)
            yield Problem("unparsed-target", told, indicator.where)
        if indicator.basis == "" and indicator.basis_inherited is None:
            told = message("blank-or-merged", name=indicator.level3)
            yield Problem("blank-or-merged", told, indicator.where)
