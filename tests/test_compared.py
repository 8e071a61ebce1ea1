"""Comparing goes into what changed, and comes to what comparing all documents anew does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from jixiao.comparison import continuity, update
from jixiao.comparison.continuity import Budget, Link
from jixiao.comparison.state import ComparisonState
from jixiao.comparison.update import compare
from jixiao.fingerprints import Fingerprints
from jixiao.rdf.derived.text_features import likeness
from jixiao.rdf.iris import document_iri
from jixiao.rdf.namespaces import HOME, JX
from jixiao.store import search_index
from jixiao.store.provenance import LEDGER
from jixiao.store.search_index import ComparedWording, IndexEntries, written
from jixiao.store.store import (
    COMPARISON,
    Entry,
    SerializedQuads,
    Store,
    create_store,
    fingerprint_text,
)

CONTINUES = str(JX.continues)
Project = tuple[str, tuple[str, ...]]  # its name, and what its indicators say


@dataclass(frozen=True)
class Paper:
    """What of a paper is compared."""

    region: str
    department: str
    year: int
    projects: tuple[Project, ...]

    @property
    def iri(self) -> str:
        """The document, named by what it says."""
        return document_iri(sha256(repr(self).encode()).hexdigest()).value

    def index_entries(self) -> IndexEntries:
        """What the index holds of it."""
        department = f"{HOME}id/{self.department}"
        budget = f"{department}/{self.year}"
        region = self.region and f"{HOME}id/{self.region}"
        worded = [ComparedWording("budget", budget, department, "", "")]
        for project, texts in self.projects:
            of = f"{budget}/{project}"
            worded.append(ComparedWording("project", of, budget, project, project))
            worded += [
                ComparedWording("indicator", f"{of}/{text}", of, text, text) for text in texts
            ]
        listed = search_index.Budget(budget, department, self.department, str(self.year), region)
        return IndexEntries((), (listed,), tuple(worded), Counter())


def _paper(region: str, department: str, year: int, *projects: Project) -> Paper:
    return Paper(region, department, year, projects)


_TEXTS = (
    "热线接通率高", "热线接通率高。", "热线接通率较高", "热线办结率高",
    "培训人数多", "培训人数较多", "",
)  # fmt: skip
_PROJECTS = st.tuples(
    st.sampled_from(["热线运行", "热线运行2024年", "培训", "培训费", "办公"]),
    st.lists(st.sampled_from(_TEXTS), max_size=4, unique=True).map(tuple),
)
_PAPERS = st.builds(
    Paper,
    region=st.sampled_from(["", "甲县", "乙县"]),
    department=st.sampled_from(["水务局", "水利局", "教育局"]),
    year=st.sampled_from([2023, 2024]),
    projects=st.lists(_PROJECTS, max_size=3, unique_by=lambda p: p[0]).map(tuple),
)
_STEPS = st.lists(st.lists(_PAPERS, max_size=6, unique=True), min_size=2, max_size=4)


@pytest.fixture(autouse=True)
def _soon_commonplace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what three departments have be commonplace, so that a few papers turn a name."""
    rules = likeness()
    few = msgspec.structs.replace(rules.succession, commonplace=2)
    changed = msgspec.structs.replace(rules, succession=few)
    monkeypatch.setattr(continuity, "likeness", lambda: changed)


def _become(store: Store, papers: Sequence[Paper]) -> None:
    """Have these papers in a store and its index, and no others."""
    wanted = {paper.iri: paper for paper in papers}
    known = {document.value for document in store.documents()}
    for iri in known - wanted.keys():
        store.drop_file(iri)
        search_index.drop(store.path, iri)
    for iri in wanted.keys() - known:
        entry = Entry(iri, document_iri(iri.rpartition("/")[2]), Fingerprints("1"))
        store.stage(SerializedQuads(b"", b""))
        store.seal()
        store.bulk_load([entry])
        search_index.add(
            store.path, [(iri, fingerprint_text(entry.made_by), wanted[iri].index_entries())]
        )


def _found(store: Store) -> set[Quad]:
    return set(store.quads([COMPARISON]))


def _anew(store: Store) -> set[Quad]:
    """Return what comparing all documents comes to."""
    for quad in list(store.database.quads_for_pattern(COMPARISON, None, None, LEDGER)):
        store.database.remove(quad)
    assert not store.is_compared()
    compare(store)
    return _found(store)


A = _paper("甲县", "水务局", 2023, ("热线运行", _TEXTS[:2]), ("培训", ()))
B = _paper("甲县", "水务局", 2024, ("热线运行2024年", _TEXTS[:2]), ("培训", ()))
C = _paper("甲县", "水利局", 2024, ("热线运行", _TEXTS[1:3]))
D = _paper("乙县", "教育局", 2024, ("热线运行", _TEXTS[1:4]))


