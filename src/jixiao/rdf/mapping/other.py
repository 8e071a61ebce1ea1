"""Maps content under labels and columns that no field has: it keeps its own words."""

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode

from jixiao.model.record import Other
from jixiao.rdf.iris import digest, unique
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.namespaces import JX, RDF, SKOS
from jixiao.rdf.terms import Triple, describe, zh


def map_others(
    context: MappingContext, parent: NamedNode, others: Sequence[Other]
) -> Iterator[Triple]:
    """Yield the other content of an indicator, a project or a goal.

    Args:
        context: the mapping it is part of.
        parent: the indicator, project or goal.
        others: its labels with their content, in the order of the document.

    """
    taken = set[str]()
    for other in others:
        node = NamedNode(f"{parent.value}/other/{unique(digest(other.label), taken)}")
        yield parent, JX.hasOther, node
        yield from describe(
            node,
            (RDF.type, JX.OtherContent),
            (SKOS.prefLabel, zh(other.label)),
            (JX.text, zh(other.text)),
        )
        context.state(node, JX.text, other.text, other.where)
