"""Looks things up in the graph for a page: texts in its language, links to other pages."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, QuerySolutions

from jixiao.rdf.labels import text_in_language
from jixiao.rdf.namespaces import HOME, JX, RDF, RDFS, SKOS
from jixiao.server.workers.worker import Job, StoreSnapshot

Row = tuple[str, ...]
_DEFAULT = DefaultGraph()


class PageContext:
    """A version of the store, seen from one page."""

    def __init__(self, held: StoreSnapshot, job: Job) -> None:
        self.held, self.job, self.store = held, job, held.store

    def terms(self, subject: str, predicate: NamedNode) -> list[NamedNode | Literal]:
        """Return the values of a property; nothing has none."""
        if not subject:
            return []
        found = self.store.database.quads_for_pattern(NamedNode(subject), predicate, None, _DEFAULT)
        return [q.object for q in found if isinstance(q.object, NamedNode | Literal)]

    def values(self, subject: str, predicate: NamedNode) -> list[str]:
        """Return the values of a property as plain strings."""
        return [term.value for term in self.terms(subject, predicate)]

    def users(self, predicate: NamedNode, value: str, most: int | None = None) -> list[str]:
        """Return what has a thing as a value; at `most` so many, any of them."""
        found = self.store.database.quads_for_pattern(None, predicate, NamedNode(value), _DEFAULT)
        some = islice(found, most)
        return sorted(q.subject.value for q in some if isinstance(q.subject, NamedNode))

    def nodes(self, subject: str, *path: NamedNode) -> list[str]:
        """Return the things that properties, one after the other, lead to."""
        found = [subject]
        for predicate in path:
            terms = (term for node in found for term in self.terms(node, predicate))
            found = [term.value for term in terms if isinstance(term, NamedNode)]
        return found

    def node(self, subject: str, *path: NamedNode) -> str:
        """Return the first of `nodes`, blank where there is none."""
        return min(self.nodes(subject, *path), default="")

    def text(self, subject: str, *path: NamedNode) -> str:
        """Return a text, in the language of the page where it is told in several."""
        for start in self.nodes(subject, *path[:-1]):
            if found := self.terms(start, path[-1]):
                return text_in_language(found, self.job.lang)
        return ""

    def number(self, subject: str, *path: NamedNode) -> Decimal | None:
        """Return a number, None where there is none."""
        told = self.text(subject, *path)
        return Decimal(told) if told else None

    def order(self, subject: str) -> tuple[Decimal, str]:
        """Return what things are sorted by: their place in the paper."""
        number = self.number(subject, JX.ordinal)
        return (Decimal(10**9) if number is None else number), subject

    def is_a(self, subject: str, kind: NamedNode) -> bool:
        """Tell whether a thing is of a class."""
        return kind in self.terms(subject, RDF.type)

    def label(self, iri: str) -> str:
        """Return what a thing is called: a concept, a term, else by the end of its name."""
        return (
            self.text(iri, SKOS.prefLabel)
            or self.text(iri, RDFS.label)
            or iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
        )

    def link(self, iri: str) -> str:
        """Return the address of a thing's page."""
        if not iri.startswith(HOME):
            return iri
        path, mark, name = iri.removeprefix(HOME).partition("#")
        return f"{self.job.root}/page/{quote(path)}" + (f"#{quote(name)}" if mark else "")

    def rows(self, query: str, graphs: list[NamedNode] | None = None) -> list[Row]:
        """Return the solutions of a query as texts, blank where a value is not bound.

        `graphs` are the named graphs that it sees, by default all.
        """
        return list(self._solved(query, graphs))

    def _solved(self, query: str, graphs: list[NamedNode] | None) -> Iterator[Row]:
        names: list[NamedNode | BlankNode] | None = None if graphs is None else [*graphs]
        found = self.store.database.query(_PREFIXES + query, named_graphs=names)
        if not isinstance(found, QuerySolutions):
            raise TypeError("pages ask by SELECT only")
        for solution in found:
            yield tuple(
                "" if term is None else str(getattr(term, "value", "")) for term in solution
            )


_PREFIXES = """PREFIX jx: <https://w3id.org/jixiao/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX dqv: <http://www.w3.org/ns/dqv#>
PREFIX earl: <http://www.w3.org/ns/earl#>
"""
