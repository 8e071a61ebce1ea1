"""Maps a record to the graph that `ontology/` declares: facts and evidence, as quads.

Two readings of one file give the same quads: no clock, no blank node, nothing of the run.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import cast

import msgspec
from pyoxigraph import Literal, NamedNode, Quad

from jixiao.config import folder
from jixiao.model.record import (
    Amount,
    Column,
    Goal,
    Indicator,
    Passage,
    Project,
    Record,
    Statement,
    StatementRow,
    Target,
)
from jixiao.rdf.code_lists import codes
from jixiao.rdf.derived import facts as derived
from jixiao.rdf.derived.accounting_identities import Cell
from jixiao.rdf.evidence import StatedValue, annotations
from jixiao.rdf.iris import budget_key, department_key, digest, document_iri, graphs, plain, unique
from jixiao.rdf.namespaces import (
    CODE,
    DCT,
    DIM,
    FOAF,
    HOME,
    JX,
    OBEU_ATTRIBUTE,
    OBEU_DIMENSION,
    OBEU_MEASURE,
    ORG,
    PROV,
    QB,
    RDF,
    SKOS,
    SPDX,
    XSD,
)

Term = NamedNode | Literal
Triple = tuple[NamedNode, NamedNode, Term]
Pair = tuple[NamedNode, Term | None]
_CURRENCY = NamedNode("http://publications.europa.eu/resource/authority/currency/CNY")
# How precise a date is, by what it looks like.
_DATES = {
    "dddd": XSD.gYear,
    "dddd-dd": XSD.gYearMonth,
    "dddd-dd-dd": XSD.date,
    "--dd": XSD.gMonth,
    "--dd-dd": XSD.gMonthDay,
    "---dd": XSD.gDay,
}
_WIDE_BRACKETS = str.maketrans("()", "（）")


def quads(record: Record, base: str = HOME) -> Iterator[Quad]:
    """Yield the facts and the evidence of one document, each in its named graph."""
    document = document_iri(record.document.sha256, base)
    facts, evidence, _ = graphs(document)
    mapping = Mapping(record, base)
    for triple in mapping.facts():
        yield Quad(*triple, facts)
    for triple in mapping.file():
        yield Quad(*triple, evidence)
    for triple in annotations(document, mapping.stated):
        yield Quad(*triple, evidence)


def describe(subject: NamedNode, *pairs: Pair) -> Iterator[Triple]:
    """Yield a triple for each pair that has a value."""
    for predicate, value in pairs:
        if value is not None:
            yield subject, predicate, value


class Mapping:
    """One record on its way into the graph; `stated` collects where each value is printed."""

    def __init__(self, record: Record, base: str) -> None:
        self.record = record
        self.stated = list[StatedValue]()
        key = budget_key(record.document)
        self._base, self._key = base + "id/", key
        self._document = document_iri(record.document.sha256, base)
        self._department = self._thing("dept", department_key(record.document))
        self._budget = self._thing("budget", key)
        self._cells, self._rows = dict[Cell, NamedNode](), dict[tuple[int, int], NamedNode]()
        self._listed = list[tuple[NamedNode, Amount]]()
        self._goals = list[tuple[NamedNode, NamedNode, str]]()

    def facts(self) -> Iterator[Triple]:
        """Yield what the document states, from the department down."""
        yield from self._heads()
        if self.record.overall_goal:
            yield from self._goal(self._budget, 0, self.record.overall_goal)
        for number, goal in enumerate(self.record.goals, 1):
            yield from self._goal(self._budget, number, goal)
        for project in self.record.projects:
            yield from self._project(project)
        figures = self._figure_nodes()
        yield from self._figures(figures)
        taken = set[str]()
        for number, statement in enumerate(self.record.statements):
            yield from self._statement(number, statement, unique(statement.kind, taken))
        for number, passage in enumerate(self.record.passages, 1):
            yield from self._passage(number, passage)
        yield from derived.of_goals(self._budget, self._goals)
        yield from derived.of_list(self._listed)
        yield from derived.of_identities(
            self.record, self._budget, self._cells, self._rows, figures
        )
        yield from derived.of_consecutive_sums(self.record, self._budget, self._cells)

    def file(self) -> Iterator[Triple]:
        """Yield the file's own description, and what could not be read from it."""
        document, node = self.record.document, self._document
        checksum = NamedNode(f"{node.value}/checksum")
        yield from describe(
            node,
            (RDF.type, PROV.Entity),
            (RDF.type, JX.DisclosureDocument),
            (DCT.title, _zh(document.title)),
            (DCT.format, Literal(document.format)),
            (JX.fileName, Literal(document.file)),
            (JX.pageCount, _integer(document.pages)),
            (JX.readBy, Literal(document.reader.name)),
            (JX.readerVersion, Literal(document.reader.version)),
            (SPDX.checksum, checksum),
        )
        yield from describe(
            checksum,
            (RDF.type, SPDX.Checksum),
            (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
            (SPDX.checksumValue, Literal(document.sha256)),
        )
        yield from self._problems()

    def _problems(self) -> Iterator[Triple]:
        for number, problem in enumerate(self.record.problems, 1):
            node = NamedNode(f"{self._document.value}/problem/{number}")
            yield self._document, JX.problem, node
            yield from describe(
                node,
                (RDF.type, JX.Problem),
                (DCT.identifier, Literal(problem.code)),
                (DCT.description, _zh(problem.message.zh)),
                (DCT.description, Literal(problem.message.en, language="en")),
            )
            if problem.where:
                self.stated.append(StatedValue(node, DCT.description, "", problem.where))

    def _thing(self, kind: str, key: str) -> NamedNode:
        return NamedNode(f"{self._base}{kind}/{key}")

    def _heads(self) -> Iterator[Triple]:
        document = self.record.document
        where = document.region
        region = CODE[f"region/{plain(where.code, where.name)}"] if where else None
        code = document.department_code
        yield from describe(
            self._department,
            (RDF.type, ORG.OrganizationalUnit),
            (RDF.type, JX.BudgetDepartment),
            (SKOS.prefLabel, _zh(document.department)),
            (ORG.identifier, Literal(code) if code else None),
            (DCT.spatial, region),
        )
        if region and document.region:
            yield from describe(
                region,
                (RDF.type, SKOS.Concept),
                (SKOS.inScheme, CODE["region"]),
                (SKOS.notation, Literal(document.region.code)),
                (SKOS.prefLabel, _zh(document.region.name)),
            )
        year = document.fiscal_year
        yield from describe(
            self._budget,
            (RDF.type, JX.DepartmentBudget),
            (JX.department, self._department),
            (JX.departmentName, _zh(document.department) if document.department else None),
            (JX.budgetYear, Literal(f"{year:04}", datatype=XSD.gYear) if year else None),
            (JX.documentKind, CODE[f"document-kind/{document.kind}"]),
            (DCT.source, self._document),
        )

    def _project(self, project: Project) -> Iterator[Triple]:
        node = self._thing("project", f"{self._key}/{plain(project.id)}")
        yield from describe(
            node,
            (RDF.type, JX.BudgetProject),
            (RDF.type, FOAF.Project),
            (JX.partOfBudget, self._budget),
            (SKOS.prefLabel, _zh(project.name)),
            (JX.ordinal, _integer(project.order)),
            (JX.carriedOver, _boolean(project.carried_over)),
            (JX.indicatorScheme, CODE[f"indicator/{project.scheme}"] if project.scheme else None),
            (JX.unitName, _zh(project.department) if project.department else None),
            (JX.layout, Literal(project.layout.name) if project.layout else None),
            (JX.totalScore, _text(project.total_score)),
        )
        self.stated.append(StatedValue(node, SKOS.prefLabel, project.name, project.where))
        yield from self._particulars(node, project)
        for number, goal in enumerate(project.goals, 1):
            yield from self._goal(node, number, goal)
        yield from self._indicators(node, project.indicators, project.scheme)
        yield from self._amounts(node, project.amounts)
        goals = [_goal_node(node, number) for number, _ in enumerate(project.goals, 1)]
        self._goals += [(node, g, goal.text) for g, goal in zip(goals, project.goals, strict=True)]
        indicators = _indicator_nodes(node, project.indicators)
        yield from derived.of_project(node, project, goals, indicators)

    def _particulars(self, node: NamedNode, project: Project) -> Iterator[Triple]:
        """Yield the grounds, the period, the execution rate and what else is stated."""
        for number, ground in enumerate(project.basis, 1):
            about = NamedNode(f"{node.value}/ground/{number}")
            yield node, JX.hasGround, about
            yield from describe(
                about,
                (RDF.type, JX.Ground),
                (JX.text, _zh(ground.text)),
                (DCT.title, _zh(ground.title) if ground.title else None),
                (JX.documentNumber, _text(ground.number)),
            )
            self.stated.append(StatedValue(about, JX.text, ground.text, ground.where))
        taken = set[str]()
        for particular in project.particulars:
            about = NamedNode(f"{node.value}/particular/{unique(particular.kind, taken)}")
            yield node, JX.hasParticular, about
            yield about, RDF.type, JX.Particular
            yield about, JX.particularKind, CODE[f"particular/{particular.kind}"]
            yield about, JX.text, _zh(particular.text)
            self.stated.append(StatedValue(about, JX.text, particular.text, particular.where))
        yield from self._time_and_rate(node, project)

    def _time_and_rate(self, node: NamedNode, project: Project) -> Iterator[Triple]:
        if period := project.period:
            yield from describe(
                node,
                (JX.periodStated, _zh(period.text)),
                (JX.periodStart, _date(period.start) if period.start else None),
                (JX.periodEnd, _date(period.end) if period.end else None),
            )
            if period.where:
                self.stated.append(StatedValue(node, JX.periodStated, period.text, period.where))
        if rate := project.execution:
            yield from describe(
                node,
                (JX.executionRate, _text(rate.rate)),
                (JX.executionWeight, _text(rate.weight)),
                (JX.executionScore, _text(rate.score)),
            )
            self.stated.append(StatedValue(node, JX.executionRate, rate.rate or "", rate.where))

    def _amounts(self, holder: NamedNode, amounts: Iterable[Amount]) -> Iterator[Triple]:
        """Yield amounts; an IRI says what the amount is, not where it stands in the list."""
        taken, year = set[str](), False
        for amount in amounts:
            known = (amount.source, amount.scope, amount.stage, amount.fund)
            key = unique("-".join(part for part in known if part), taken)
            yield from self._amount(holder, key, amount)
            self._listed.append((NamedNode(f"{holder.value}/amount/{key}"), amount))
            if _is_year_budget(amount) and not year:
                year = True
                yield NamedNode(f"{holder.value}/amount/{key}"), JX.isYearBudget, _boolean(True)

    def _goal(self, holder: NamedNode, number: int, goal: Goal) -> Iterator[Triple]:
        node = _goal_node(holder, number)
        yield holder, JX.hasGoal, node
        yield from describe(
            node,
            (RDF.type, JX.PerformanceGoal),
            (JX.ordinal, _integer(number)),
            (SKOS.prefLabel, _zh(goal.name) if goal.name else None),
            (JX.text, _zh(goal.text)),
            (JX.scope, _code("time-scope", goal.scope)),
            (JX.achieved, _zh(goal.achieved) if goal.achieved else None),
        )
        self.stated.append(StatedValue(node, JX.text, goal.text, goal.where))
        yield from derived.of_goal(node, goal)
        yield from self._indicators(node, goal.indicators, goal.scheme)
        yield from self._amounts(node, goal.amounts)

    def _indicators(
        self, holder: NamedNode, indicators: Iterable[Indicator], scheme: str | None
    ) -> Iterator[Triple]:
        named = list(indicators)
        nodes = _indicator_nodes(holder, named)
        for number, (indicator, node) in enumerate(zip(named, nodes, strict=True), 1):
            yield holder, JX.hasIndicator, node
            yield from self._indicator(node, holder, number, indicator, scheme)

    def _indicator(
        self,
        node: NamedNode,
        holder: NamedNode,
        number: int,
        indicator: Indicator,
        scheme: str | None,
    ) -> Iterator[Triple]:
        target, basis = NamedNode(f"{node.value}/target"), NamedNode(f"{node.value}/basis")
        known = scheme and indicator.category
        yield from describe(
            node,
            (RDF.type, JX.PerformanceIndicator),
            (JX.indicatorOf, holder),
            (JX.ordinal, _integer(number)),
            (SKOS.prefLabel, _zh(indicator.level3)),
            (DCT.description, _zh(indicator.description) if indicator.description else None),
            (JX.statedLevel1, _zh(indicator.level1) if indicator.level1 else None),
            (JX.statedLevel2, _zh(indicator.level2) if indicator.level2 else None),
            (JX.category, CODE[f"indicator/{scheme}/{indicator.category}"] if known else None),
            (JX.costScope, _code("cost-scope", indicator.cost_scope)),
            (JX.basisState, _code("basis-state", _basis_state(indicator) if scheme else None)),
            (JX.hasBasis, basis if indicator.basis else None),
            (JX.hasTarget, target if indicator.value else None),
            (JX.scope, _code("time-scope", indicator.scope)),
            (JX.confidence, _decimal(indicator.confidence) if indicator.confidence < 1 else None),
            (JX.weight, _text(indicator.weight)),
            (JX.levelWeight, _text(indicator.level1_weight)),
            (JX.score, _text(indicator.score)),
            *_worded(indicator),
        )
        if indicator.basis:
            yield basis, RDF.type, JX.Basis
            yield basis, JX.stated, Literal(indicator.basis)
        if indicator.value:
            yield from _target(target, indicator.value, indicator.target)
        yield from derived.of_indicator(node, target, indicator)
        self.stated += _printed(node, target, basis, indicator)

    def _amount(self, project: NamedNode, key: str, amount: Amount) -> Iterator[Triple]:
        node = NamedNode(f"{project.value}/amount/{key}")
        why = amount.alignment
        yield project, JX.hasAmount, node
        yield from describe(
            node,
            (RDF.type, JX.ProjectAmount),
            (JX.amount, _decimal(amount.yuan)),
            (JX.stated, Literal(amount.text)),
            (JX.amountSource, CODE[f"amount-source/{amount.source}"]),
            (JX.statedName, _zh(amount.name) if amount.name else None),
            (JX.decidedBy, CODE[f"alignment/{why.decided_by}"] if why else None),
            (JX.confidence, _decimal(why.confidence) if why else None),
            (JX.scope, _code("time-scope", amount.scope)),
            (JX.stage, _code("budget-stage", amount.stage)),
            (JX.fundSource, _code("fund-source", amount.fund)),
            (JX.isPart, _boolean(True) if amount.part else None),
        )
        yield from derived.of_amount(node, amount)
        self.stated.append(StatedValue(node, JX.stated, amount.text, amount.where))

    def _figure_nodes(self) -> list[NamedNode]:
        taken = set[str]()
        kinds = [unique(figure.kind, taken) for figure in self.record.figures]
        return [self._thing("figure", f"{self._key}/{kind}") for kind in kinds]

    def _passage(self, number: int, passage: Passage) -> Iterator[Triple]:
        node = NamedNode(f"{self._budget.value}/passage/{number}")
        until = passage.until
        yield self._budget, JX.hasPassage, node
        yield from describe(
            node,
            (RDF.type, JX.Passage),
            (JX.passageKind, CODE[f"passage/{passage.kind}"]),
            (JX.stated, Literal(passage.words)),
            (JX.instead, _zh(passage.instead) if passage.instead else None),
            (JX.suitsUntil, Literal(f"{until:04}", datatype=XSD.gYear) if until else None),
            (JX.times, _integer(passage.times)),
        )
        self.stated.append(StatedValue(node, JX.stated, passage.words, passage.where))

    def _figures(self, nodes: Iterable[NamedNode]) -> Iterator[Triple]:
        for figure, node in zip(self.record.figures, nodes, strict=True):
            yield from describe(
                node,
                (RDF.type, JX.StatedFigure),
                (JX.partOfBudget, self._budget),
                (JX.figureKind, CODE[f"figure/{figure.kind}"]),
                (JX.amount, _decimal(figure.yuan)),
                (JX.stated, Literal(figure.text)),
            )
            self.stated.append(StatedValue(node, JX.stated, figure.text, figure.where))

    def _statement(self, place: int, statement: Statement, key: str) -> Iterator[Triple]:
        node = self._thing("statement", f"{self._key}/{key}")
        yield from describe(
            node,
            (RDF.type, QB.DataSet),
            (RDF.type, JX.Statement),
            (JX.partOfBudget, self._budget),
            (JX.statementKind, CODE[f"statement/{statement.kind}"]),
            (DCT.title, _zh(statement.title)),
            (QB.structure, JX.budgetStructure),
            (JX.statedUnit, Literal(statement.unit)),
            (SKOS.note, _zh(statement.note) if statement.note else None),
        )
        self.stated.append(StatedValue(node, DCT.title, statement.title, statement.where))
        columns, taken = {column.label: column for column in statement.columns}, set[str]()
        for number, row in enumerate(statement.rows, 1):
            name = unique(plain(row.code or "", row.section or "", row.name), taken)
            at = place, number - 1
            self._rows[at] = NamedNode(f"{node.value}/{name}")
            yield from self._row(node, at, row, statement, columns)

    def _row(
        self,
        statement: NamedNode,
        at: tuple[int, int],
        row: StatementRow,
        of: Statement,
        columns: dict[str, Column],
    ) -> Iterator[Triple]:
        node = self._rows[at]
        yield statement, JX.hasRow, node
        yield from describe(
            node,
            (RDF.type, JX.StatementRow),
            (JX.ordinal, _integer(at[1] + 1)),
            (SKOS.prefLabel, _zh(row.name)),
            (SKOS.notation, Literal(row.code) if row.code else None),
            (JX.section, _zh(row.section) if row.section else None),
            (JX.isTotal, _boolean(row.total)),
        )
        self.stated.append(StatedValue(node, SKOS.prefLabel, row.name, row.where))
        yield from self._unlisted(row, of)
        for label, cell in row.values.items():
            column = columns[label]
            if cell.yuan is None:
                kind = JX.quantity if cell.number is not None else JX.detail
                yield node, kind, Literal(f"{label}: {cell.text}", language="zh-Hans")
                continue
            observation = NamedNode(f"{node.value}/{digest(label)}")
            self._cells[Cell(*at, label)] = observation
            yield from describe(
                observation,
                (RDF.type, QB.Observation),
                (QB.dataSet, statement),
                (JX.inRow, node),
                (JX.columnLabel, _zh(label)),
                (JX.isTotal, _boolean(row.total)),
                (JX.stated, Literal(cell.text)),
                (JX.statedUnit, Literal(of.unit)),
                (OBEU_MEASURE.amount, _decimal(cell.yuan)),
                (OBEU_DIMENSION.organization, self._department),
                (OBEU_DIMENSION.fiscalYear, self._year()),
                (OBEU_ATTRIBUTE.currency, _CURRENCY),
                *self._dimensions(row, of, column),
            )

    def _year(self) -> NamedNode | None:
        year = self.record.document.fiscal_year
        return NamedNode(f"http://reference.data.gov.uk/id/gregorian-year/{year}") if year else None

    def _dimensions(self, row: StatementRow, of: Statement, column: Column) -> Iterator[Pair]:
        for dimension, notation in column.dimensions.items():
            yield DIM[dimension], CODE[f"{_kebab(dimension)}/{notation}"]
        if _is_class(row.code):
            yield DIM[f"{of.classification}Class"], CODE[f"{of.classification}/{row.code}"]

    def _unlisted(self, row: StatementRow, of: Statement) -> Iterator[Triple]:
        """Describe a class that no code list has, as the row names it.

        Brackets are written wide, as the official lists have them: papers write either.
        """
        concept = _code(of.classification, row.code)
        if concept is None or not _is_class(row.code) or concept.value in _listed():
            return
        yield from describe(
            concept,
            (RDF.type, SKOS.Concept),
            (SKOS.inScheme, CODE[of.classification]),
            (SKOS.notation, Literal(row.code or "")),
            (SKOS.prefLabel, _zh(row.name.translate(_WIDE_BRACKETS))),
        )


def _goal_node(holder: NamedNode, number: int) -> NamedNode:
    return NamedNode(f"{holder.value}/goal/{number}")


def _indicator_nodes(holder: NamedNode, indicators: Iterable[Indicator]) -> list[NamedNode]:
    return [NamedNode(f"{holder.value}/ind/{key}") for key in _keys(indicators)]


def _keys(indicators: Iterable[Indicator]) -> list[str]:
    """Return what tells a holder's indicators apart: their names, and a count where they agree."""
    taken = set[str]()
    return [unique(digest(i.level1, i.level2, i.level3), taken) for i in indicators]


def project_iris(record: Record, base: str = HOME) -> dict[str, str]:
    """Return the IRIs of the projects, by their ids."""
    key = budget_key(record.document)
    return {p.id: f"{base}id/project/{key}/{plain(p.id)}" for p in record.projects}


def indicator_iris(record: Record, base: str = HOME) -> dict[str, list[str]]:
    """Return the IRIs of each project's indicators, by the project's id."""
    key = budget_key(record.document)
    return {
        project.id: [
            f"{base}id/project/{key}/{plain(project.id)}/ind/{name}"
            for name in _keys(project.indicators)
        ]
        for project in record.projects
    }


def _text(stated: str | None) -> Literal | None:
    return Literal(stated) if stated else None


def _worded(indicator: Indicator) -> Iterator[tuple[NamedNode, Literal | None]]:
    """Yield what a table has further columns for, as stated."""
    for term, text in (
        (JX.nature, indicator.nature),
        (JX.direction, indicator.direction),
        (JX.actual, indicator.actual),
        (JX.deviation, indicator.deviation),
        (JX.scoringRule, indicator.scoring),
        (JX.remark, indicator.remark),
    ):
        yield term, _zh(text) if text else None


def _is_year_budget(amount: Amount) -> bool:
    whole = not amount.part and amount.fund is None and amount.source != "cost-indicator"
    return whole and amount.scope in (None, "annual") and amount.stage in (None, "budget")


def _target(node: NamedNode, stated: str, target: Target | None) -> Iterator[Triple]:
    classes = {
        "number": JX.NumericTarget,
        "range": JX.RangeTarget,
        "date": JX.DateTarget,
        "recurring": JX.RecurringTarget,
        "grade": JX.QualitativeTarget,
        "text": JX.UngradedTarget,
    }
    yield node, RDF.type, classes[target.kind] if target else JX.UnparsedTarget
    yield node, JX.stated, Literal(stated)
    if target is None:
        return
    comparator, date = target.comparator, target.date
    recurring = target.kind == "recurring"
    yield from describe(
        node,
        (JX.comparator, _code("comparator", comparator)),
        (JX.lowerBound, None if target.lower is None else _decimal(target.lower)),
        (JX.lowerInclusive, None if target.lower is None else _boolean(comparator != "gt")),
        (JX.upperBound, None if target.upper is None else _decimal(target.upper)),
        (JX.upperInclusive, None if target.upper is None else _boolean(comparator != "lt")),
        (JX.unit, _code("unit", target.unit)),
        (JX.perUnit, Literal(target.per) if target.per and not recurring else None),
        (JX.recurringPer, Literal(target.per) if target.per and recurring else None),
        (JX.approximate, _boolean(True) if target.approximate else None),
        (JX.recurringDay if recurring else JX.date, _date(date) if date else None),
    )


def _date(date: str) -> Literal:
    """Return a date as precise as it is stated."""
    return Literal(date, datatype=_DATES[re.sub(r"\d", "d", date)])


def _printed(
    node: NamedNode, target: NamedNode, basis: NamedNode, indicator: Indicator
) -> Iterator[StatedValue]:
    """Yield where each field of an indicator is printed: its cell, or else its row."""
    where = indicator.where
    for field, subject, predicate, text in (
        ("level1", node, JX.statedLevel1, indicator.level1),
        ("level2", node, JX.statedLevel2, indicator.level2),
        ("level3", node, SKOS.prefLabel, indicator.level3),
        ("description", node, DCT.description, indicator.description),
        ("value", target, JX.stated, indicator.value),
        ("basis", basis, JX.stated, indicator.basis or ""),
    ):
        cell = where.cells.get(field)
        if not text:
            if cell is None or field not in _BLANKS:
                continue
            subject, predicate = node, _BLANKS[field]
        own = {"bbox": cell} if isinstance(cell, tuple) else {"path": cell or where.path}
        yield StatedValue(subject, predicate, text, msgspec.structs.replace(where, **own))


_BLANKS = {"value": JX.hasTarget, "basis": JX.basisState}  # what a blank cell says nothing of


def _basis_state(indicator: Indicator) -> str | None:
    if indicator.basis is None:
        return None
    if indicator.basis_inherited:
        return "inherited"
    if indicator.basis:
        return "stated"
    return "unknown" if indicator.basis_inherited is None else "blank"


def _code(scheme: str, notation: str | None) -> NamedNode | None:
    return CODE[f"{scheme}/{plain(notation)}"] if notation else None


def _is_class(code: str | None) -> bool:
    return code is not None and code.isascii() and code.isdigit()


@cache
def _listed() -> frozenset[str]:
    return frozenset(q.subject.value for q in codes() if isinstance(q.subject, NamedNode))


def _kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name)


def _zh(text: str) -> Literal:
    return Literal(text, language="zh-Hans")


def _integer(number: int | None) -> Literal | None:
    return None if number is None else Literal(str(number), datatype=XSD.integer)


def _boolean(truth: bool) -> Literal:
    return Literal("true" if truth else "false", datatype=XSD.boolean)


def _decimal(number: object) -> Literal:
    return Literal(f"{Decimal(str(number)):f}", datatype=XSD.decimal)  # it has no exponent


def context() -> dict[str, object]:
    """Return the JSON-LD context."""
    text = (folder("ontology") / "context.jsonld").read_bytes()
    return cast("dict[str, object]", msgspec.json.decode(text))
