"""What follows from the record, for the rules: wording features, likeness, sums that must agree.

The facts are written into the graph so that the rules themselves can be SHACL and SPARQL; each
term is defined in `ontology/jixiao.ttl`.
"""

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Amount, Goal, Indicator, Project, Record
from jixiao.rdf.derived import text_features
from jixiao.rdf.derived.accounting_identities import Cell, Identity, Place, find_identities
from jixiao.rdf.derived.consecutive_sums import find_consecutive_sums
from jixiao.rdf.iris import digest
from jixiao.rdf.labels import in_both_languages
from jixiao.rdf.namespaces import CODE, DCT, JX, RDF, SKOS
from jixiao.rdf.terms import Triple, boolean, decimal, integer, zh

GoalOfProject = tuple[NamedNode, NamedNode, str]  # the project, its goal, the goal's text


def _share(number: float) -> Literal:
    # Three digits: thresholds have two, and the noise of floats stays out of the graph.
    return decimal(round(number, 3))


def _signs(node: NamedNode, term: NamedNode, field: str, text: str) -> Iterator[Triple]:
    for sign in text_features.signs(field, text):
        yield node, term, CODE[f"sign/{sign}"]


def of_indicator(node: NamedNode, target: NamedNode, indicator: Indicator) -> Iterator[Triple]:
    """Yield the signs in an indicator's wording, and its texts as they are compared."""
    yield from _signs(node, JX.nameSign, "name", indicator.level3)
    yield from _signs(node, JX.descriptionSign, "description", indicator.description)
    if indicator.level3:
        yield node, JX.normalisedName, Literal(text_features.normalised(indicator.level3))
    if indicator.description:
        yield (
            node,
            JX.normalisedDescription,
            Literal(text_features.normalised(indicator.description)),
        )
    if indicator.basis:
        yield from _signs(node, JX.basisSign, "basis", indicator.basis)
    if indicator.value:
        yield from _signs(target, JX.valueSign, "value", indicator.value)


def of_goal(node: NamedNode, goal: Goal) -> Iterator[Triple]:
    """Yield the signs in a goal."""
    yield from _signs(node, JX.textSign, "goal", goal.text)
    yield node, JX.normalisedText, Literal(text_features.normalised(goal.text))


def of_amount(node: NamedNode, amount: Amount) -> Iterator[Triple]:
    """Yield the name of an amount as it is compared."""
    if amount.name:
        yield node, JX.normalisedName, Literal(text_features.normalised_name(amount.name))


def of_project(
    node: NamedNode, project: Project, goals: Sequence[NamedNode], indicators: Sequence[NamedNode]
) -> Iterator[Triple]:
    """Yield how much a project's name, goals and indicators have in common.

    Args:
        node: the project.
        project: its record.
        goals: its goals, in the order of the record.
        indicators: its indicators, in the order of the record.

    """
    yield node, JX.normalisedName, Literal(text_features.normalised_name(project.name))
    yield from _signs(node, JX.nameSign, "project", project.name)
    texts = [goal.text for goal in project.goals]
    yield from _coverage_of_goals(goals, project)
    about = text_features.words("，".join((project.name, *texts)))
    for indicator, of in zip(indicators, project.indicators, strict=True):
        shared = about & text_features.words(f"{of.level3}，{of.description}")
        yield indicator, JX.sharedWords, integer(len(shared))
        if nearest := text_features.nearest(of.level3, texts):
            number, likeness = nearest
            yield indicator, JX.nearestGoal, goals[number]
            yield indicator, JX.goalLikeness, _share(likeness)


def _coverage_of_goals(goals: Sequence[NamedNode], project: Project) -> Iterator[Triple]:
    """Yield the share of each goal's words that the indicators use.

    Indicators of satisfaction are left out: they name the respondents, whatever the goal.
    """
    texts = [
        f"{indicator.level3}，{indicator.description}"
        for indicator in project.indicators
        if not (indicator.category or "").startswith("satisfaction")
    ]
    for node, goal in zip(goals, project.goals, strict=True):
        share = text_features.coverage(goal.text, texts)
        if share is not None and texts:
            yield node, JX.coverage, _share(share)


