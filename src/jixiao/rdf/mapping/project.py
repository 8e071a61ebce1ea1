"""Maps budget projects (预算项目) with their goals, amounts, grounds and periods."""

from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Amount, Goal, Project, field_place
from jixiao.rdf.dates import date_or_none
from jixiao.rdf.derived import facts
from jixiao.rdf.iris import amounts_of, goal_iri, indicators_of, project_iri, unique
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.mapping.indicator import map_indicators
from jixiao.rdf.mapping.other import map_others
from jixiao.rdf.mapping.recipients import map_transfers
from jixiao.rdf.namespaces import CODE, DCT, FOAF, JX, RDF, SKOS
from jixiao.rdf.terms import (
    Triple,
    boolean,
    code_or_none,
    decimal,
    describe,
    integer,
    integer_or_none,
    text_or_none,
    true_or_none,
    zh,
    zh_or_none,
)


def map_project(context: MappingContext, project: Project) -> Iterator[Triple]:
    """Yield a project with all its parts."""
    node = project_iri(context.record.document, project.id, context.base)
    yield from describe(
        node,
        (RDF.type, JX.BudgetProject),
        (RDF.type, FOAF.Project),
        (RDF.type, JX.TransferFund if project.subject == "transfer" else None),
        (JX.subjectKind, CODE[f"subject/{project.subject}"]),
        (JX.partOfBudget, context.budget),
        (SKOS.prefLabel, zh(project.name)),
        (JX.ordinal, integer_or_none(project.order)),
        (JX.carriedOver, boolean(project.carried_over)),
        (JX.indicatorScheme, CODE[f"indicator/{project.scheme}"] if project.scheme else None),
        (JX.unitName, zh_or_none(project.department)),
        (JX.layout, Literal(project.layout.name) if project.layout else None),
        (JX.totalScore, text_or_none(project.total_score)),
    )
    context.state(node, SKOS.prefLabel, project.name, project.where)
    yield from _grounds_and_particulars(context, node, project)
    yield from _period_and_execution(context, node, project)
    for number, goal in enumerate(project.goals, 1):
        yield from map_goal(context, node, number, goal)
    yield from map_indicators(context, node, project.indicators, project.scheme)
    yield from _amounts(context, node, project.amounts)
    yield from map_transfers(context, node, project.indicators)
    yield from map_others(context, node, project.other)
    goals = [goal_iri(node, number) for number, _ in enumerate(project.goals, 1)]
    context.goals += [(node, g, goal.text) for g, goal in zip(goals, project.goals, strict=True)]
    indicators = indicators_of(node, project.indicators)
    yield from facts.of_project(node, project, goals, indicators)


def map_goal(
    context: MappingContext, parent: NamedNode, number: int, goal: Goal
) -> Iterator[Triple]:
    """Yield a goal (绩效目标) of a project or a budget, with its own indicators and amounts."""
    node, own = goal_iri(parent, number), parent == context.budget
    yield parent, JX.hasGoal, node
    yield from describe(
        node,
        (RDF.type, JX.PerformanceGoal),
        (JX.ordinal, integer(number)),
        (SKOS.prefLabel, zh_or_none(goal.name)),
        (JX.text, zh(goal.text)),
        (JX.scope, code_or_none("time-scope", goal.scope)),
        (JX.achieved, zh_or_none(goal.achieved)),
        # A goal of a project is about what the project is about.
        (JX.subjectKind, CODE[f"subject/{goal.subject or 'department'}"] if own else None),
    )
    context.state(node, JX.text, goal.text, goal.where)
    yield from facts.of_goal(node, goal)
    yield from map_indicators(context, node, goal.indicators, goal.scheme)
    yield from _amounts(context, node, goal.amounts)
    yield from map_others(context, node, goal.other)


def _grounds_and_particulars(
    context: MappingContext, node: NamedNode, project: Project
) -> Iterator[Triple]:
    for number, ground in enumerate(project.basis, 1):
        about = NamedNode(f"{node.value}/ground/{number}")
        yield node, JX.hasGround, about
        yield from describe(
            about,
            (RDF.type, JX.Ground),
            (JX.text, zh(ground.text)),
            (DCT.title, zh_or_none(ground.title)),
            (JX.documentNumber, text_or_none(ground.number)),
        )
        context.state(about, JX.text, ground.text, ground.where)
    taken = set[str]()
    for particular in project.particulars:
        about = NamedNode(f"{node.value}/particular/{unique(particular.kind, taken)}")
        yield node, JX.hasParticular, about
        yield about, RDF.type, JX.Particular
        yield about, JX.particularKind, CODE[f"particular/{particular.kind}"]
        yield about, JX.text, zh(particular.text)
        context.state(about, JX.text, particular.text, particular.where)


def _period_and_execution(
    context: MappingContext, node: NamedNode, project: Project
) -> Iterator[Triple]:
    if period := project.period:
        yield from describe(
            node,
            (JX.periodStated, zh(period.text)),
            (JX.periodStart, date_or_none(period.start)),
            (JX.periodEnd, date_or_none(period.end)),
        )
        context.state(node, JX.periodStated, period.text, period.where)
    if execution := project.execution:
        yield from describe(
            node,
            (JX.executionRate, text_or_none(execution.rate)),
            (JX.executionWeight, text_or_none(execution.weight)),
            (JX.executionScore, text_or_none(execution.score)),
        )
        for name, field, text in (
            ("rate", JX.executionRate, execution.rate),
            ("weight", JX.executionWeight, execution.weight),
            ("score", JX.executionScore, execution.score),
        ):
            if text:
                context.state(node, field, text, field_place(execution.where, name))


def _amounts(
    context: MappingContext, parent: NamedNode, amounts: Sequence[Amount]
) -> Iterator[Triple]:
    marked = False  # whether the year's budget is marked: rules compare one amount a project
    for amount, node in zip(amounts, amounts_of(parent, amounts), strict=True):
        why = amount.alignment
        yield parent, JX.hasAmount, node
        yield from describe(
            node,
            (RDF.type, JX.ProjectAmount),
            (JX.amount, decimal(amount.yuan)),
            (JX.stated, Literal(amount.text)),
            (JX.amountSource, CODE[f"amount-source/{amount.source}"]),
            (JX.statedName, zh_or_none(amount.name)),
            (JX.decidedBy, CODE[f"alignment/{why.decided_by}"] if why else None),
            (JX.confidence, decimal(why.confidence) if why else None),
            (JX.scope, code_or_none("time-scope", amount.scope)),
            (JX.stage, code_or_none("budget-stage", amount.stage)),
            (JX.fundSource, code_or_none("fund-source", amount.fund)),
            (JX.isPart, true_or_none(amount.part)),
        )
        yield from facts.of_amount(node, amount)
        context.state(node, JX.stated, amount.text, amount.where)
        context.amounts.append((node, amount))
        if not marked and _is_year_budget(amount):
            marked = True
            yield node, JX.isYearBudget, boolean(True)


def _is_year_budget(amount: Amount) -> bool:
    whole = not amount.part and amount.fund is None and amount.source != "cost-indicator"
    whole = whole and amount.year is None
    return whole and amount.scope in (None, "annual") and amount.stage in (None, "budget")
