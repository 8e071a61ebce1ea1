"""Facts that follow from what is stated, and that rules ask for: signs, likeness, who sums up whom.

They are written into the graph so that the rules themselves can be SHACL and SPARQL; each term is
defined in `ontology/jixiao.ttl`.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Amount, Goal, Indicator, Project, Record
from jixiao.rdf.derived import text_features
from jixiao.rdf.derived.accounting_identities import Cell, Identity, Place, find
from jixiao.rdf.derived.consecutive_sums import find as find_consecutive_sums
from jixiao.rdf.iris import digest
from jixiao.rdf.namespaces import CODE, DCT, JX, RDF, SKOS, XSD

Term = NamedNode | Literal
Triple = tuple[NamedNode, NamedNode, Term]
OfProject = tuple[NamedNode, NamedNode, str]


def _decimal(number: object) -> Literal:
    return Literal(f"{Decimal(str(number)):f}", datatype=XSD.decimal)


def _share(number: float) -> Literal:
    return _decimal(round(number, 3))


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
    """Yield how a project's name, goals and indicators speak of the same."""
    yield node, JX.normalisedName, Literal(text_features.normalised_name(project.name))
    yield from _signs(node, JX.nameSign, "project", project.name)
    texts = [goal.text for goal in project.goals]
    yield from _supported(goals, project)
    about = text_features.words("，".join((project.name, *texts)))
    for indicator, of in zip(indicators, project.indicators, strict=True):
        shared = about & text_features.words(f"{of.level3}，{of.description}")
        yield indicator, JX.sharedWords, Literal(str(len(shared)), datatype=XSD.integer)
        if found := text_features.nearest(of.level3, texts):
            yield indicator, JX.nearestGoal, goals[found[0]]
            yield indicator, JX.goalLikeness, _share(found[1])


def _supported(goals: Sequence[NamedNode], project: Project) -> Iterator[Triple]:
    """Yield which share of a goal's words its indicators speak of, those of satisfaction apart."""
    texts = [
        f"{indicator.level3}，{indicator.description}"
        for indicator in project.indicators
        if not (indicator.category or "").startswith("satisfaction")
    ]
    for node, goal in zip(goals, project.goals, strict=True):
        share = text_features.coverage(goal.text, texts)
        if share is not None and texts:
            yield node, JX.coverage, _share(share)


def of_goals(budget: NamedNode, goals: Sequence[OfProject]) -> Iterator[Triple]:
    """Yield which goals of different projects are alike, and how much."""
    known = sorted(goals, key=lambda goal: goal[1].value)  # whatever order they are printed in
    for one, other, share in text_features.alike([text for _, _, text in known]):
        (project, first, _), (another, second, _) = known[one], known[other]
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
        yield node, JX.ordinal, Literal(str(order), datatype=XSD.integer)


def of_identities(
    record: Record,
    budget: NamedNode,
    cells: Mapping[Cell, NamedNode],
    rows: Mapping[tuple[int, int], NamedNode],
    figures: Sequence[NamedNode],
) -> Iterator[Triple]:
    """Yield which figures must agree; whether they do is the rules' to say."""

    def node_of(place: Place) -> NamedNode:
        return cells[place] if isinstance(place, Cell) else figures[place.number]

    for identity in find(record):
        wholes = [node_of(place) for place in identity.wholes]
        blanks = [(rows[cell.statement, cell.row], cell.column) for cell in identity.blank_wholes]
        of = "|".join((*(n.value for n in wholes), *(f"{row.value}|{c}" for row, c in blanks)))
        key = digest(identity.name, identity.relation, of)
        node = NamedNode(f"{budget.value}/identity/{key}")
        yield from _identity(node, budget, identity)
        yield from ((node, JX.whole, whole) for whole in wholes)
        yield from ((node, JX.part, node_of(place)) for place in identity.parts)
        for row, column in [] if wholes else blanks:
            yield node, JX.blankWhole, row
            yield node, JX.columnLabel, Literal(column, language="zh-Hans")


def of_consecutive_sums(
    record: Record, budget: NamedNode, cells: Mapping[Cell, NamedNode]
) -> Iterator[Triple]:
    """Yield the neighbouring amounts of the text's list that add up to an item of the tables."""
    for stretch in find_consecutive_sums(record):
        place = f"{stretch.item.statement}-{stretch.item.row}"
        node = NamedNode(f"{budget.value}/stretch/{place}-{stretch.first}-{stretch.last}")
        yield node, RDF.type, JX.Stretch
        yield node, JX.partOfBudget, budget
        yield node, JX.addsUpTo, cells[stretch.item]
        yield node, JX.first, Literal(str(stretch.first), datatype=XSD.integer)
        yield node, JX.last, Literal(str(stretch.last), datatype=XSD.integer)
        if stretch.difference:
            yield node, JX.mended, Literal("true", datatype=XSD.boolean)
            yield node, JX.difference, _decimal(stretch.difference)
        if stretch.without is not None:
            yield node, JX.without, cells[stretch.without]


def _identity(node: NamedNode, budget: NamedNode, identity: Identity) -> Iterator[Triple]:
    yield node, RDF.type, JX.Identity
    yield node, JX.partOfBudget, budget
    yield node, DCT.identifier, Literal(identity.name)
    yield node, JX.heldToRule, Literal(identity.rule)
    yield node, JX.relation, CODE[f"relation/{identity.relation}"]
    yield node, SKOS.prefLabel, Literal(identity.label.zh, language="zh-Hans")
    yield node, SKOS.prefLabel, Literal(identity.label.en, language="en")
    if identity.blank_parts:
        yield node, JX.blankParts, Literal(str(identity.blank_parts), datatype=XSD.integer)
