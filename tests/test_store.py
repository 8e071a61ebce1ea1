"""The store: documents are replaced whole, two builds of the same files are the same."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.answers import Answers
from tests.papers import in_process

from jixiao.errors import StoreError
from jixiao.pipeline.build import build, read_and_check
from jixiao.publishing import export
from jixiao.queries.answering import ask
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.namespaces import RDF
from jixiao.rdf.questions import questions
from jixiao.store.statistics import Counts, counts
from jixiao.store.store import Entry, Store, create_store, open_store

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DATA = ROOT / "tests" / "data"
CULTURE = DATA / "corpus" / "culture-2023.xlsx"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A small paper."""
    return Path(shutil.copy(DATA / "corpus" / "services-2023.html", tmp_path / "page.html"))


@pytest.fixture
def julu_page(tmp_path: Path) -> Path:
    """The disclosure that is the example, as a page."""
    return Path(shutil.copy(DATA / "juluxian-2023" / "juluxian-2023.html", tmp_path / "page.html"))


def _nquads(folder: Path, to: Path) -> bytes:
    with open_store(folder) as store:
        export(store, "nquads", to)
    return to.read_bytes()


def test_two_builds_are_the_same_bytes(page: Path, tmp_path: Path) -> None:
    with in_process():
        first = build([page, PDF], tmp_path / "one")
    again = build([PDF, page], tmp_path / "two", jobs=2)
    assert len(first.built) == len(again.built) == 2
    one, two = (_nquads(tmp_path / name, tmp_path / f"{name}.nq") for name in ("one", "two"))
    assert one == two
    assert b"jixiao/id/project/130529-20a459ccbc/2023/" in one
    assert str(tmp_path).encode() not in one, "an export names no local path"
    assert b"_:" not in one.replace(b'"', b""), "no blank nodes of ours"


def test_a_store_in_memory_answers_the_same(corpus: Store, answers: Answers) -> None:
    held = corpus.in_memory()
    assert held.database is not corpus.database
    assert held.documents() == corpus.documents()
    assert set(held.graphs()) == set(corpus.graphs())
    for known in questions():
        rows, same = ask(held, known.name).rows, answers(known.name).rows
        assert Counter(rows) == Counter(same), known.name
    with pytest.raises(StoreError) as refused:
        corpus.in_memory(most=2**20)
    assert refused.value.code == "store-large"


