"""The facts of one document with the rules' background, to be asked by queries of `shapes/`."""

import re
from collections.abc import Iterable

import msgspec
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)
from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral

from jixiao.checks import profiles as profiles
from jixiao.checks.catalogue import prefixes, shapes
from jixiao.checks.profiles import Profile
from jixiao.config import lru_cache
from jixiao.rdf.code_lists import CODES, codes
from jixiao.rdf.labels import text_in_language
from jixiao.rdf.namespaces import CODE, SKOS
from jixiao.rdf.rdflib_graph import RdflibTriple, rdflib_triple
from jixiao.rdf.terms import Term, value_of

Row = dict[str, Term]
SCHEME = re.escape(CODE["indicator"].value) + r"/(\w+)"


class CheckDataset:
    """The facts of a document with the code lists and the profile's thresholds.

    Args:
        facts: the quads that the document states.
        profile: the profile of the review.

    Attributes:
        ntriples: all of it as N-Triples. The fast engine takes nothing else, and to parse it into
            the store takes two thirds of the time that inserting the quads takes (42 against 62
            ms for 12,586 facts), so that it is written once and used by both.

    """

    def __init__(self, facts: Iterable[Quad], profile: Profile) -> None:
        self._facts, self._profile = list(facts), profile
        text = serialize((quad.triple for quad in self._facts), format=RdfFormat.N_TRIPLES) or b""
        self.ntriples = text + background(profile)
        self._store = Store()
        self._nodes = dict[str, frozenset[str]]()
        self._store.bulk_load(self.ntriples, RdfFormat.N_TRIPLES)

    def graph(self) -> Graph:
        """Return the same as a graph of rdflib, for the reference engine."""
        from jixiao.checks.parsed_once import ParsedOnceGraph  # it loads a parser of SPARQL

        graph = ParsedOnceGraph()
        for quad in self._facts:
            graph.add(rdflib_triple(quad))
        for triple in _rdflib_background(msgspec.json.encode(self._profile, order="sorted")):
            graph.add(triple)
        return graph

    def rows(self, query: str, bindings: Row | None = None) -> list[Row]:
        """Return the solutions of a query of `shapes/`, in an order that does not change.

        Args:
            query: a SELECT query, without prefixes.
            bindings: terms that stand in for `$name` in the query.

        Raises:
            TypeError: if the query is no SELECT.

        """
        bound = bindings or {}
        filled = re.sub(r"\$(\w+)", lambda m: str(bound.get(m[1], m[0])), query)
        solutions = self._store.query(prefixes() + filled)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError(f"the shapes ask by SELECT only: {query}")
        names = [variable.value for variable in solutions.variables]
        rows = [{n: row[n] for n in names if row[n] is not None} for row in solutions]
        return sorted(rows, key=lambda row: sorted((n, str(t)) for n, t in row.items()))

    def nodes(self, select: str) -> frozenset[str]:
        """Return the things that a query selects as ?node; each query is asked once."""
        if select not in self._nodes:
            self._nodes[select] = frozenset(value_of(row["node"]) for row in self.rows(select))
        return self._nodes[select]

    def label(self, node: Term, lang: str) -> str:
        """Return the name of a thing, in the language if it has one there; "" for a literal."""
        if not isinstance(node, NamedNode):
            return ""
        labels = self.values(node, SKOS.prefLabel)
        return text_in_language((text for text in labels if isinstance(text, Literal)), lang)

    def values(self, node: NamedNode, predicate: NamedNode) -> list[Term]:
        """Return the values of a property of a thing."""
        quads = self._store.quads_for_pattern(node, predicate, None)
        return [q.object for q in quads if isinstance(q.object, NamedNode | Literal)]


def background(profile: Profile) -> bytes:
    """Return the code lists, and what the shapes read of a profile, as N-Triples."""
    return _background(msgspec.json.encode(profile, order="sorted"))


# Profiles have dictionaries and cannot be hashed: their JSON is the key.
@lru_cache(maxsize=8)
def _background(encoded: bytes) -> bytes:
    profile = msgspec.json.decode(encoded, type=Profile)
    listed = [quad.triple for quad in codes() if quad.graph_name == CODES]
    concepts = {triple.subject for triple in listed}
    schemes = sorted({m[1] for t in listed if (m := re.fullmatch(SCHEME, value_of(t.subject)))})
    settings = [
        triple
        for triple in profiles.facts(profile, schemes)
        if isinstance(triple.object, Literal) or triple.object in concepts
    ]
    dimensions = [
        Triple(NamedNode(str(node)), SKOS.prefLabel, Literal(str(label), language=label.language))
        for node, label in shapes().subject_objects(URIRef(SKOS.prefLabel.value))
        if isinstance(label, RdfLiteral) and label.language
    ]
    return serialize([*listed, *settings, *dimensions], format=RdfFormat.N_TRIPLES) or b""


@lru_cache(maxsize=8)
def _rdflib_background(encoded: bytes) -> list[RdflibTriple]:
    return [rdflib_triple(quad) for quad in parse(_background(encoded), RdfFormat.N_TRIPLES)]
