"""Reads indicator tables: a table and the title above it -> a project with goals and indicators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from jixiao.extract import targets
from jixiao.extract.categories import category, scheme_of
from jixiao.extract.profiles import (
    IndicatorLayout,
    Scheme,
    compared,
    cost_words,
    indicator_layouts,
)
from jixiao.messages import message
from jixiao.pages.layout import Cell, Flow, Table, Text, fold, squeeze
from jixiao.record import Amount, CostScope, Goal, Indicator, Problem, Project, Where


@dataclass(frozen=True, slots=True)
class _Header:
    """Where a table's indicators start, and which column holds which field."""

    layout: IndicatorLayout
    row: int
    columns: dict[str, int]


@dataclass(slots=True)
class Reading:
    """What has been read so far: from which tables, and what could not be read."""

    projects: list[Project] = field(default_factory=list[Project])
    problems: list[Problem] = field(default_factory=list[Problem])
    tables: set[int] = field(default_factory=set[int])


def read(flow: Flow, year: int | None) -> Reading:
    """Return the projects that the flow's indicator tables describe."""
    reading = Reading()
    titles = list[Text]()
    for block in flow.blocks:
        if isinstance(block, Text):
            titles.append(block)
            continue
        if header := _header(block):
            reading.tables.add(block.number)
            _read_table(block, header, titles[-1] if titles else None, year, reading)
        titles.clear()
    return reading


def _header(table: Table) -> _Header | None:
    """Return the header by the layout that knows most of its words, None for another table."""
    found = list[_Header]()
    for layout in indicator_layouts():
        words = {name: compared(names) for name, names in layout.columns.items()}
        for row in range(len(table.grid)):
            texts = [squeeze(text) for text in table.texts(row)]
            columns = {
                name: texts.index(text)
                for name, known in words.items()
                for text in texts
                if text in known
            }
            if columns.keys() >= set(layout.fill.required):
                found.append(_Header(layout, row, columns))
                break
    return max(found, key=lambda header: len(header.columns), default=None)


def _read_table(
    table: Table, header: _Header, title: Text | None, year: int | None, reading: Reading
) -> None:
    match = re.match(header.layout.title, squeeze(title.text)) if title else None
    rows = list(_rows(table, header))
    if match is None:
        problem = message("untitled-table", table=table.number)
        reading.problems.append(Problem("untitled-table", problem, table.where(header.row)))
    levels = [(texts["level1"], texts["level2"]) for _, texts in rows]
    scheme = scheme_of(levels, year)
    name = _name(title, match) if title and match else ""
    order = int(match["order"]) if match and match["order"] else None
    indicators = tuple(_indicator(table, header, scheme, row, texts) for row, texts in rows)
    reading.problems += _doubts(indicators)
    reading.projects.append(
        Project(
            id=_identifier(name, [p.id for p in reading.projects]),
            name=name,
            order=order,
            carried_over=bool(re.search(header.layout.carried_over, squeeze(name))),
            scheme=scheme.id if scheme else None,
            goals=tuple(_goals(table, header)),
            amounts=tuple(_amounts(indicators)),
            indicators=indicators,
            where=_title_where(title, match) if title and match else table.where(0),
        )
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


def _rows(table: Table, header: _Header) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each indicator's row with the text of each field; blanks filled from above."""
    above = dict[str, str]()
    for row in range(header.row + 1, len(table.grid)):
        texts = {name: table.text(row, column) for name, column in header.columns.items()}
        if not any(texts.values()):
            continue
        for name in header.layout.fill.down:
            texts[name] = texts[name] or above.get(name, "")
        above = texts
        yield row, texts


def _goals(table: Table, header: _Header) -> Iterator[Goal]:
    labels = compared(header.layout.goal_labels)
    for row in range(header.row):
        texts = table.texts(row)
        cells = [c for c in table.grid[row] if c and squeeze(c.text.text) not in labels]
        if any(squeeze(text) in labels for text in texts):
            for cell in _distinct(cells):
                yield from _items(cell, table, row, header.layout.goal_item)


def _distinct(cells: list[Cell]) -> list[Cell]:
    return [c for c in {id(c): c for c in cells}.values() if c.text.text]


def _items(cell: Cell, table: Table, row: int, pattern: str) -> Iterator[Goal]:
    """Yield the numbered goals of a cell; ordinals must follow on, other figures are text."""
    text = cell.text.text
    starts, wanted = list[tuple[int, int]](), 1
    for match in re.finditer(pattern, text):
        if int(match["ordinal"]) == wanted:
            starts.append(match.span())
            wanted += 1
    if not starts or text[: starts[0][0]].strip():
        starts.insert(0, (0, 0))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    for (_, start), end in zip(starts, ends, strict=True):
        item = text[start:end].strip()
        begin = text.index(item, start)
        place = cell.text.where(begin, begin + len(item))
        yield Goal(text=item, where=_within(place, table, row))


def _within(place: Where, table: Table, row: int) -> Where:
    return Where(
        page=place.page,
        table=table.number,
        row=row + 1,
        bbox=place.bbox,
        line=place.line,
        path=place.path,
        continued=place.continued,
    )


def _indicator(
    table: Table, header: _Header, scheme: Scheme | None, row: int, texts: dict[str, str]
) -> Indicator:
    value = squeeze(texts["value"])
    notation = category(scheme, (texts["level1"], texts["level2"])) if scheme else None
    described = texts["level3"] + texts.get("description", "")
    return Indicator(
        level1=texts["level1"],
        level2=texts["level2"],
        level3=texts["level3"],
        description=texts.get("description", ""),
        value=value,
        category=notation,
        target=targets.parse(value),
        basis=texts.get("basis", ""),
        basis_inherited=_inherited(table, row, header.columns.get("basis")),
        cost_scope=_cost_scope(notation, described),
        where=table.where(row, header.columns),
    )


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
        if not indicator.basis and indicator.basis_inherited is None:
            told = message("blank-or-merged", name=indicator.level3)
            yield Problem("blank-or-merged", told, indicator.where)
