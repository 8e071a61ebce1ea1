"""The words of the shipped code lists (`ontology/codes/`), by their codes."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources.abc import Traversable

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from jixiao.config import folder
from jixiao.model.message import Message
from jixiao.rdf.namespaces import CODE, HOME, SKOS

CODES = NamedNode(HOME + "graph/codes")
TERMS = NamedNode(HOME + "graph/ontology")


def codes() -> Iterator[Quad]:
    """Yield the code lists and the terms, each in a graph of its own."""
    for file in _files("codes"):
        for quad in parse(file.read_bytes(), RdfFormat.TURTLE):
            yield Quad(quad.subject, quad.predicate, quad.object, CODES)
    terms = folder("ontology") / "jixiao.ttl"
    for quad in parse(terms.read_bytes(), RdfFormat.TURTLE):
        yield Quad(quad.subject, quad.predicate, quad.object, TERMS)


@cache
def _files(kind: str) -> tuple[Traversable, ...]:
    files = (folder("ontology") / kind).iterdir()
    return tuple(sorted(files, key=lambda file: file.name))


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
