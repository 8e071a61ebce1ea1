"""What was read of a document and what was not: by table and page, with the unread cells framed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from jixiao.messages import texts
from jixiao.model.coverage import Counted, Part, parts
from jixiao.model.record import Coverage
from jixiao.rdf.coverage import stored_coverage
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import DCT, HOME, JX, OA, SKOS
from jixiao.rdf.terms import integer
from jixiao.server.pages import evidence
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.evidence import Place

MOST = 200  # unread passages that a page lists


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A table, or the prose, as a line of the page of a budget.

    Attributes:
        name: what is printed in it, or its number.
        count: its cells, or its characters.
        of_prose: which of them.
        links: the pages that show what is unread: of a table one, of prose one for each page.

    """

    name: str
    count: Counted
    of_prose: bool
    links: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Unread:
    """A passage that was not read: its IRI, its words, and why it was not read."""

    iri: str
    words: str
    reason: str


def coverage_of(context: PageContext, document: str) -> list[Coverage]:
    """Return what became of each table and of the prose of each page of a document."""
    return stored_coverage(context.store.database, NamedNode(document))


def of_document(
    context: PageContext, document: str, coverage: Sequence[Coverage], things: Sequence[str]
) -> tuple[list[ReadPart], int]:
    """Return the parts of a document that were not read whole, and the number of the others.

    Args:
        context: The page.
        document: The IRI of the document.
        coverage: What became of its tables and its prose.
        things: Projects and budget tables, which name the tables that they are printed in.

    """
    found = parts(coverage, ())
    left = [
        _read_part(context, document, part, coverage, things) for part in found if part.count.unread
    ]
    return left, len(found) - len(left)


def unread_in(context: PageContext, thing: str) -> list[Unread]:
    """Return what was not read in a project or elsewhere in a budget, in the printed order."""
    nodes = sorted(context.subjects(JX.unreadIn, thing), key=lambda iri: (len(iri), iri))
    return [
        Unread(iri, context.text(iri, JX.stated), context.label(context.node(iri, JX.unreadReason)))
        for iri in nodes[:MOST]
    ]


def identified_by(context: PageContext, budget: str, documents: Sequence[str]) -> list[Place]:
    """Return how the department, year, kind and region of a budget's documents were found."""
    things = budget, context.node(budget, JX.department)
    stated = [place for thing in things if thing for place in evidence.places(context, thing)]
    return [place for place in stated if place.found_by and place.document in documents]


def coverage(context: PageContext, iri: str) -> Page:
    """Return the page of a table, or of the prose of a page: what is unread of it, framed."""
    (document,) = context.subjects(JX.hasCoverage, iri)[:1] or [""]
    own = coverage_of(context, document)[int(iri.rpartition("/")[2]) - 1]
    (part,) = parts([own], ())
    nodes = _unread_nodes(context, document, own)
    places = [
        replace(place, field=context.label(context.node(node, JX.unreadReason)))
        for node in nodes[:MOST]
        for place in evidence.places(context, node)
    ]
    budgets = context.snapshot.index.budgets(document)
    things = [t for b in budgets for t in context.subjects(JX.partOfBudget, b.iri)]
    say = texts("workbench", context.job.lang)
    name = _name(context, document, part, things)
    return "coverage.html", {
        "iri": iri,
        "title": name if own.kind == "table" else f"{name} {_page(context, own)}".strip(),
        "of": say("characters" if own.kind == "prose" else "cells", count=part.count.of),
        "count": part.count,
        "more": len(nodes[MOST:]),
        "document": (context.link(document), context.text(document, JX.fileName)),
        "budgets": [(context.link(b.iri), f"{b.name} {b.year}") for b in budgets],
        "places": places,
        "sheets": evidence.sheets(context, places),
    }


def _read_part(
    context: PageContext,
    document: str,
    part: Part,
    coverage: Sequence[Coverage],
    things: Sequence[str],
) -> ReadPart:
    ordinals = [number for number in part.ordinals if coverage[number - 1].unread]
    links = [f"{document}/coverage/{number}" for number in ordinals]
    labels = [_page(context, coverage[number - 1]) for number in ordinals]
    return ReadPart(
        name=_name(context, document, part, things),
        count=part.count,
        of_prose=part.table is None,
        links=[(context.link(iri), label) for iri, label in zip(links, labels, strict=True)],
    )


def _page(context: PageContext, coverage: Coverage) -> str:
    page = coverage.where.page
    return texts("workbench", context.job.lang)("page", page=page) if page is not None else ""


def _name(context: PageContext, document: str, part: Part, things: Sequence[str]) -> str:
    """Return what a table is called: the projects and budget tables in it, or its number."""
    say = texts("coverage", context.job.lang)
    if part.table is None:
        return say("prose-name")
    known, within = set(things), dict[str, None]()
    for _, body in _printed(context, document, JX.table, part.table):
        while body not in known and len(body) > len(HOME):
            body = body.rpartition("/")[0]  # what it is a part of
        within[body] = None
    found = (thing for thing in things if thing in within)
    names = (context.text(t, SKOS.prefLabel) or context.text(t, DCT.title) for t in found)
    named = say("comma").join(dict.fromkeys(name for name in names if name))
    return named or say("table-name", table=part.table)


def _unread_nodes(context: PageContext, document: str, own: Coverage) -> list[str]:
    """Return the unread passages of a table, or of the prose of a page."""
    if own.kind == "table" and own.where.table is not None:
        found = [body for _, body in _printed(context, document, JX.table, own.where.table)]
    elif own.where.page is not None:
        on_page = _printed(context, document, JX.page, own.where.page)
        found = [body for target, body in on_page if not context.terms(target, JX.table)]
    else:
        found = context.nodes(document, JX.hasUnread)
    unread = {body for body in found if body.startswith(f"{document}/unread/")}
    return sorted(unread, key=lambda iri: (len(iri), iri))


def _printed(
    context: PageContext, document: str, field: NamedNode, number: int
) -> Iterator[tuple[str, str]]:
    """Yield the values that are printed in a table or on a page: target and body of each."""
    stated = graphs(NamedNode(document))[1]
    for quad in context.store.database.quads_for_pattern(None, field, integer(number), stated):
        if isinstance(quad.subject, NamedNode):
            target = quad.subject.value
            for body in context.nodes(target.rpartition("/")[0], OA.hasBody):
                yield target, body
