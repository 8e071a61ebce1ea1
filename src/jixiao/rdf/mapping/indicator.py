"""Maps third-level indicators (三级指标) with their targets (指标值) and where each is printed."""

from collections.abc import Iterator, Sequence

import msgspec
from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Indicator
from jixiao.rdf.derived import facts
from jixiao.rdf.iris import indicators_of
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.mapping.other import map_others
from jixiao.rdf.mapping.recipients import map_recipient_targets
from jixiao.rdf.mapping.target import map_target
from jixiao.rdf.namespaces import CODE, DCT, JX, RDF, SKOS
from jixiao.rdf.terms import (
    Triple,
    code_or_none,
    decimal,
    describe,
    integer,
    text_or_none,
    zh,
    zh_or_none,
)

# An indicator without a value or basis has no node for it, but a reviewer wants to see the blank
# cell: its place is noted for the property that would be there.
_BLANK_CELLS = {"value": JX.hasTarget, "basis": JX.basisState}


def map_indicators(
    context: MappingContext,
    parent: NamedNode,
    indicators: Sequence[Indicator],
    scheme: str | None,
) -> Iterator[Triple]:
    """Yield the indicators of a project or goal.

    Args:
        context: the mapping they are part of.
        parent: the project or goal.
        indicators: its indicators in the order of the table.
        scheme: the code list of their categories, "2015" or "2021", if it could be determined.

    """
    nodes = indicators_of(parent, indicators)
    for number, (indicator, node) in enumerate(zip(indicators, nodes, strict=True), 1):
        yield parent, JX.hasIndicator, node
        yield node, JX.indicatorOf, parent
        yield node, JX.ordinal, integer(number)
        yield from _indicator(context, node, indicator, scheme)


def _indicator(
    context: MappingContext, node: NamedNode, indicator: Indicator, scheme: str | None
) -> Iterator[Triple]:
    target, basis = NamedNode(f"{node.value}/target"), NamedNode(f"{node.value}/basis")
    category = f"indicator/{scheme}/{indicator.category}"
    yield from describe(
        node,
        (RDF.type, JX.PerformanceIndicator),
        (SKOS.prefLabel, zh(indicator.level3)),
        (DCT.description, zh_or_none(indicator.description)),
        (JX.statedLevel1, zh_or_none(indicator.level1)),
        (JX.statedLevel2, zh_or_none(indicator.level2)),
        (JX.category, CODE[category] if scheme and indicator.category else None),
        (JX.costScope, code_or_none("cost-scope", indicator.cost_scope)),
        (JX.basisState, code_or_none("basis-state", _basis_state(indicator) if scheme else None)),
        (JX.hasBasis, basis if indicator.basis else None),
        (JX.hasTarget, target if indicator.value else None),
        (JX.scope, code_or_none("time-scope", indicator.scope)),
        (JX.confidence, decimal(indicator.confidence) if indicator.confidence < 1 else None),
        # Scores and weights stay text: documents print "10分", "10%" and "—".
        (JX.weight, text_or_none(indicator.weight)),
        (JX.levelWeight, text_or_none(indicator.level1_weight)),
        (JX.score, text_or_none(indicator.score)),
        (JX.nature, zh_or_none(indicator.nature)),
        (JX.direction, zh_or_none(indicator.direction)),
        (JX.actual, zh_or_none(indicator.actual)),
        (JX.deviation, zh_or_none(indicator.deviation)),
        (JX.scoringRule, zh_or_none(indicator.scoring)),
        (JX.remark, zh_or_none(indicator.remark)),
    )
    if indicator.basis:
        yield basis, RDF.type, JX.Basis
        yield basis, JX.stated, Literal(indicator.basis)
    if indicator.value:
        yield from map_target(target, indicator.value, indicator.target)
    yield from map_recipient_targets(context, node, indicator.recipients)
    yield from map_others(context, node, indicator.other)
    yield from facts.of_indicator(node, target, indicator)
    _note_places(context, indicator, node, target, basis)


def _basis_state(indicator: Indicator) -> str | None:
    if indicator.basis is None:
        return None
    if indicator.basis_inherited:
        return "inherited"
    if indicator.basis:
        return "stated"
    return "unknown" if indicator.basis_inherited is None else "blank"


def _note_places(
    context: MappingContext,
    indicator: Indicator,
    node: NamedNode,
    target: NamedNode,
    basis: NamedNode,
) -> None:
    """Note where each field of an indicator is printed: its cell, or else its row."""
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
        place = (
            msgspec.structs.replace(where, bbox=cell)
            if isinstance(cell, tuple)
            else msgspec.structs.replace(where, path=cell or where.path)
        )
        if text:
            context.state(subject, predicate, text, place)
        elif cell is not None and field in _BLANK_CELLS:
            context.state(node, _BLANK_CELLS[field], "", place)
