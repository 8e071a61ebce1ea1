"""Where each value of the graph is printed, as Web Annotations: written and read here only.

An annotation has the thing as its body, names the property, and has a target for each place: a
rectangle on a page, a line, or a path within the file, with the words that are printed there.

    annotation  oa:hasBody project ; jx:field skos:prefLabel ; oa:hasTarget target/1
    target/1    oa:hasSource document ; jx:page 3 ; jx:table 2 ; jx:row 5 ; oa:hasSelector selector
    selector    rdf:value "page=3&viewrect=72.00,100.00,50.00,12.00" ; oa:refinedBy quote
    quote       oa:exact "危房改造"
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec
from pyoxigraph import Literal, NamedNode, Quad

from jixiao.model.record import Where
from jixiao.rdf.namespaces import DCT, JX, OA, RDF
from jixiao.rdf.terms import Triple, describe, integer_or_none

_RFC3778 = NamedNode("http://tools.ietf.org/rfc/rfc3778")  # page and viewrect of a PDF
_RFC5147 = NamedNode("http://tools.ietf.org/rfc/rfc5147")  # lines of a text


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of the graph, the words it is printed as, and where.

    Attributes:
        subject: the thing.
        field: the property that has the value.
        text: the words as printed; blank for a blank cell.
        where: the place, with `continued` for further places; blank if it is printed nowhere.
        found_by: how it was found, a code of the list `found`; None for values of no such list.

    """

    subject: NamedNode
    field: NamedNode
    text: str
    where: Where
    found_by: NamedNode | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation as it was read back: its IRI, the document's IRI, and the value."""

    iri: str
    document: str
    stated: StatedValue


# Returns the values of a property of a thing as plain strings, in any order.
Values = Callable[[str, NamedNode], Sequence[str]]


def annotations(document: NamedNode, stated: Iterable[StatedValue]) -> Iterator[Triple]:
    """Yield an annotation for each value, with a target for each place it is printed at.

    Args:
        document: the IRI of the document.
        stated: values; each property of a thing at most once.

    """
    for value in stated:
        key = f"{value.subject.value}|{value.field.value}"
        node = NamedNode(f"{document.value}/ev/{sha256(key.encode()).hexdigest()[:16]}")
        yield node, RDF.type, OA.Annotation
        yield node, OA.motivatedBy, OA.identifying
        yield node, OA.hasBody, value.subject
        yield node, JX.field, value.field
        if value.found_by:
            yield node, JX.foundBy, value.found_by
        for number, place in enumerate((value.where, *value.where.continued), 1):
            target = NamedNode(f"{node.value}/{number}")
            selector = NamedNode(f"{target.value}/selector") if place != Where() else None
            yield node, OA.hasTarget, target
            yield from describe(
                target,
                (RDF.type, OA.SpecificResource),
                (OA.hasSource, document),
                (OA.hasSelector, selector),
                (JX.page, integer_or_none(place.page)),
                (JX.table, integer_or_none(place.table)),
                (JX.row, integer_or_none(place.row)),
            )
            if selector is None:
                continue
            yield from _selector(selector, place)
            if value.text:
                quote = NamedNode(f"{target.value}/quote")
                yield selector, OA.refinedBy, quote
                yield quote, RDF.type, OA.TextQuoteSelector
                yield quote, OA.exact, Literal(value.text)


def _selector(node: NamedNode, place: Where) -> Iterator[Triple]:
    if place.path is not None:
        yield node, RDF.type, OA.XPathSelector
        yield node, RDF.value, Literal(place.path)
        return
    yield node, RDF.type, OA.FragmentSelector
    if place.bbox is not None:
        x0, top, x1, bottom = place.bbox
        rectangle = f"{x0:.2f},{top:.2f},{x1 - x0:.2f},{bottom - top:.2f}"
        yield node, DCT.conformsTo, _RFC3778
        page = "" if place.page is None else f"page={place.page}&"
        yield node, RDF.value, Literal(f"{page}viewrect={rectangle}")
    elif place.line is not None:
        # RFC 5147 counts the positions between lines: the third line is "line=2,3".
        yield node, DCT.conformsTo, _RFC5147
        yield node, RDF.value, Literal(f"line={place.line - 1},{place.line}")


def as_written(where: Where) -> Where:
    """Return a place as it is read back: rectangles in hundredths of a point, one selector.

    A place has a path, or a rectangle, or a line; the rectangles of single fields (`cells`) are
    the places of values of their own.
    """
    continued = tuple(as_written(msgspec.structs.replace(w, continued=())) for w in where.continued)
    page, table, row = where.page, where.table, where.row
    if where.path is not None:
        return Where(page=page, table=table, row=row, path=where.path, continued=continued)
    if where.bbox is not None:
        x0, top, x1, bottom = where.bbox
        box = _edges(*(float(f"{n:.2f}") for n in (x0, top, x1 - x0, bottom - top)))
        return Where(page=page, table=table, row=row, bbox=box, continued=continued)
    return Where(page=page, table=table, row=row, line=where.line, continued=continued)


