"""Compares the documents of a store: near-duplicate indicators, and what goes on over the years.

What is found is one more named graph, made anew when documents have changed.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, groupby
from operator import attrgetter

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from jixiao.clusters import groups
from jixiao.continuity import Budget, Link, Project, commonplace, links
from jixiao.index import Budget as Listed
from jixiao.index import Index, opened
from jixiao.iris import digest
from jixiao.store import COMPARISON, Store
from jixiao.vocabulary import CODE, HOME, JX, RDF, SKOS, XSD

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


def compare(store: Store) -> None:
    """Bring the store's graph of comparisons up to date with its documents, as its index is."""
    if not store.compared():
        with opened(store.path) as index:
            found = chain(_clusters(index), _links(index, store))
            store.replace_comparison(Quad(*triple, COMPARISON) for triple in found)


def _clusters(index: Index) -> Iterator[Triple]:
    """Yield the clusters of indicators whose wording is nearly the same.

    The indicators are gone through twice, so that only their different wordings are held.
    """
    counts, first = Counter[str](), dict[str, str]()
    for indicator, text in _wordings(index):
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
    for indicator, text in _wordings(index):
        if text in cluster_of:
            yield NamedNode(indicator), JX.inCluster, cluster_of[text]


def _wordings(index: Index) -> Iterator[tuple[str, str]]:
    """Yield the indicators, each with what it says."""
    for indicator, name, description in index.wordings():
        yield indicator, name if description in ("", name) else f"{name}|{description}"


def _cluster(node: NamedNode, indicator: str, text: str, least: float) -> Iterator[Triple]:
    yield node, RDF.type, JX.Cluster
    yield node, SKOS.prefLabel, Literal(text, language="zh-Hans")
    yield node, JX.representative, NamedNode(indicator)
    yield node, JX.leastLikeness, _decimal(least)


def _links(index: Index, store: Store) -> Iterator[Triple]:
    """Yield what goes on over the years, one region after the other."""
    common = commonplace(index.names())
    for region, of_region in groupby(index.comparable(), key=attrgetter("region")):
        called = _called(store, region)
        for link in links([_compared(index, budget, called) for budget in of_region], common):
            yield from _link(link)


def _called(store: Store, region: str) -> str:
    """Return the name of a region, blank where there is none."""
    if not region:
        return ""
    told = store.database.quads_for_pattern(NamedNode(region), SKOS.prefLabel, None, DefaultGraph())
    return min((q.object.value for q in told if isinstance(q.object, Literal)), default="")


def _compared(index: Index, budget: Listed, region_name: str) -> Budget:
    projects = dict[str, tuple[str, set[str]]]()
    for project, called, indicator in index.contents(budget.iri):
        known = projects.setdefault(project, (called, set()))[1]
        known |= {indicator} - {""}
    return Budget(
        iri=budget.iri,
        department=budget.department,
        region=budget.region,
        name=budget.name.removeprefix(region_name),
        year=int(budget.year),
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


def _decimal(number: float) -> Literal:
    shown = Decimal(str(round(number, 3))).normalize()  # as the store writes it
    return Literal(f"{shown:f}", datatype=XSD.decimal)
