"""The words of the shipped code lists (`ontology/codes/`), by their codes."""

from collections import defaultdict
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.config import cache, folder
from jixiao.model.message import Message
from jixiao.rdf.namespaces import CODE, HOME, SKOS
from jixiao.rdf.turtle_lines import parse_turtle

CODES = NamedNode(HOME + "graph/codes")
TERMS = NamedNode(HOME + "graph/ontology")


@cache
def codes() -> tuple[Quad, ...]:
    """Return the code lists and the terms, each in a graph of its own."""
    ontology = folder("ontology")
    listed = ((ontology / "codes", CODES), (ontology, TERMS))
    return tuple(
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for of, graph in listed
        for quad in chain.from_iterable(map(parse_turtle, of.files(".ttl")))
    )


@cache
def words(scheme: str) -> dict[str, Message]:
    """Return what the codes of a list mean ("unit", "indicator/2021"), in both languages."""
    listed, code, said = (
        set[object](),
        dict[object, str](),
        defaultdict[object, dict[str, str]](dict),
    )
    for quad in codes():
        if quad.predicate == SKOS.inScheme and quad.object == CODE[scheme]:
            listed.add(quad.subject)
        elif isinstance(quad.object, Literal) and quad.predicate == SKOS.notation:
            code[quad.subject] = quad.object.value
        elif isinstance(quad.object, Literal) and quad.predicate == SKOS.prefLabel:
            said[quad.subject][quad.object.language or ""] = quad.object.value
    return {
        code[concept]: Message(zh=said[concept]["zh-hans"], en=said[concept]["en"])
        for concept in listed
    }