def of_goals(budget: NamedNode, goals: Sequence[GoalOfProject]) -> Iterator[Triple]:
    """Yield the pairs of goals of different projects that are alike, and how much."""
    # The order of IRIs, so that a document whose projects change places gives the same pairs.
    in_order = sorted(goals, key=lambda goal: goal[1].value)
    for one, other, share in text_features.alike([text for _, _, text in in_order]):
        (project, first, _), (another, second, _) = in_order[one], in_order[other]
        if project == another:
            continue
        node = NamedNode(f"{first.value}/like/{digest(second.value)}")
        yield node, RDF.type, JX.Likeness
        yield node, JX.partOfBudget, budget
        yield node, JX.between, first
        yield node, JX.between, second
        yield node, JX.likeness, _share(share)


def of_list(amounts: Sequence[tuple[NamedNode, Amount]]) -> Iterator[Triple]:
    """Yield the place of each amount in the text's list."""
    listed = sorted(
        ((a.order, node) for node, a in amounts if a.order is not None), key=lambda entry: entry[0]
    )
    for order, node in listed:
        yield node, JX.ordinal, integer(order)


def of_identities(
    record: Record,
    budget: NamedNode,
    cells: Mapping[Cell, NamedNode],
    rows: Mapping[tuple[int, int], NamedNode],
    figures: Sequence[NamedNode],
) -> Iterator[Triple]:
    """Yield the figures that must agree; rules check whether they do.

    Args:
        record: the record.
        budget: its budget.
        cells: the observations of the cells that state an amount.
        rows: the rows of the tables, by the numbers of both.
        figures: the figures of the text, in the order of the record.

    """

    def node_of(place: Place) -> NamedNode:
        return cells[place] if isinstance(place, Cell) else figures[place.number]

    for identity in find_identities(record):
        wholes = [node_of(place) for place in identity.wholes]
        blanks = [(rows[cell.statement, cell.row], cell.column) for cell in identity.blank_wholes]
        of = "|".join((*(w.value for w in wholes), *(f"{row.value}|{c}" for row, c in blanks)))
        # The wholes make the key: an identity keeps its IRI if one of its parts is corrected.
        key = digest(identity.name, identity.relation, of)
        node = NamedNode(f"{budget.value}/identity/{key}")
        yield from _identity(node, budget, identity)
        yield from ((node, JX.whole, whole) for whole in wholes)
        yield from ((node, JX.part, node_of(place)) for place in identity.parts)
        for row, column in [] if wholes else blanks:
            yield node, JX.blankWhole, row
            yield node, JX.columnLabel, zh(column)


def of_consecutive_sums(
    record: Record, budget: NamedNode, cells: Mapping[Cell, NamedNode]
) -> Iterator[Triple]:
    """Yield runs of amounts in the text's list that add up to an item of the tables."""
    for amounts in find_consecutive_sums(record):
        place = f"{amounts.item.statement}-{amounts.item.row}"
        node = NamedNode(f"{budget.value}/stretch/{place}-{amounts.first}-{amounts.last}")
        yield node, RDF.type, JX.Stretch
        yield node, JX.partOfBudget, budget
        yield node, JX.addsUpTo, cells[amounts.item]
        yield node, JX.first, integer(amounts.first)
        yield node, JX.last, integer(amounts.last)
        if amounts.difference:
            yield node, JX.mended, boolean(True)
            yield node, JX.difference, decimal(amounts.difference)
        if amounts.without is not None:
            yield node, JX.without, cells[amounts.without]


def _identity(node: NamedNode, budget: NamedNode, identity: Identity) -> Iterator[Triple]:
    yield node, RDF.type, JX.Identity
    yield node, JX.partOfBudget, budget
    yield node, DCT.identifier, Literal(identity.name)
    yield node, JX.heldToRule, Literal(identity.rule)
    yield node, JX.relation, CODE[f"relation/{identity.relation}"]
    yield from in_both_languages(node, SKOS.prefLabel, identity.label)
    if identity.blank_parts:
        yield node, JX.blankParts, integer(identity.blank_parts)
    if identity.within_precision:
        yield node, JX.withinPrecision, boolean(True)
