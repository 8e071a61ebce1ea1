"""Versions of a store: a reader is not disturbed, a writer that fails publishes nothing."""

import shutil
from pathlib import Path

import pytest

from jixiao.pipeline.build import build
from jixiao.store.store import create_store, open_store
from jixiao.store.versions import published, stamp, unfinished

PAGE = Path(__file__).parent / "data" / "corpus" / "services-2023.html"
pytestmark = pytest.mark.usefixtures("in_process")


def test_a_reader_keeps_its_version_while_new_ones_are_published(tmp_path: Path) -> None:
    page, folder = Path(shutil.copy(PAGE, tmp_path / "page.html")), tmp_path / "store"
    build([page], folder)
    seen, token = stamp(folder), published(folder).token
    with open_store(folder) as reader:
        before = set(reader.quads())
        for text in ("一", "二", "三"):
            page.write_text(f"<p>某某局202{len(text)}年部门预算{text}</p>", encoding="utf-8")
            build([page], folder, again=True)
        assert set(reader.quads()) == before
        assert reader.path.is_dir()
        with open_store(folder) as now:
            assert set(now.quads()) != before
    assert stamp(folder) != seen
    assert published(folder).token != token
    build([page], folder, again=True)
    assert len(list((folder / "versions").glob("*/"))) == 1, "what nobody reads is deleted"


def test_what_a_writer_did_before_it_failed_is_not_published_but_kept(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    build([PAGE], folder)
    with open_store(folder) as store:
        count = len(store.database)

    def fails() -> None:
        with create_store(folder) as store:
            store.database.update("DROP ALL")
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    with open_store(folder) as store:
        assert len(store.database) == count
    with open_store(folder, latest=True) as begun:
        assert len(begun.database) == 0
    assert unfinished(folder)
    assert len(build([PAGE], folder).built) == 1
    assert not unfinished(folder)
    with open_store(folder) as store:
        assert len(store.database) >= count