@pytest.mark.usefixtures("in_process")
def test_counts_are_kept_with_the_version_that_they_are_of(page: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    build([page], store)
    first = _counted(store)
    assert _counted(store) == first, "kept"
    build([CULTURE], store)
    second = _counted(store)
    assert len(second.graphs) > len(first.graphs)
    shutil.rmtree(store)
    build([page, CULTURE], store)
    assert _counted(store) == second


@pytest.mark.usefixtures("in_process")
def test_what_is_compared_is_loaded_in_steps(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([page], tmp_path / "whole")
    loads = list[int]()
    load = Store.bulk_load

    def counted(store: Store, entries: Sequence[Entry]) -> None:
        loads.append(len(entries))
        load(store, entries)

    monkeypatch.setattr("jixiao.store.store._COMPARED_AT_ONCE", 20)
    monkeypatch.setattr(Store, "bulk_load", counted)
    build([page], tmp_path / "steps")
    assert loads.count(0) > 2
    whole, steps = (_nquads(tmp_path / n, tmp_path / f"{n}.nq") for n in ("whole", "steps"))
    assert whole == steps


def _counted(folder: Path) -> Counts:
    """Return the counts of a store, which are those of its triples."""
    with open_store(folder) as store:
        found = counts(store)
        assert found.triples == sum(1 for _ in store.union())
        assert sum(found.graphs.values()) == sum(1 for _ in store.quads())
        assert found.classes == Counter(
            str(quad.object)[1:-1] for quad in store.union() if quad.predicate == RDF.type
        )
    return found


@pytest.mark.usefixtures("in_process")
def test_an_unchanged_file_is_skipped(page: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert len(build([page], store).built) == 1
    before = _nquads(store, tmp_path / "a.nq")
    second = build([page], store)
    assert (second.built, second.skipped) == ((), (page,))
    assert len(build([page], store, again=True).built) == 1
    assert _nquads(store, tmp_path / "b.nq") == before


@pytest.mark.usefixtures("in_process")
def test_a_changed_file_takes_its_own_place(page: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = build([page], store).built[0].record.projects[0].name
    page.write_text(page.read_text(encoding="utf-8").replace("热线", "专线"), encoding="utf-8")
    after = build([page], store).built[0].record.projects[0].name
    assert after == before.replace("热线", "专线") != before
    build([page], tmp_path / "fresh")
    fresh = _nquads(tmp_path / "fresh", tmp_path / "b.nq")
    assert _nquads(store, tmp_path / "a.nq") == fresh


@pytest.mark.usefixtures("in_process")
def test_a_copy_keeps_the_document_when_the_other_changes(page: Path, tmp_path: Path) -> None:
    copy, store = Path(shutil.copy(page, tmp_path / "copy.html")), tmp_path / "store"
    build([page, copy], store)
    document = read_and_check(copy).record.document.sha256
    page.write_text("<html><body><p>某某局2024年部门预算</p></body></html>", encoding="utf-8")
    build([page], store)
    with open_store(store) as opened:
        assert document_iri(document) in opened.documents()
        assert list(opened.quads(graphs(document_iri(document))[:1]))


@pytest.mark.usefixtures("in_process")
def test_the_default_graph_is_the_union_each_triple_once(julu_page: Path, tmp_path: Path) -> None:
    """Two papers of one disclosure answer like one; what only the dropped one said is gone."""
    store = tmp_path / "store"
    build([julu_page], store)
    with open_store(store) as opened:
        alone = {name: ask(opened, name) for name in NAMES}
    build([PDF], store)
    with open_store(store) as opened:
        assert {name: ask(opened, name) for name in NAMES} == alone
        _is_union(opened)
    julu_page.write_text("<html><body><p>某某局2024年部门预算</p></body></html>", encoding="utf-8")
    build([julu_page], store)
    with open_store(store) as opened:
        assert {name: ask(opened, name) for name in NAMES} == alone
        _is_union(opened)


NAMES = ("projects", "category-use", "missing-basis", "same-target", "name-as-description",
         "cost-over-amount")  # fmt: skip


def _is_union(store: Store) -> None:
    triples = {(q.subject, q.predicate, q.object) for q in store.quads()}
    union = [(q.subject, q.predicate, q.object) for q in store.union()]
    assert len(union) == len(triples)
    assert set(union) == triples


def test_a_foreign_folder_is_left_alone(tmp_path: Path, page: Path) -> None:
    with pytest.raises(StoreError, match="no jixiao store"), open_store(tmp_path / "none"):
        pass
    with pytest.raises(StoreError, match="not empty"):
        build([page], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_another_version_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "jixiao-store.json").write_text('{"format": "jixiao-store/9"}')
    with pytest.raises(StoreError, match="jixiao-store/9"), open_store(tmp_path):
        pass


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with (
        create_store(tmp_path / "store"),
        pytest.raises(StoreError, match="another process"),
        create_store(tmp_path / "store"),
    ):
        pass


DIES = """
import os, sys
from pathlib import Path
from jixiao.pipeline.build import build
from jixiao.store.store import Store
class Dying:
    def __init__(self, database):
        self.database, self.left = database, int(sys.argv[3])
    def __getattr__(self, name):
        return getattr(self.database, name)
    def bulk_load(self, **given):
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), 9)
        self.database.bulk_load(**given)
load = Store.bulk_load
def dying(self, entries):
    self.database = Dying(self.database)
    load(self, entries)
    os.kill(os.getpid(), 9)
Store.bulk_load = dying
build([Path(sys.argv[1])], Path(sys.argv[2]), limits=None)
"""


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("loads", [
    pytest.param(0, marks=pytest.mark.exhaustive), 1, pytest.param(2, marks=pytest.mark.exhaustive),
])  # fmt: skip
def test_a_killed_writer_leaves_a_store_that_opens(page: Path, tmp_path: Path, loads: int) -> None:
    """Whenever a load is broken off: before the union is loaded, before the graphs, after them."""
    folder, fresh = tmp_path / "store", tmp_path / "fresh"
    command = [sys.executable, "-c", DIES, str(page), str(folder), str(loads)]
    assert subprocess.run(command, check=False).returncode == -9
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    build([page], folder)
    build([page], fresh)
    assert _nquads(folder, tmp_path / "a.nq") == _nquads(fresh, tmp_path / "b.nq")
    page.unlink()
    build([CULTURE], other)
    for built in (folder, other):
        with open_store(built) as opened:
            _is_union(opened)


def test_a_damaged_store_below_a_folder_named_lock_is_not_called_locked(
    page: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "lock" / "store"
    build([page], folder)
    next(folder.glob("versions/*/graph/CURRENT")).write_bytes(b"no manifest")
    with pytest.raises(StoreError, match="its database is damaged"), open_store(folder):
        pass
