"""Near-duplicates: what is found is what comparing every pair finds, whatever came before."""

import sqlite3
from contextlib import closing

from benchmarks.duplicates import Found, by_hand, grouped, reworded
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jixiao.comparison.near_duplicates import Groups, in_common
from jixiao.model.record import Record
from jixiao.queries.answering import ask
from jixiao.rdf.derived.text_features import likeness
from jixiao.store.search_index import GROUP_TABLES
from jixiao.store.store import Store

LEAST = likeness().clusters.least
SAID = "项目资金支付及时满意"
TEXTS = [
    before + SAID + after for before in ("", "率", "率度") for after in ("", "度", "度率", "度率项")
]
FEW = st.dictionaries(st.sampled_from(TEXTS), st.integers(0, 3), max_size=3)
MANY = st.dictionaries(st.sampled_from(TEXTS), st.integers(1, 3), min_size=6)


@given(one=st.text(), other=st.text())
def test_likeness_is_symmetric_and_whole_for_the_same(one: str, other: str) -> None:
    assert in_common(one, other) == in_common(other, one)
    assert 0 <= in_common(one, other) <= 1
    assert in_common(one, one) == 1


def test_two_thousand_are_grouped_as_by_hand(julu: Record) -> None:
    texts = reworded(julu, 2000, seed=7)
    counts = {text: number % 7 + 1 for number, text in enumerate(texts)}
    found = by_hand(counts)
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(GROUP_TABLES)
        Groups(database).change(counts)
        assert grouped(database) == found
        for start in range(0, 160, 40):  # few at a time: the rest is left as it is
            step = {
                text: (counts.get(text, 0) + start + 1) % 5 for text in texts[start : start + 60]
            }
            counts = {text: uses for text, uses in (counts | step).items() if uses}
            before, found = found, by_hand(counts)
            touched = Groups(database).change(step)
            assert grouped(database) == found
            assert touched >= {t for t in {*before, *found} if before.get(t) != found.get(t)}
            assert len(touched) < len(texts) / 2


@settings(max_examples=300)
@example(many={SAID + "度率项": 3, SAID: 2, "率" + SAID: 1}, steps=[{"率" + SAID: 3}])
@example(many={SAID: 1, "率" + SAID: 2}, steps=[{"率" + SAID: 0, SAID + "度率": 2}])
@example(
    many=dict.fromkeys(TEXTS[:4], 1) | {SAID: 1, "率" + SAID + "度": 2, "率度" + SAID: 1},
    steps=[{"率度" + SAID: 2}],
)
@given(many=MANY, steps=st.lists(FEW, max_size=6))
def test_what_came_before_makes_no_difference(
    many: dict[str, int], steps: list[dict[str, int]]
) -> None:
    counts, found = dict[str, int](), Found()
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(GROUP_TABLES)
        for step in (many, *steps):
            counts = {text: uses for text, uses in (counts | step).items() if uses}
            before, found = found, by_hand(counts)
            touched = Groups(database).change(step)
            assert grouped(database) == found
            moved = {t for t in {*before, *found} if before.get(t) != found.get(t)}
            centres = {known[t][0] for t in moved for known in (before, found) if t in known}
            assert touched >= moved | centres | step.keys()


def test_what_is_used_most_is_the_centre() -> None:
    counts = {"项目资金支付及时率": 1, "项目资金支付的及时率": 9, "群众满意度": 5}
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(GROUP_TABLES)
        Groups(database).change(counts)
        assert grouped(database)["项目资金支付及时率"][0] == "项目资金支付的及时率"


@example(texts=["a\0b", "a\0c"])
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=6))
def test_any_text_is_grouped(texts: list[str]) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(GROUP_TABLES)
        for step in (texts[:2], texts, [f"{text}。" for text in texts]):
            Groups(database).change(dict.fromkeys(step, 1))
        every = dict.fromkeys([*texts, *(f"{text}。" for text in texts)], 1)
        assert grouped(database) == by_hand(every)


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
