"""Compare the documents of a store: near-duplicate indicators, and continuity over the years.

The results are one more named graph. It is updated: only what has changed since the last comparison
is compared and written, that is regions with other budgets and wordings with another centre.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, groupby
from operator import attrgetter

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from jixiao.comparison.continuity import Budget, Link, Project, bare, commonplace, links
from jixiao.comparison.state import Clusters, ComparisonState, open_state
from jixiao.config import lru_cache
from jixiao.model.money import plain_decimal
from jixiao.rdf.iris import digest
from jixiao.rdf.namespaces import CODE, HOME, JX, RDF, SKOS, XSD
from jixiao.store.search_index import Budget as IndexedBudget
from jixiao.store.store import COMPARISON, Store

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


def compare(store: Store) -> None:
    """Bring the graph of comparisons up to date with the documents of a store.

    Args:
        store: a store that is open for writing, whose index is up to date.

    """
    before, state = store.compared_state(), store.state()
    if before == state:
        return
    with store.comparing(state), open_state(store.path) as tables:
        from_scratch = not tables.is_current(before)
        if from_scratch:
            tables.forget()
        old, new = tables.update_clusters()
        obsolete = [*_obsolete_clusters(tables, old, new), *_update_links(tables, store)]
        triples = chain(_new_clusters(tables, old, new), _new_links(tables))
        added = (Quad(*triple, COMPARISON) for triple in triples)
        if from_scratch:
            store.replace_comparison(added)
        else:
            store.change_comparison([Quad(*triple, COMPARISON) for triple in obsolete], added)
        tables.keep(state)


def _obsolete_clusters(tables: ComparisonState, old: Clusters, new: Clusters) -> Iterator[Triple]:
    """Yield the triples about clusters that no longer hold."""
    for centre, facts in old.centres.items():
        if new.centres.get(centre) != facts:
            kept = _cluster(centre, *new.centres[centre]) if centre in new.centres else ()
            yield from {*_cluster(centre, *facts)}.difference(kept)
    moved = (t for t, centre in old.centre_of.items() if new.centre_of.get(t) != centre)
    for indicator, project, text in tables.deleted_and_with(moved):
        before = old.centre_of.get(text)
        if before is not None and before not in tables.centres(project, indicator):
            yield NamedNode(indicator), JX.inCluster, _node(before)


def _new_clusters(tables: ComparisonState, old: Clusters, new: Clusters) -> Iterator[Triple]:
    """Yield the triples about clusters that are new."""
    for centre, facts in new.centres.items():
        if old.centres.get(centre) != facts:
            yield from _cluster(centre, *facts)
    moved = {t for t, centre in new.centre_of.items() if old.centre_of.get(t) != centre}
    for text in moved:
        for indicator in tables.indicators_with(text):
            yield NamedNode(indicator), JX.inCluster, _node(new.centre_of[text])
    for indicator, text in tables.new_indicators():
        if text in new.centre_of and text not in moved:
            yield NamedNode(indicator), JX.inCluster, _node(new.centre_of[text])


@lru_cache(maxsize=2**14)
def _node(centre: str) -> NamedNode:
    return NamedNode(f"{HOME}id/cluster/{digest(centre)}")


def _cluster(centre: str, indicator: str, least: float) -> Iterator[Triple]:
    node = _node(centre)
    yield node, RDF.type, JX.Cluster
    yield node, SKOS.prefLabel, Literal(centre, language="zh-Hans")
    yield node, JX.representative, NamedNode(indicator)
    yield node, JX.leastLikeness, _decimal(least)


def _update_links(tables: ComparisonState, store: Store) -> Iterator[Triple]:
    """Find the links of changed regions again; yield the triples that no longer hold."""
    changed, common = _changed_regions(tables)
    obsolete = set[Link]()
    by_region = {
        region: list(budgets)
        for region, budgets in groupby(tables.comparable(), key=attrgetter("region"))
        if region in changed
    }
    for region in changed:
        name = _region_name(store, region)
        budgets = [_budget(tables, budget, name) for budget in by_region.get(region, ())]
        obsolete |= tables.replace_links(region, {*links(budgets, common)})
    for link in obsolete:
        kept = {triple for like in tables.links_like(link) for triple in _link(like)}
        yield from {*_link(link)} - kept


def _changed_regions(tables: ComparisonState) -> tuple[set[str], set[str]]:
    """Return the regions to compare again, and the names of projects that are commonplace.

    A region is compared again also if a name in it has become commonplace, or is so no longer.
    """
    common = commonplace((name, department) for name, department, _ in tables.names())
    differing = common ^ tables.commonplace()
    changed = tables.changed_regions()
    if differing:
        tables.keep_commonplace(common)
        changed |= {region for name, _, region in tables.names() if bare(name) in differing}
    return changed, common


def _new_links(tables: ComparisonState) -> Iterator[Triple]:
    for link in tables.new_links():
        yield from _link(link)


def _region_name(store: Store, region: str) -> str:
    """Return the name of a region, or "" if there is none."""
    if not region:
        return ""
    node, graph = NamedNode(region), DefaultGraph()
    names = store.database.quads_for_pattern(node, SKOS.prefLabel, None, graph)
    return min((q.object.value for q in names if isinstance(q.object, Literal)), default="")


def _budget(tables: ComparisonState, budget: IndexedBudget, region_name: str) -> Budget:
    """Return a budget of the index with its projects, as `continuity` compares it."""
    projects = dict[str, tuple[str, set[str]]]()
    for project, name, indicator in tables.contents(budget.iri):
        indicators = projects.setdefault(project, (name, set()))[1]
        indicators |= {indicator} - {""}
    return Budget(
        iri=budget.iri,
        department=budget.department,
        region=budget.region,
        name=budget.name.removeprefix(region_name),
        year=int(budget.year),
        projects=tuple(
            Project(iri, name, frozenset(indicators))
            for iri, (name, indicators) in sorted(projects.items())
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
