"""Reads back from a graph how far a document was read."""

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad, Store

from jixiao.model.record import Coverage, Where
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import CODE, JX

_COUNTS = {
    JX.valueCount: "value",
    JX.labelCount: "label",
    JX.headingCount: "heading",
    JX.furnitureCount: "furniture",
    JX.unreadCount: "unread",
    JX.page: "page",
    JX.table: "table",
}


def stored_coverage(database: Store, document: NamedNode) -> list[Coverage]:
    """Return what became of each table and of the prose of each page of a stored document."""
    _, evidence, _ = graphs(document)
    nodes = (q.object for q in database.quads_for_pattern(document, JX.hasCoverage, None, evidence))
    return read_coverage(
        quad
        for node in nodes
        if isinstance(node, NamedNode)
        for quad in database.quads_for_pattern(node, None, None, evidence)
    )


def read_coverage(quads: Iterable[Quad]) -> list[Coverage]:
    """Return the coverage of each table and of the prose of each page, in the record's order.

    Args:
        quads: The evidence of one document, or only the quads of its coverage.

    """
    kinds, numbers = dict[str, str](), defaultdict[str, dict[str, int]](dict)
    for quad in quads:
        if not isinstance(quad.subject, NamedNode):
            continue
        if quad.predicate == JX.coverageKind and isinstance(quad.object, NamedNode):
            kinds[quad.subject.value] = quad.object.value
        elif quad.predicate in _COUNTS and isinstance(quad.object, Literal):
            numbers[quad.subject.value][_COUNTS[quad.predicate]] = int(quad.object.value)
    found = list[Coverage]()
    for node in sorted(kinds, key=lambda iri: int(iri.rpartition("/")[2])):
        counts = numbers[node]
        where = Where(page=counts.pop("page", None), table=counts.pop("table", None))
        of_table = kinds[node] == CODE["coverage-kind/table"].value
        found.append(Coverage(kind="table" if of_table else "prose", where=where, **counts))
    return found
