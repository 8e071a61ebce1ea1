"""The index: words of one, two or more characters, and lists, up to date with the store."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions

from jixiao.comparison.state import open_state
from jixiao.pipeline.build import build
from jixiao.rdf.derived.text_features import normalised
from jixiao.rdf.namespaces import DCT, JX, RDF
from jixiao.store.search_index import Hit, index_entries, opened, words
from jixiao.store.store import INDEX, Store, open_store

PAGE = Path(__file__).parent / "data" / "corpus" / "services-2023.html"
pytestmark = pytest.mark.usefixtures("in_process")


def _found(store: Store, asked: str, kind: str = "", most: int = 500) -> list[Hit]:
    with opened(store.path) as index:
        return index.find(asked, kind, most)


def _as_scanned(store: Store, asked: str) -> set[str]:
    """What a scan of all that the index holds finds, without an index."""
    with closing(sqlite3.connect(store.path / INDEX)) as database:
        rows = database.execute("SELECT iri, name, text, basis, context FROM entry")
        return {iri for iri, *texts in rows if any(f" {asked} " in f" {words(t)} " for t in texts)}


@pytest.mark.parametrize("asked", ["热线", "市", "满意度", "值班", "政务服务", "不存在的词"])
def test_a_word_of_any_length_is_found_wherever_it_stands(corpus: Store, asked: str) -> None:
    assert {hit.iri for hit in _found(corpus, asked, most=100_000)} == _as_scanned(
        corpus, words(asked)
    )


def test_names_come_first_and_kinds_are_counted(corpus: Store) -> None:
    first = _found(corpus, "热线")[0]
    assert "热线" in first.name
    with opened(corpus.path) as index:
        counts = index.counts("热线")
    assert counts["project"] >= 1
    assert sum(counts.values()) == len(_found(corpus, "热线", most=100_000))
    assert {hit.kind for hit in _found(corpus, "热线", "project")} == {"project"}


@pytest.mark.parametrize("asked", ["热线", "2023", "农业 农村", "县", "满意度"])
@pytest.mark.parametrize("kind", ["", "indicator"])
def test_pages_of_hits_are_the_hits_in_order(corpus: Store, asked: str, kind: str) -> None:
    whole = _found(corpus, asked, kind, most=100_000)
    with opened(corpus.path) as index:
        assert len(whole) == sum(n for k, n in index.counts(asked).items() if kind in ("", k)) > 0
        for size in (7, 50):
            pages = [index.find(asked, kind, size, at) for at in range(0, len(whole) + size, size)]
            assert [hit for page in pages for hit in page] == whole
    named = [all(f" {words(w)} " in f" {words(h.name)} " for w in asked.split()) for h in whole]
    assert named == sorted(named, reverse=True), "what has the words in its name comes first"


def test_all_words_must_be_there_and_grounds_count(corpus: Store) -> None:
    both = {hit.iri for hit in _found(corpus, "巨鹿 热线", most=100_000)}
    assert both == _as_scanned(corpus, "巨 鹿") & _as_scanned(corpus, "热 线") != set()
    grounded = next(hit for hit in _found(corpus, "热线", "indicator") if len(hit.basis) > 4)
    assert grounded.iri in {hit.iri for hit in _found(corpus, grounded.basis, most=100_000)}


@given(st.text(max_size=20))
def test_nothing_that_is_asked_for_is_a_fault(corpus: Store, asked: str) -> None:
    _found(corpus, asked)


def test_the_index_follows_the_documents(tmp_path: Path) -> None:
    page, folder = Path(shutil.copy(PAGE, tmp_path / "page.html")), tmp_path / "store"
    build([page], folder)
    with open_store(folder) as store:
        assert _found(store, "热线")
    page.write_text(page.read_text(encoding="utf-8").replace("热线", "专线"), encoding="utf-8")
    build([page], folder)
    with open_store(folder) as store:
        assert not _found(store, "热线")
        assert _found(store, "专线")


def _asked(store: Store, query: str) -> set[tuple[str, ...]]:
    found = store.database.query(query, prefixes={"jx": JX[""].value, "dct": DCT[""].value})
    assert isinstance(found, QuerySolutions)
    return {tuple("" if t is None else str(getattr(t, "value", "")) for t in row) for row in found}


def test_what_is_listed_is_what_the_graph_says(corpus: Store) -> None:
    failed = """SELECT ?code ?severity (COUNT(?f) AS ?n) {
        ?f a jx:Finding ; dct:identifier ?code ; jx:severity ?severity }
        GROUP BY ?code ?severity"""
    budgets = """SELECT ?b ?d ?name ?year ?region {
        ?b a jx:DepartmentBudget ; jx:department ?d ; jx:departmentName ?name
        OPTIONAL { ?b jx:budgetYear ?year } OPTIONAL { ?d dct:spatial ?region } }"""
    projects = "SELECT ?p ?b {?p a jx:BudgetProject ; jx:partOfBudget ?b}"
    with opened(corpus.path) as index:
        assert {(*rule, str(n)) for rule, n in index.failed().items()} == _asked(corpus, failed)
        assert {astuple(budget) for budget in index.budgets()} == _asked(corpus, budgets)
        of_all = index.projects_of_budgets([budget.iri for budget in index.budgets()])
        assert {(hit.iri, hit.part_of) for hit in of_all} == _asked(corpus, projects)
        assert len(of_all) == len({hit.iri for hit in of_all})
        for code, _ in index.failed():
            of_rule = f'?f a jx:Finding ; dct:identifier "{code}" ; dct:source ?d'
            told = _asked(corpus, f"SELECT ?d (COUNT(?f) AS ?n) {{ {of_rule} }} GROUP BY ?d")
            failing = index.failing(code)
            assert {(d, str(n)) for d, n in failing.items()} == told
            assert index.failed(list(failing)).total() >= sum(failing.values())


def _of_index(store: Store, query: str) -> list[Any]:
    with closing(sqlite3.connect(store.path / INDEX)) as database:
        return database.execute(query).fetchall()


def _wordings(store: Store) -> list[tuple[str, int]]:
    return _of_index(store, "SELECT text, uses FROM wording")


def _clustered(store: Store) -> list[tuple[str, str]]:
    return _of_index(store, "SELECT text, first FROM cluster WHERE text = centre")


def test_what_is_compared_is_what_the_graph_says(corpus: Store) -> None:
    wordings = """SELECT ?text (COUNT(DISTINCT ?i) AS ?count) (MIN(STR(?i)) AS ?first) {
        ?i a jx:PerformanceIndicator ; jx:normalisedName ?name
        OPTIONAL { ?i jx:normalisedDescription ?told FILTER (?told != ?name && ?told != "") }
        BIND (IF(BOUND(?told), CONCAT(?name, "|", ?told), ?name) AS ?text) } GROUP BY ?text"""
    names = """SELECT ?name ?d ?region { ?p a jx:BudgetProject ; jx:normalisedName ?name ;
        jx:partOfBudget/jx:department ?d OPTIONAL { ?d dct:spatial ?region } }"""
    budgets = """SELECT ?b { ?b a jx:DepartmentBudget ; jx:budgetYear ?year ; jx:department ?d ;
        jx:documentKind <https://w3id.org/jixiao/code/document-kind/budget> }"""
    contents = """SELECT ?p ?name ?of { ?p jx:partOfBudget <BUDGET> ; a jx:BudgetProject ;
        jx:normalisedName ?name OPTIONAL { ?p jx:hasIndicator/jx:normalisedName ?of } }"""
    with open_state(corpus.path) as known:
        told = _asked(corpus, wordings)
        assert {(t, str(n)) for t, n in _wordings(corpus)} == {(t, n) for t, n, _ in told} != set()
        assert set() < {*_clustered(corpus)} < {(text, first) for text, _, first in told}
        assert set(known.names()) == _asked(corpus, names) != set()
        compared = {budget.iri for budget in known.comparable()}
        assert {(iri,) for iri in compared} == _asked(corpus, budgets) != set()
        for budget in compared:
            told = _asked(corpus, contents.replace("BUDGET", budget))
            assert set(known.contents(budget)) == told


def test_what_says_nothing_is_not_compared() -> None:
    def said(name: str) -> list[Quad]:
        one = NamedNode(f"urn:{name}")
        return [
            Quad(one, RDF.type, JX.PerformanceIndicator),
            Quad(one, JX.normalisedName, Literal(normalised(name))),
        ]

    of_both = index_entries([*said("—"), *said("接通率")], [])
    assert [worded.text for worded in of_both.worded] == ["接通率"]


def test_a_budget_of_two_papers_is_compared_once(tmp_path: Path) -> None:
    shutil.copy(PAGE, tmp_path / "page.html")
    again = PAGE.read_text(encoding="utf-8") + "<!-- the same paper, printed again -->"
    (tmp_path / "again.html").write_text(again, encoding="utf-8")
    build([tmp_path], tmp_path / "store")
    with open_store(tmp_path / "store") as store, open_state(store.path) as known:
        assert len(store.documents()) == 2
        assert len(known.comparable()) == 1
        said = [iri for text, _ in _wordings(store) for iri in known.indicators_with(text)]
        assert len(said) == len(set(said)) == sum(uses for _, uses in _wordings(store)) > 0


def test_an_index_of_another_form_is_made_anew(tmp_path: Path) -> None:
    shutil.copy(PAGE, tmp_path / "page.html")
    folder = tmp_path / "store"
    build([tmp_path / "page.html"], folder)
    with open_store(folder) as store, closing(sqlite3.connect(store.path / INDEX)) as database:
        found = _found(store, "热线")
        for table in ("worded", "entry"):
            database.execute(f"DROP TABLE {table}")
        database.execute("CREATE TABLE entry (iri TEXT)")
        database.execute("PRAGMA user_version = 0")
    (tmp_path / "other.txt").write_text("某局2024年部门预算公开", encoding="utf-8")
    build([tmp_path], folder)
    with open_store(folder) as store, open_state(store.path) as known:
        assert _found(store, "热线") == found != []
        assert list(known.names())
        assert _wordings(store)


def test_a_document_whose_replacement_is_broken_off_is_indexed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, folder = Path(shutil.copy(PAGE, tmp_path / "page.html")), tmp_path / "store"
    build([page], folder)
    with open_store(folder) as store:
        found = _found(store, "热线")

    def broken_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "replace", broken_off)
    with pytest.raises(KeyboardInterrupt):
        build([page], folder, again=True)
    monkeypatch.undo()
    with open_store(folder, latest=True) as store:
        assert not _found(store, "热线"), "nothing that may be of another reading"
    build([page], folder)
    with open_store(folder) as store:
        assert _found(store, "热线") == found != []


