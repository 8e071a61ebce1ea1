"""The facts of one document with what they are held to, to be asked by queries of `shapes/`."""

import re
from functools import cache, lru_cache

import msgspec
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, serialize
from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from jixiao.checks import profiles as profiles
from jixiao.checks.catalogue import prefixes, shapes
from jixiao.checks.profiles import Profile
from jixiao.rdf.code_lists import CODES, codes
from jixiao.rdf.namespaces import CODE, SKOS
from jixiao.rdf.rdflib_graph import rdflib_triple
from jixiao.rdf.terms import value_of

Term = NamedNode | Literal
Row = dict[str, Term]
SCHEME = re.escape(CODE["indicator"].value) + r"/(\w+)"


class Asked(Graph):
    """A graph that parses a query once: pySHACL asks the same one of each node anew."""

    def query(self, query_object: str | Query, *args: object, **named: object) -> Result:
        """Answer a query, parsed before if it can be."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **named)  # type: ignore[arg-type]


@cache
def _prepared(text: str) -> Query:
    return prepareQuery(text)


class CheckDataset:
    """The facts of a document with the code lists and the profile's thresholds, to be asked."""

    def __init__(self, text: bytes) -> None:
        self._store = Store()
        self._store.bulk_load(text, RdfFormat.N_TRIPLES)

    def graph(self) -> Graph:
        """Return the facts for the reference engine."""
        graph = Asked()
        for quad in self._store:
            graph.add(rdflib_triple(quad))
        return graph

    def rows(self, query: str, known: Row | None = None) -> list[Row]:
        """Return the solutions of a query of `shapes/`; what is known stands for its $name."""
        bound = known or {}
        asked = re.sub(r"\$(\w+)", lambda m: str(bound.get(m[1], m[0])), query)
        found = self._store.query(prefixes() + asked)
        if not isinstance(found, QuerySolutions):
            raise TypeError(f"the shapes ask by SELECT only: {query}")
        names = [variable.value for variable in found.variables]
        solutions = [{name: row[name] for name in names if row[name] is not None} for row in found]
        return sorted(solutions, key=lambda row: sorted((n, str(t)) for n, t in row.items()))

    def label(self, node: Term, language: str) -> str:
        """Return what a thing is called, in the language if it has a name there."""
        if not isinstance(node, NamedNode):
            return ""
        labels = [text for text in self.values(node, SKOS.prefLabel) if isinstance(text, Literal)]
        spoken = [text for text in labels if (text.language or "").startswith(language)]
        return min((text.value for text in spoken or labels), default="")

    def values(self, node: NamedNode, predicate: NamedNode) -> list[Term]:
        """Return the values of a property of a thing."""
        found = self._store.quads_for_pattern(node, predicate, None)
        return [q.object for q in found if isinstance(q.object, NamedNode | Literal)]


def background(profile: Profile) -> bytes:
    """Return the code lists, and what the shapes read of a profile, as N-Triples."""
    return _background(msgspec.json.encode(profile, order="sorted"))


@lru_cache(maxsize=8)
def _background(encoded: bytes) -> bytes:
    profile = msgspec.json.decode(encoded, type=Profile)
    listed = [quad.triple for quad in codes() if quad.graph_name == CODES]
    known = {triple.subject for triple in listed}
    schemes = sorted({m[1] for t in listed if (m := re.fullmatch(SCHEME, value_of(t.subject)))})
    settings = [
        triple
        for triple in profiles.facts(profile, schemes)
        if isinstance(triple.object, Literal) or triple.object in known
    ]
    dimensions = [
        Triple(NamedNode(str(node)), SKOS.prefLabel, Literal(str(label), language=label.language))
        for node, label in shapes().subject_objects(URIRef(SKOS.prefLabel.value))
        if isinstance(label, RdfLiteral) and label.language
    ]
    return serialize([*listed, *settings, *dimensions], format=RdfFormat.N_TRIPLES) or b""
