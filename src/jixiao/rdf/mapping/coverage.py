"""Maps how far a document was read: what each table and page counts, and what was not read."""

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from jixiao.rdf.iris import plain
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.namespaces import CODE, JX, RDF
from jixiao.rdf.terms import Triple, describe, integer, integer_or_none


def map_coverage(context: MappingContext, projects: Mapping[str, NamedNode]) -> Iterator[Triple]:
    """Yield the coverage of each table and page, and each passage that was not read.

    Args:
        context: the mapping they are part of.
        projects: the projects, by their ids.

    """
    record, document = context.record, context.document
    for number, coverage in enumerate(record.coverage, 1):
        node = NamedNode(f"{document.value}/coverage/{number}")
        yield document, JX.hasCoverage, node
        yield from describe(
            node,
            (RDF.type, JX.ReadingCoverage),
            (JX.coverageKind, CODE[f"coverage-kind/{coverage.kind}"]),
            (JX.page, integer_or_none(coverage.where.page)),
            (JX.table, integer_or_none(coverage.where.table)),
            (JX.valueCount, integer(coverage.value)),
            (JX.labelCount, integer(coverage.label)),
            (JX.headingCount, integer(coverage.heading)),
            (JX.furnitureCount, integer(coverage.furniture)),
            (JX.unreadCount, integer(coverage.unread)),
        )
        # Nothing is quoted: the place is all that is printed there.
        context.state(node, JX.hasCoverage, "", coverage.where)
    for number, (unread, within) in enumerate(
        zip(record.unread, context.reading.projects_of, strict=True), 1
    ):
        node = NamedNode(f"{document.value}/unread/{number}")
        yield document, JX.hasUnread, node
        yield from describe(
            node,
            (RDF.type, JX.UnreadPassage),
            (JX.stated, Literal(unread.text)),
            (JX.unreadReason, CODE[f"unread-reason/{plain(unread.reason)}"]),
        )
        for project in within:
            yield node, JX.unreadIn, projects[project]
        if not within:
            yield node, JX.unreadIn, context.budget
        context.state(node, JX.stated, unread.text, unread.where)
