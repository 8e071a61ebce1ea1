"""Maps who receives a part of a transfer (转移支付), and an indicator's target for each."""

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode

from jixiao.model.record import Indicator, Recipient, Record
from jixiao.rdf.divisions import below
from jixiao.rdf.iris import division_iri, recipient_iri, recipients_of
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.mapping.region import map_division
from jixiao.rdf.mapping.target import map_target
from jixiao.rdf.namespaces import DCT, JX, RDF, SKOS
from jixiao.rdf.terms import Triple, describe, zh


def map_recipients(context: MappingContext) -> Iterator[Triple]:
    """Yield all recipients that the document names, and the division that one is."""
    document = context.record.document
    for name in dict.fromkeys(r.name for i in _indicators(context.record) for r in i.recipients):
        division = below(document.region, name) if document.region else None
        yield from describe(
            recipient_iri(document, name, context.base),
            (RDF.type, JX.Recipient),
            (SKOS.prefLabel, zh(name)),
            (DCT.spatial, division_iri(division) if division else None),
        )
        if division:
            yield from map_division(division)


def map_transfers(
    context: MappingContext, fund: NamedNode, indicators: Sequence[Indicator]
) -> Iterator[Triple]:
    """Yield to whom a fund goes, by the targets of its indicators."""
    for name in dict.fromkeys(r.name for i in indicators for r in i.recipients):
        yield fund, JX.transfersTo, recipient_iri(context.record.document, name, context.base)


def map_recipient_targets(
    context: MappingContext, indicator: NamedNode, recipients: Sequence[Recipient]
) -> Iterator[Triple]:
    """Yield an indicator's target for each recipient.

    Args:
        context: the mapping it is part of.
        indicator: the indicator.
        recipients: its recipients in the order of the columns; one without a value has no target.

    """
    nodes = recipients_of(indicator, recipients)
    for recipient, node in zip(recipients, nodes, strict=True):
        if not recipient.value:
            continue
        yield indicator, JX.hasRecipientTarget, node
        yield node, RDF.type, JX.RecipientTarget
        who = recipient_iri(context.record.document, recipient.name, context.base)
        yield node, JX.forRecipient, who
        yield from map_target(node, recipient.value, recipient.target)
        context.state(node, JX.stated, recipient.value, recipient.where)


def _indicators(record: Record) -> Iterator[Indicator]:
    goals = [*([record.overall_goal] if record.overall_goal else []), *record.goals]
    for project in record.projects:
        goals += project.goals
        yield from project.indicators
    for goal in goals:
        yield from goal.indicators
