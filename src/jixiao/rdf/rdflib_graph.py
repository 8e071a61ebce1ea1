"""TODO docstring of rdf.rdflib_graph."""

from collections.abc import Iterable

import rdflib
from pyoxigraph import Literal, Quad
from rdflib.term import Node

from jixiao.model.record import Record
from jixiao.rdf.code_lists import codes
from jixiao.rdf.mapping import quads
from jixiao.rdf.namespaces import HOME
from jixiao.rdf.terms import value_of


def graph(record: Record, base: str = HOME) -> rdflib.Dataset:
    """Return the document's facts and evidence with the code lists, the union as default graph."""
    return dataset([*quads(record, base), *codes()])


def dataset(found: Iterable[Quad]) -> rdflib.Dataset:
    """Return quads as an rdflib dataset whose default graph is the union of the named ones."""
    result = rdflib.Dataset(default_union=True)
    graphs = dict[str, rdflib.Graph]()
    for quad in found:
        name = value_of(quad.graph_name)
        if name not in graphs:
            graphs[name] = result.graph(rdflib.URIRef(name))
        graphs[name].add(rdflib_triple(quad))
    return result


def rdflib_triple(quad: Quad) -> tuple[rdflib.URIRef, rdflib.URIRef, Node]:
    """Return a quad's triple in rdflib's terms; the graph has no blank nodes."""
    return rdflib.URIRef(value_of(quad.subject)), rdflib.URIRef(quad.predicate.value), _term(quad)


def _term(quad: Quad) -> Node:
    value = quad.object
    if not isinstance(value, Literal):
        return rdflib.URIRef(value_of(value))
    kind = rdflib.URIRef(value.datatype.value)
    if value.language:
        return rdflib.Literal(value.value, lang=value.language)
    if kind == rdflib.XSD.string:
        return rdflib.Literal(value.value)
    return rdflib.Literal(value.value, datatype=kind, normalize=False)
