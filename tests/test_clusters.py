"""Near-duplicates: what hashing finds is what comparing every pair finds."""

from benchmarks.duplicates import every_pair, reworded
from hypothesis import given, settings
from hypothesis import strategies as st

from jixiao.clusters import groups, in_common, pairs
from jixiao.extract.profiles import likeness
from jixiao.queries import ask
from jixiao.record import Record
from jixiao.store import Store

LEAST = likeness().clusters.least
TEXTS = st.lists(st.text("项目资金支付及时率满意度", max_size=12), unique=True, max_size=30)


def test_nearly_all_of_two_thousand_indicators_are_found(julu: Record) -> None:
    texts = reworded(julu, 2000, seed=7)
    exact = every_pair(texts, LEAST)
    hashed = {(one, other) for one, other, _ in pairs(texts, LEAST)}
    assert len(exact) > 1000
    assert hashed <= exact
    assert len(hashed) >= 0.999 * len(exact)


@given(one=st.text(), other=st.text())
def test_likeness_is_symmetric_and_whole_for_the_same(one: str, other: str) -> None:
    assert in_common(one, other) == in_common(other, one)
    assert 0 <= in_common(one, other) <= 1
    assert in_common(one, one) == 1


@settings(max_examples=50, deadline=None)
@given(texts=TEXTS)
def test_a_member_is_like_its_centre_and_in_one_group_only(texts: list[str]) -> None:
    found = list(groups(dict.fromkeys(texts, 1)))
    everyone = [text for group in found for text in (group.centre, *group.members)]
    assert len(everyone) == len(set(everyone))
    for group in found:
        assert min(in_common(group.centre, text) for text in group.members) == group.least >= LEAST


@settings(max_examples=30, deadline=None)
@given(texts=TEXTS)
def test_the_order_of_the_texts_does_not_matter(texts: list[str]) -> None:
    def said(ordered: list[str]) -> set[tuple[str, frozenset[str]]]:
        counts = {text: len(text) for text in ordered}
        return {(g.centre, frozenset(g.members)) for g in groups(counts)}

    assert said(texts) == said(texts[::-1])


def test_what_is_used_most_is_the_centre() -> None:
    counts = {"项目资金支付及时率": 1, "项目资金支付的及时率": 9, "群众满意度": 5}
    (group,) = groups(counts)
    assert (group.centre, group.members) == ("项目资金支付的及时率", ["项目资金支付及时率"])


def test_of_two_thousand_none_is_left_alone_that_is_like_a_centre(julu: Record) -> None:
    texts = reworded(julu, 2000, seed=7)
    found = list(groups(dict.fromkeys(texts, 1)))
    members = {text for group in found for text in group.members}
    centres = [text for text in texts if text not in members]
    missed = every_pair(centres, LEAST)
    assert len(members) > 500
    assert len(missed) <= 0.001 * len(every_pair(texts, LEAST))


def test_clusters_are_in_the_graph(corpus: Store) -> None:
    like = """PREFIX jx: <https://w3id.org/jixiao/ns#>
        SELECT ?least (COUNT(DISTINCT ?name) AS ?names) WHERE {
        ?cluster a jx:Cluster ; jx:leastLikeness ?least .
        ?indicator jx:inCluster ?cluster ; jx:normalisedName ?name }
        GROUP BY ?cluster ?least HAVING (COUNT(DISTINCT ?name) > 1)"""
    rows = ask(corpus, like).rows
    assert rows and all(LEAST <= float(str(row[0])) < 1 for row in rows), "not only the same names"
    members = "PREFIX jx: <https://w3id.org/jixiao/ns#> SELECT ?a ?b { ?i jx:inCluster ?a, ?b }"
    assert all(row[0] == row[1] for row in ask(corpus, members).rows), "an indicator is in one"
