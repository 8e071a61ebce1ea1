"""Compares the documents of a store: near-duplicate indicators, and what goes on over the years.

What is found is one more named graph. Where it is of the documents as they were, only what they
have changed is compared and written: regions with other budgets, and wordings with another centre.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from jixiao.comparison.continuity import Budget, Link, Project, bare, commonplace, links
from jixiao.comparison.state import Clusters, ComparisonState, changing
from jixiao.model.money import plain_decimal
from jixiao.rdf.iris import digest
from jixiao.rdf.namespaces import CODE, HOME, JX, RDF, SKOS, XSD
from jixiao.store.search_index import Budget as Listed
from jixiao.store.store import COMPARISON, Store

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


def compare(store: Store) -> None:
    """Bring the store's graph of comparisons up to date with its documents, as its index is."""
    before, state = store.compared_as(), store.state()
    if before == state:
        return
    with store.comparing(state), changing(store.path) as known:
        whole = not known.stands(before)
        if whole:
            known.forget()
        clustered, now = known.regrouped()
        gone = [*_gone_of_clusters(known, clustered, now), *_gone_of_links(known, store)]
        new = chain(_new_of_clusters(known, clustered, now), _new_of_links(known))
        fresh = (Quad(*triple, COMPARISON) for triple in new)
        if whole:
            store.replace_comparison(fresh)
        else:
            store.change_comparison([Quad(*triple, COMPARISON) for triple in gone], fresh)
        known.keep(state)


def _gone_of_clusters(known: ComparisonState, before: Clusters, now: Clusters) -> Iterator[Triple]:
    """Yield what was said of clusters and is not true any more."""
    for centre, told in before.told.items():
        if now.told.get(centre) != told:
            kept = _cluster(centre, *now.told[centre]) if centre in now.told else ()
            yield from {*_cluster(centre, *told)}.difference(kept)
    moved = (t for t, centre in before.centre_of.items() if now.centre_of.get(t) != centre)
    for indicator, project, text in known.had_said(moved):
        was = before.centre_of.get(text)
        if was is not None and was not in known.centres(project, indicator):
            yield NamedNode(indicator), JX.inCluster, _node(was)


def _new_of_clusters(known: ComparisonState, before: Clusters, now: Clusters) -> Iterator[Triple]:
    """Yield what is said of clusters and was not before."""
    for centre, told in now.told.items():
        if before.told.get(centre) != told:
            yield from _cluster(centre, *told)
    moved = {t for t, centre in now.centre_of.items() if before.centre_of.get(t) != centre}
    for text in moved:
        for indicator in known.saying(text):
            yield NamedNode(indicator), JX.inCluster, _node(now.centre_of[text])
    for indicator, text in known.new_indicators():
        if text in now.centre_of and text not in moved:
            yield NamedNode(indicator), JX.inCluster, _node(now.centre_of[text])


@lru_cache(maxsize=2**14)
def _node(centre: str) -> NamedNode:
    return NamedNode(f"{HOME}id/cluster/{digest(centre)}")


def _cluster(centre: str, indicator: str, least: float) -> Iterator[Triple]:
    node = _node(centre)
    yield node, RDF.type, JX.Cluster
    yield node, SKOS.prefLabel, Literal(centre, language="zh-Hans")
    yield node, JX.representative, NamedNode(indicator)
    yield node, JX.leastLikeness, _decimal(least)


def _gone_of_links(known: ComparisonState, store: Store) -> Iterator[Triple]:
    """Find anew what goes on in regions that changed; yield what was said and is not true."""
    changed, common = _changed(known)
    gone = set[Link]()
    by_region = {
        region: list(budgets)
        for region, budgets in groupby(known.comparable(), key=attrgetter("region"))
        if region in changed
    }
    for region in changed:
        called = _called(store, region)
        budgets = [_compared(known, budget, called) for budget in by_region.get(region, ())]
        gone |= known.replace_links(region, {*links(budgets, common)})
    for link in gone:
        kept = {triple for like in known.links_like(link) for triple in _link(like)}
        yield from {*_link(link)} - kept


def _changed(known: ComparisonState) -> tuple[set[str], set[str]]:
    """Return the regions to compare anew, and the names of projects that are commonplace."""
    common = commonplace((name, department) for name, department, _ in known.names())
    turned = common ^ known.commonplace()
    changed = known.changed_regions()
    if turned:
        known.keep_commonplace(common)
        changed |= {region for name, _, region in known.names() if bare(name) in turned}
    return changed, common


def _new_of_links(known: ComparisonState) -> Iterator[Triple]:
    for link in known.new_links():
        yield from _link(link)


def _called(store: Store, region: str) -> str:
    """Return the name of a region, blank where there is none."""
    if not region:
        return ""
    told = store.database.quads_for_pattern(NamedNode(region), SKOS.prefLabel, None, DefaultGraph())
    return min((q.object.value for q in told if isinstance(q.object, Literal)), default="")


def _compared(known: ComparisonState, budget: Listed, region_name: str) -> Budget:
    projects = dict[str, tuple[str, set[str]]]()
    for project, called, indicator in known.contents(budget.iri):
        names = projects.setdefault(project, (called, set()))[1]
        names |= {indicator} - {""}
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
    written = plain_decimal(Decimal(str(round(number, 3))))  # as the store writes it
    return Literal(written, datatype=XSD.decimal)
