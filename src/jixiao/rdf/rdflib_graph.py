"""The same graph in rdflib's terms, for its users and for the reference engine of SHACL."""

from collections.abc import Iterable, Iterator

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from rdflib.term import Node

from jixiao.model.record import Record
from jixiao.rdf.code_lists import codes
from jixiao.rdf.mapping import quads
from jixiao.rdf.namespaces import HOME
from jixiao.rdf.terms import value_of

RdflibTriple = tuple[rdflib.URIRef, rdflib.URIRef, Node]


def graph(record: Record, base: str = HOME) -> rdflib.Dataset:
    """Return the document's facts and evidence with the code lists.

    Args:
        record: what was read from a document.
        base: what the IRIs of things begin with.

    Returns:
        A dataset of named graphs, with their union as its default graph.

    """
    return dataset([*quads(record, base), *codes()])


def dataset(quads: Iterable[Quad]) -> rdflib.Dataset:
    """Return quads as an rdflib dataset whose default graph is the union of the named ones."""
    result = rdflib.Dataset(default_union=True)
    graphs = dict[str, rdflib.Graph]()
    for quad in quads:
        name = value_of(quad.graph_name)
        if name not in graphs:
            graphs[name] = result.graph(rdflib.URIRef(name))
        graphs[name].add(rdflib_triple(quad))
    return result


def rdflib_triple(quad: Quad) -> RdflibTriple:
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
    # Normalising would rewrite the digits that the document prints.
    return rdflib.Literal(value.value, datatype=kind, normalize=False)


def quads_of(graph: rdflib.Graph) -> Iterator[Quad]:
    """Yield the triples of a named graph of rdflib as quads.

    Args:
        graph: a graph whose identifier is an IRI.

    """
    name, nodes = NamedNode(str(graph.identifier)), dict[str, NamedNode]()

    # Strings as keys, for rdflib hashes its terms in Python; properties and classes repeat.
    def node_of(iri: str) -> NamedNode:
        if iri not in nodes:
            nodes[iri] = NamedNode(iri)
        return nodes[iri]

    def term_of(term: Node) -> NamedNode | BlankNode | Literal:
        text = str(term)
        if isinstance(term, rdflib.Literal):
            if term.language:
                return Literal(text, language=term.language)
            return Literal(text, datatype=node_of(str(term.datatype or rdflib.XSD.string)))
        return BlankNode(text) if isinstance(term, rdflib.BNode) else node_of(text)

    for subject, predicate, value in graph:
        about = term_of(subject)
        if not isinstance(about, Literal):  # which rdflib would allow
            yield Quad(about, node_of(str(predicate)), term_of(value), name)