def test_each_project_of_an_indicator_is_named_once(corpus: Store) -> None:
    hits = _found(corpus, "热线", "indicator")
    with opened(corpus.path) as index:
        found = index.projects_of_indicators([hit.iri for hit in hits])
    assert sorted(found) == sorted({hit.part_of for hit in hits})


def test_the_lists_follow_the_documents(tmp_path: Path) -> None:
    page, folder = Path(shutil.copy(PAGE, tmp_path / "page.html")), tmp_path / "store"
    (tmp_path / "other.txt").write_text("某局2024年部门预算公开", encoding="utf-8")
    build([tmp_path / "other.txt"], folder)
    with open_store(folder) as store, opened(store.path) as index:
        of_other = index.failed()
    build([tmp_path], folder)
    with open_store(folder) as store, opened(store.path) as index:
        assert len(store.documents()) == 2
        assert index.failed().total() > of_other.total()
        budgets = index.budgets()
    page.write_text(page.read_text(encoding="utf-8").replace("热线", "专线"), encoding="utf-8")
    build([page], folder)
    with open_store(folder) as store, opened(store.path) as index:
        assert index.budgets() == budgets
        assert not index.projects_called("热线")
        assert index.projects_called("专线")
    page.unlink()
    build([tmp_path], folder, prune=True)
    with open_store(folder) as store, opened(store.path) as index:
        assert index.failed() == of_other
        assert not index.projects_called("专线")
        assert len(index.budgets()) == len(budgets) - 1
