"""What a page needs of the graph: texts in its language, values, links to other pages."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, QuerySolutions

from jixiao.rdf.labels import text_in_language
from jixiao.rdf.namespaces import DQV, HOME, JX, RDF, RDFS, SKOS
from jixiao.server.job import Job
from jixiao.server.snapshot import StoreSnapshot

Page = tuple[str, dict[str, object]]  # a template, and the values for it
Row = tuple[str, ...]
_DEFAULT = DefaultGraph()
_LAST = Decimal(10**9)  # sorts things without an ordinal behind the others
_PREFIXES = """PREFIX jx: <https://w3id.org/jixiao/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX dqv: <http://www.w3.org/ns/dqv#>
PREFIX earl: <http://www.w3.org/ns/earl#>
"""


class PageContext:
    """A snapshot of a store, and the request for one page of it.

    Properties are looked up one by one in the index of the store: for one page that is far faster
    than a SPARQL query.
    """

    def __init__(self, snapshot: StoreSnapshot, job: Job) -> None:
        self.snapshot, self.job, self.store = snapshot, job, snapshot.store

    def terms(self, subject: str, predicate: NamedNode) -> list[NamedNode | Literal]:
        """Return the values of a property; an empty subject has none."""
        if not subject:
            return []
        quads = self.store.database.quads_for_pattern(NamedNode(subject), predicate, None, _DEFAULT)
        return [q.object for q in quads if isinstance(q.object, NamedNode | Literal)]

    def values(self, subject: str, predicate: NamedNode) -> list[str]:
        """Return the values of a property as plain strings."""
        return [term.value for term in self.terms(subject, predicate)]

    def subjects(self, predicate: NamedNode, value: str, limit: int | None = None) -> list[str]:
        """Return the IRIs that have a thing as the value of a property, sorted.

        Args:
            predicate: The property.
            value: The IRI of the thing.
            limit: The most to return, any of them; None for all.

        """
        quads = self.store.database.quads_for_pattern(None, predicate, NamedNode(value), _DEFAULT)
        some = islice(quads, limit)
        return sorted(q.subject.value for q in some if isinstance(q.subject, NamedNode))

    def nodes(self, subject: str, *path: NamedNode) -> list[str]:
        """Return the IRIs at the end of a path of properties."""
        nodes = [subject]
        for predicate in path:
            terms = (term for node in nodes for term in self.terms(node, predicate))
            nodes = [term.value for term in terms if isinstance(term, NamedNode)]
        return nodes

    def node(self, subject: str, *path: NamedNode) -> str:
        """Return the first IRI at the end of a path, "" if there is none."""
        return min(self.nodes(subject, *path), default="")

    def text(self, subject: str, *path: NamedNode) -> str:
        """Return the text at the end of a path, preferably in the language of the page."""
        for start in self.nodes(subject, *path[:-1]):
            if terms := self.terms(start, path[-1]):
                return text_in_language(terms, self.job.lang)
        return ""

    def number(self, subject: str, *path: NamedNode) -> Decimal | None:
        """Return the number at the end of a path, None if there is none."""
        text = self.text(subject, *path)
        return Decimal(text) if text else None

    def order(self, subject: str) -> tuple[Decimal, str]:
        """Return a sort key: the position in the document."""
        number = self.number(subject, JX.ordinal)
        return (_LAST if number is None else number), subject

    def is_a(self, subject: str, kind: NamedNode) -> bool:
        """Tell whether a thing is of a class."""
        return kind in self.terms(subject, RDF.type)

    def label(self, iri: str) -> str:
        """Return the label of a concept or a term, or else the last part of its IRI."""
        return (
            self.text(iri, SKOS.prefLabel)
            or self.text(iri, RDFS.label)
            or iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
        )

    def link(self, iri: str) -> str:
        """Return the address of the page of a thing."""
        if not iri.startswith(HOME):
            return iri
        path, mark, name = iri.removeprefix(HOME).partition("#")
        return f"{self.job.root}/page/{quote(path)}" + (f"#{quote(name)}" if mark else "")

    def labelled_link(self, iri: str) -> tuple[str, str]:
        """Return the address of the page of a thing, and its label."""
        return self.link(iri), self.label(iri)

    def score(self, iri: str) -> str:
        """Return the review score of a thing, "" if there is none."""
        for measurement in self.subjects(DQV.computedOn, iri):
            if self.node(measurement, DQV.isMeasurementOf) == JX.reviewScore.value:
                return self.text(measurement, DQV.value)
        return ""

    def budget_title(self, budget: str) -> str:
        """Return the department's name and the year of a budget."""
        return f"{self.text(budget, JX.departmentName)} {self.text(budget, JX.budgetYear)}"

    def page_number(self) -> int:
        """Return the page of a list that is requested, from 1."""
        text = self.job.value("page", "1")
        return max(1, min(int(text), 10_000)) if text.isdecimal() and len(text) < 6 else 1

    def rows(self, query: str, graphs: list[NamedNode] | None = None) -> list[Row]:
        """Return the solutions of a SELECT query as texts.

        Args:
            query: The query, without the common prefixes.
            graphs: The named graphs that it sees, None for all.

        Returns:
            One tuple a solution; "" for an unbound variable.

        """
        return list(self._solutions(query, graphs))

    def _solutions(self, query: str, graphs: list[NamedNode] | None) -> Iterator[Row]:
        names: list[NamedNode | BlankNode] | None = None if graphs is None else [*graphs]
        solutions = self.store.database.query(_PREFIXES + query, named_graphs=names)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("only SELECT queries have rows")
        for solution in solutions:
            yield tuple(
                "" if term is None else str(getattr(term, "value", "")) for term in solution
            )
