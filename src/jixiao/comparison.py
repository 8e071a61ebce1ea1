"""Compares the documents of a store: near-duplicate indicators, and what goes on over the years.

What is found is one more named graph, made anew when documents have changed.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, groupby
from operator import itemgetter

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions

from jixiao.clusters import groups
from jixiao.continuity import Budget, Link, Project, commonplace, links
from jixiao.iris import digest
from jixiao.store import COMPARISON, Store
from jixiao.vocabulary import CODE, HOME, JX, RDF, SKOS, XSD

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
Row = tuple[str, ...]

_INDICATORS = """SELECT ?indicator ?name ?description WHERE {
    ?indicator jx:normalisedName ?name ; a jx:PerformanceIndicator .
    OPTIONAL { ?indicator jx:normalisedDescription ?description } }"""
_BUDGETS = """SELECT ?region ?budget ?department ?name ?region_name ?year WHERE {
    ?budget jx:department ?department ; jx:budgetYear ?year ; jx:departmentName ?name ;
        jx:documentKind <https://w3id.org/jixiao/code/document-kind/budget> .
    OPTIONAL { ?department dct:spatial ?region . ?region skos:prefLabel ?region_name } }"""
_PROJECTS = """SELECT ?project ?name ?indicator WHERE {
    ?project jx:partOfBudget ?budget ; a jx:BudgetProject ; jx:normalisedName ?name .
    OPTIONAL { ?project jx:hasIndicator/jx:normalisedName ?indicator } }"""
_USERS = """SELECT ?name ?department WHERE {
    ?project a jx:BudgetProject ; jx:normalisedName ?name ; jx:partOfBudget ?budget .
    ?budget jx:department ?department }"""
_PREFIXES = """PREFIX jx: <https://w3id.org/jixiao/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def compare(store: Store) -> None:
    """Bring the store's graph of comparisons up to date with its documents."""
    if not store.compared():
        found = chain(_clusters(store), _links(store))
        store.replace_comparison(Quad(*triple, COMPARISON) for triple in found)


def _clusters(store: Store) -> Iterator[Triple]:
    """Yield the clusters of indicators whose wording is nearly the same.

    The indicators are gone through twice, so that only their different wordings are held.
    """
    counts, first = Counter[str](), dict[str, str]()
    for indicator, text in _wordings(store):
        counts[text] += 1
        first[text] = min(indicator, first.get(text, indicator))
    cluster_of = dict[str, NamedNode]()
    for group in groups(counts):
        node = NamedNode(f"{HOME}id/cluster/{digest(group.centre)}")
        cluster_of |= dict.fromkeys((group.centre, *group.members), node)
        yield from _cluster(node, first[group.centre], group.centre, group.least)
    for text, count in counts.items():
        if count > 1 and text not in cluster_of:
            cluster_of[text] = node = NamedNode(f"{HOME}id/cluster/{digest(text)}")
            yield from _cluster(node, first[text], text, 1.0)
    for indicator, text in _wordings(store):
        if text in cluster_of:
            yield NamedNode(indicator), JX.inCluster, cluster_of[text]


def _wordings(store: Store) -> Iterator[tuple[str, str]]:
    """Yield the indicators, each with what it says."""
    for indicator, name, description in _rows(store, _INDICATORS):
        yield indicator, name if description in ("", name) else f"{name}|{description}"


def _cluster(node: NamedNode, indicator: str, text: str, least: float) -> Iterator[Triple]:
    yield node, RDF.type, JX.Cluster
    yield node, SKOS.prefLabel, Literal(text, language="zh-Hans")
    yield node, JX.representative, NamedNode(indicator)
    yield node, JX.leastLikeness, _decimal(least)


def _links(store: Store) -> Iterator[Triple]:
    """Yield what goes on over the years, one region after the other."""
    common = commonplace((name, department) for name, department in _rows(store, _USERS))
    budgets = sorted(set(_rows(store, _BUDGETS)))  # in order of their regions
    for _, of_region in groupby(budgets, key=itemgetter(0)):
        for link in links([_budget(store, row) for row in of_region], common):
            yield from _link(link)


def _budget(store: Store, row: Row) -> Budget:
    region, budget, department, name, region_name, year = row
    projects = dict[str, tuple[str, set[str]]]()
    for project, called, indicator in _rows(store, _PROJECTS.replace("?budget", f"<{budget}>")):
        known = projects.setdefault(project, (called, set()))[1]
        known |= {indicator} - {""}
    return Budget(
        iri=budget,
        department=department,
        region=region,
        name=name.removeprefix(region_name),
        year=int(year),
        projects=tuple(
            Project(iri, called, frozenset(indicators))
            for iri, (called, indicators) in sorted(projects.items())
        ),
    )


def _link(link: Link) -> Iterator[Triple]:
    earlier, later = NamedNode(link.earlier), NamedNode(link.later)
    node = NamedNode(f"{HOME}id/continuation/{digest(link.earlier, link.later)}")
    yield later, JX.continues, earlier
    yield node, RDF.type, JX.Continuation
    yield node, JX.earlier, earlier
    yield node, JX.later, later
    yield node, JX.confidence, _decimal(link.confidence)
    yield node, JX.nameLikeness, _decimal(link.names)
    yield node, JX.contentLikeness, _decimal(link.contents)
    for notation in link.evidence:
        yield node, JX.evidence, CODE[f"link-evidence/{notation}"]
    if link.departments:
        yield NamedNode(link.departments[0]), JX.succeeds, NamedNode(link.departments[1])


def _rows(store: Store, query: str) -> Iterator[Row]:
    """Yield the solutions of a query as texts, blank where a value is not bound."""
    found = store.database.query(_PREFIXES + query)
    if not isinstance(found, QuerySolutions):
        raise TypeError(f"comparisons ask by SELECT only: {query}")
    for solution in found:
        yield tuple("" if term is None else _text(term) for term in solution)


def _text(term: object) -> str:
    return str(getattr(term, "value", ""))


def _decimal(number: float) -> Literal:
    shown = Decimal(str(round(number, 3))).normalize()  # as the store writes it
    return Literal(f"{shown:f}", datatype=XSD.decimal)