def read_annotation(node: str, values: Values) -> Annotation | None:
    """Read an annotation back.

    Args:
        node: the IRI of the annotation.
        values: looks up a property in the graph that it is in.

    Returns:
        The annotation with all of its places in order; None if it is of another kind.

    """

    def one(subject: str, predicate: NamedNode) -> str:
        return min(values(subject, predicate), default="") if subject else ""

    # Targets end in their number: as text, "…/10" would come before "…/2".
    targets = sorted(set(values(node, OA.hasTarget)), key=lambda iri: (len(iri), iri))
    body, field = one(node, OA.hasBody), one(node, JX.field)
    if not (targets and body and field):
        return None
    places = [_read_place(target, one) for target in targets]
    selector = one(targets[0], OA.hasSelector)
    words = one(one(selector, OA.refinedBy), OA.exact)
    where = msgspec.structs.replace(places[0], continued=tuple(places[1:]))
    found_by = NamedNode(found) if (found := one(node, JX.foundBy)) else None
    stated = StatedValue(NamedNode(body), NamedNode(field), words, where, found_by)
    return Annotation(node, one(targets[0], OA.hasSource), stated)


def _read_place(target: str, one: Callable[[str, NamedNode], str]) -> Where:
    selector = one(target, OA.hasSelector)
    value = one(selector, RDF.value)
    page, table, row = (
        int(number) if (number := one(target, term)) else None
        for term in (JX.page, JX.table, JX.row)
    )
    if one(selector, RDF.type) == OA.XPathSelector.value:
        return Where(page=page, table=table, row=row, path=value)
    if "viewrect=" in value:
        sides = (float(number) for number in value.partition("viewrect=")[2].split(","))
        return Where(page=page, table=table, row=row, bbox=_edges(*sides))
    line = int(value.rpartition(",")[2]) if value else None
    return Where(page=page, table=table, row=row, line=line)


def _edges(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return x, y, round(x + width, 2), round(y + height, 2)


class EvidenceIndex:
    """Where the values of one document are printed, by the thing that has them.

    Args:
        values_of: returns the values of a thing by its IRI, with their places as written.

    """

    def __init__(self, values_of: Callable[[str], Iterable[StatedValue]]) -> None:
        self._values_of = values_of

    @classmethod
    def from_values(cls, stated: Iterable[StatedValue]) -> "EvidenceIndex":
        """Return the index of stated values."""
        by_subject = defaultdict[str, list[StatedValue]](list)
        for value in stated:
            by_subject[value.subject.value].append(value)

        def values_of(thing: str) -> Iterator[StatedValue]:
            for value in by_subject.get(thing, ()):
                where = as_written(value.where)
                yield replace(value, where=where)

        return cls(values_of)

    @classmethod
    def from_triples(cls, triples: Iterable[tuple[str, str, str]]) -> "EvidenceIndex":
        """Return the index of the annotations among triples.

        Args:
            triples: subjects, predicates and values as plain strings.

        """
        # The few properties are made once: `NamedNode.value` makes a new string at each call.
        properties = dict[str, NamedNode]()
        by_property = defaultdict[tuple[str, NamedNode], list[str]](list)
        has_body = OA.hasBody.value
        by_thing = defaultdict[str, list[str]](list)
        for subject, predicate, value in triples:
            if predicate not in properties:
                properties[predicate] = NamedNode(predicate)
            by_property[subject, properties[predicate]].append(value)
            if predicate == has_body:
                by_thing[value].append(subject)

        def values(subject: str, predicate: NamedNode) -> Sequence[str]:
            return by_property.get((subject, predicate), ())

        def values_of(thing: str) -> Iterator[StatedValue]:
            # Decoded when it is needed: most things have no finding.
            for node in by_thing.get(thing, ()):
                if annotation := read_annotation(node, values):
                    yield annotation.stated

        return cls(values_of)

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> "EvidenceIndex":
        """Return the index of the annotations among quads."""
        return cls.from_triples(
            (quad.subject.value, quad.predicate.value, quad.object.value)
            for quad in quads
            # Graphs of others may have blank nodes, which are of no annotation of ours.
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal)
        )

    def printed(self, thing: str) -> list[StatedValue]:
        """Return the values of a thing with their places, as they are read back from a graph.

        Args:
            thing: its IRI.

        """
        return list(self._values_of(thing))
