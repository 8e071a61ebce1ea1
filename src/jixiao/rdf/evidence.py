"""Says of each value where it is printed, as Web Annotations: a page, a rectangle, the words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Where
from jixiao.rdf.namespaces import DCT, JX, OA, RDF, XSD

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]

_RFC3778 = NamedNode("http://tools.ietf.org/rfc/rfc3778")  # page and viewrect of a PDF
_RFC5147 = NamedNode("http://tools.ietf.org/rfc/rfc5147")  # lines of a text


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of the graph, the words it is printed as, and where."""

    subject: NamedNode
    field: NamedNode
    text: str
    where: Where


def annotations(document: NamedNode, stated: Iterable[StatedValue]) -> Iterator[Triple]:
    """Yield an annotation for each value, with a target for each place it is printed at."""
    for value in stated:
        key = f"{value.subject.value}|{value.field.value}"
        node = NamedNode(f"{document.value}/ev/{sha256(key.encode()).hexdigest()[:16]}")
        yield node, RDF.type, OA.Annotation
        yield node, OA.motivatedBy, OA.identifying
        yield node, OA.hasBody, value.subject
        yield node, JX.field, value.field
        for number, place in enumerate((value.where, *value.where.continued), 1):
            target = NamedNode(f"{node.value}/{number}")
            yield node, OA.hasTarget, target
            yield from _target(target, document, value, place)


def _target(
    node: NamedNode, document: NamedNode, value: StatedValue, place: Where
) -> Iterator[Triple]:
    selector = NamedNode(f"{node.value}/selector")
    yield node, RDF.type, OA.SpecificResource
    yield node, OA.hasSource, document
    yield node, OA.hasSelector, selector
    for predicate, number in ((JX.page, place.page), (JX.table, place.table), (JX.row, place.row)):
        if number is not None:
            yield node, predicate, Literal(str(number), datatype=XSD.integer)
    yield from _selector(selector, place)
    if value.text:
        quote = NamedNode(f"{node.value}/quote")
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
        yield node, RDF.value, Literal(f"page={place.page}&viewrect={rectangle}")
    elif place.line is not None:
        yield node, DCT.conformsTo, _RFC5147
        yield node, RDF.value, Literal(f"line={place.line - 1},{place.line}")
