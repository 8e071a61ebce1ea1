"""The index of words: Chinese of one, two or more characters, brought up to date with the store."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao.build import build
from jixiao.search import Hit, opened, words
from jixiao.store import INDEX, Store, open_store

PAGE = Path(__file__).parent / "data" / "juluxian-2023" / "juluxian-2023.html"


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
