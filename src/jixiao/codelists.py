"""The words of the shipped code lists (`ontology/codes/`), by their codes."""

from collections import defaultdict
from functools import cache

from pyoxigraph import Literal

from jixiao.ontology import codes
from jixiao.record import Message
from jixiao.vocabulary import CODE, SKOS


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