@settings(max_examples=5)
@example(steps=[[A, B], [A], [A, B]])
@example(steps=[[A, C], [A, C, D], [A, C]])  # a name turns commonplace in another region, and back
@example(steps=[[A], [A, D], [D], []])  # another wording is used most
@given(steps=_STEPS)
def test_what_changed_is_compared_as_all_is(
    steps: list[list[Paper]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with create_store(tmp_path_factory.mktemp("compared") / "store") as store:
        for papers in steps:
            _become(store, papers)
            compare(store)
            assert store.is_compared()
            found = _found(store)
            assert {quad.triple for quad in found} == {quad.triple for quad in store.union()}
            if papers is steps[-1]:
                assert _anew(store) == found
        del store


def test_examples_are_of_what_they_are_for(tmp_path: Path) -> None:
    with create_store(tmp_path / "store") as store:
        _become(store, [A, C])
        compare(store)
        assert CONTINUES in {str(quad.predicate) for quad in _found(store)}
        _become(store, [A, C, D])
        compare(store)
        assert CONTINUES not in {str(quad.predicate) for quad in _found(store)}
        del store


def test_only_regions_that_changed_are_compared_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = list[str]()

    def watched(budgets: Sequence[Budget], common: set[str]) -> list[Link]:
        regions.extend({budget.region[-2:] for budget in budgets})
        return list(continuity.links(budgets, common))

    monkeypatch.setattr(update, "links", watched)
    other = _paper("乙县", "教育局", 2023, ("办公", ()))
    more = _paper("乙县", "教育局", 2024, ("办公", ()))
    with create_store(tmp_path / "store") as store:
        _become(store, [A, B, other])
        compare(store)
        assert sorted(regions) == ["乙县", "甲县"]
        regions.clear()
        _become(store, [A, B, other, more])
        compare(store)
        assert regions == ["乙县"]
        regions.clear()
        _become(store, [A, B])
        compare(store)
        assert regions == []
        del store


def test_only_what_changed_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, into = set[Quad](), set[Quad]()

    def watched(store: Store, gone: Sequence[Quad], fresh: Sequence[Quad]) -> None:
        out.update(gone)
        into.update(fresh)
        change(store, gone, list(into))

    change = Store.change_comparison
    monkeypatch.setattr(Store, "change_comparison", watched)
    with create_store(tmp_path / "store") as store:
        _become(store, [A, B])
        compare(store)
        before = _found(store)
        assert not into, "all was new"
        _become(store, [A, B, D])
        compare(store)
        after = _found(store)
        assert into.isdisjoint(before)
        assert out.isdisjoint(after)
        assert before ^ after <= into | out
        assert 0 < len(into | out) < len(after)
        del store


def _steps_of_one_more(folder: Path, papers: int) -> int:
    """Return how many steps a database of so many papers takes to group one more.

    It grew a few at a time; two thirds of what papers say begins with words that were new then,
    and is of pairs of characters that each are used as often among few as among many.
    """
    random, steps = Random(papers), list[None]()
    characters = [chr(0x4E00 + number) for number in range(int(3 * papers**0.5))]

    def paper(number: int) -> tuple[str, str, IndexEntries]:
        new = "碳排放强度" if number > papers / 3 else ""
        said = [new + "".join(random.choices(characters, k=12)) for _ in range(4)]
        made = _paper("甲县", f"第{number}局", 2024, ("热线", (*said, f"{number % 10}" + said[0])))
        return made.iri, "1", made.index_entries()

    folder.mkdir()
    for first in range(0, papers, 50):
        search_index.add(folder, map(paper, range(first, min(first + 50, papers))))
        with written(folder) as database:
            ComparisonState(database).update_clusters()
            ComparisonState(database).keep("all")
    search_index.add(folder, [paper(papers)])
    with written(folder) as database:
        database.set_progress_handler(lambda: steps.append(None), 1)
        _, now = ComparisonState(database).update_clusters()
        assert len([*ComparisonState(database).new_indicators()]) == 5
        assert now.centre_of, "what is new is a near-duplicate"
    return len(steps)


def test_one_more_paper_is_grouped_without_going_through_all(tmp_path: Path) -> None:
    among_few, among_many = (_steps_of_one_more(tmp_path / str(n), n) for n in (100, 1000))
    assert 0 < among_many < 2 * among_few


@pytest.mark.parametrize(
    "at", [(Store, "_add_compared"), (Store, "_remove"), (ComparisonState, "update_clusters")]
)
def test_comparing_that_breaks_off_is_made_up_for(
    at: tuple[type, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = getattr(*at)

    def done(*given: object) -> None:
        step(*given)
        raise KeyboardInterrupt

    with create_store(tmp_path / "store") as store:
        for papers in ([A, B, D], [A, B, C]):
            _become(store, papers)
            with monkeypatch.context() as patched:
                patched.setattr(*at, done)
                with pytest.raises(KeyboardInterrupt):
                    compare(store)
            assert not store.is_compared()
            compare(store)
            found = _found(store)
            assert {quad.triple for quad in found} == {quad.triple for quad in store.union()}
            assert _anew(store) == found
        del store
