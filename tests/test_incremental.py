"""Papers are renamed, copied, changed and dropped between builds: the store is as a new one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.answers import ROOT, nquads
from tests.papers import in_process

from jixiao.cli import cli
from jixiao.errors import FileError, StoreError, UsageError
from jixiao.extraction.evidence import likeness, shapes
from jixiao.pipeline import build as building
from jixiao.pipeline.build import Limits, build
from jixiao.rdf.derived import text_features
from jixiao.store.search_index import opened
from jixiao.store.statistics import counts
from jixiao.store.store import SOURCES, Store, create_store, open_store

CORPUS = ROOT / "tests" / "data" / "corpus"


def _paper(text: str) -> str:
    return f"<p>巨鹿县水务局2024年部门预算</p><p>{text}</p>"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Two papers."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.html").write_text(_paper(name), encoding="utf-8")
    return folder


def _like_new(store: Path, papers: Path, scratch: Path) -> None:
    """Assert that a store is what a new one of these papers is, in each of its parts."""
    fresh = scratch / "fresh"
    build([papers], fresh)
    assert nquads(store, scratch / "a.nq") == nquads(fresh, scratch / "b.nq")
    with open_store(store) as one, open_store(fresh) as other:
        assert set(one.union()) == set(other.union())
        assert one.documents() == other.documents()
        with opened(one.path) as indexed, opened(other.path) as anew:
            assert indexed.failed() == anew.failed()
            assert sorted(map(repr, indexed.budgets())) == sorted(map(repr, anew.budgets()))
    shutil.rmtree(fresh)


@pytest.mark.usefixtures("in_process")
def test_names_that_are_swapped_lose_nothing(papers: Path, tmp_path: Path) -> None:
    build([papers], tmp_path / "store")
    (papers / "a.html").rename(papers / "c.html")
    (papers / "b.html").rename(papers / "a.html")
    (papers / "c.html").rename(papers / "b.html")
    done = build([papers], tmp_path / "store")
    assert (done.tally.documents, len(done.known)) == (0, 2)
    _like_new(tmp_path / "store", papers, tmp_path)


@pytest.mark.usefixtures("in_process")
def test_a_paper_that_made_room_for_a_new_one_is_kept(papers: Path, tmp_path: Path) -> None:
    build([papers], tmp_path / "store")
    (papers / "b.html").rename(papers / "a-of-before.html")
    (papers / "b.html").write_text(_paper("new"), encoding="utf-8")
    assert build([papers], tmp_path / "store").tally.documents == 1
    _like_new(tmp_path / "store", papers, tmp_path)


@pytest.mark.usefixtures("in_process")
def test_a_copy_that_stays_gives_its_name(papers: Path, tmp_path: Path) -> None:
    shutil.copy(papers / "a.html", papers / "copy.html")
    build([papers], tmp_path / "store")
    (papers / "a.html").write_text(_paper("changed"), encoding="utf-8")
    build([papers], tmp_path / "store")
    _like_new(tmp_path / "store", papers, tmp_path)


_NAMES = st.sampled_from(["a", "b", "c"])
_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), _NAMES, st.sampled_from(["一", "二", "三"])),
        st.tuples(st.just("move"), _NAMES, _NAMES),
        st.tuples(st.just("copy"), _NAMES, _NAMES),
        st.tuples(st.just("delete"), _NAMES, _NAMES),
        st.tuples(st.just("swap"), _NAMES, _NAMES),
        st.tuples(st.just("build"), _NAMES, _NAMES),
    ),
    min_size=2,
    max_size=6,
)


def _do(action: str, one: str, other: str, papers: Path, store: Path) -> None:
    file = papers / f"{one}.html"
    if action == "write":
        file.write_text(_paper(other), encoding="utf-8")
    elif action == "build":
        build([papers], store)
    elif action == "swap":
        for old, new in ((one, "x"), (other, one), ("x", other)):
            _do("move", old, new, papers, store)
    elif action == "delete":
        file.unlink(missing_ok=True)
    elif file.exists() and one != other:
        (shutil.move if action == "move" else shutil.copy)(file, papers / f"{other}.html")


@settings(max_examples=6)
@example(actions=[("swap", "a", "b")])
@example(actions=[("move", "a", "c"), ("write", "a", "一"), ("copy", "b", "a")])
@given(actions=_ACTIONS)
def test_whatever_is_done_to_the_papers(
    actions: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("done")
    (papers := folder / "papers").mkdir()
    for name in ("a", "b", "kept"):
        (papers / f"{name}.html").write_text(_paper(name), encoding="utf-8")
    with in_process():
        for action in (("build", "", ""), *actions):
            _do(*action, papers, folder / "store")
        build([papers], folder / "store", prune=True)
        _like_new(folder / "store", papers, folder)
    shutil.rmtree(folder)


@pytest.mark.usefixtures("in_process")
def test_what_is_held_to_another_profile_is_told_apart_in_copies(
    tmp_path: Path,
) -> None:
    (papers := tmp_path / "papers").mkdir()
    shutil.copy(CORPUS / "water-2024.docx", papers / "a.docx")
    shutil.copy(CORPUS / "water-2024.docx", papers / "b.docx")
    build([papers], tmp_path / "store")
    (papers / "b.docx").unlink()
    assert build([papers], tmp_path / "store", profile="strict").tally.documents == 1
    assert build([papers], tmp_path / "store").tally.documents == 1
    build([papers], tmp_path / "store", prune=True)
    _like_new(tmp_path / "store", papers, tmp_path)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("at", ["add_file", "delete_orphans", "rename"])
def test_a_build_that_breaks_off_while_it_settles_is_made_up_for(
    at: str, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    shutil.copy(papers / "a.html", papers / "copy.html")
    build([papers], store)
    (papers / "a.html").write_text(_paper("changed"), encoding="utf-8")
    (papers / "b.html").rename(papers / "moved.html")
    shutil.copy(papers / "moved.html", papers / "again.html")
    with monkeypatch.context() as patched:
        patched.setattr(Store, at, _once(getattr(Store, at)))
        with pytest.raises(KeyboardInterrupt):
            build([papers], store)
    build([papers], store)
    _like_new(store, papers, tmp_path)


def _once(step: Callable[..., None]) -> Callable[..., None]:
    """Return a step that is done, and then broken off."""

    def done(*given: object) -> None:
        step(*given)
        raise KeyboardInterrupt

    return done


@pytest.mark.usefixtures("in_process")
def test_a_paper_that_changes_while_it_is_read_costs_no_other(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(papers / "a.html", papers / "copy.html")
    known: Callable[[Path], object] = vars(building)["_document"]

    def then_changed(path: Path) -> object:
        document = known(path)
        if path.name == "a.html":
            path.write_text(_paper("changed meanwhile"), encoding="utf-8")
        return document

    with monkeypatch.context() as patched:
        patched.setattr(building, "_document", then_changed)
        done = build([papers], tmp_path / "store")
    assert [(failed.path.name, failed.error.code) for failed in done.failed] == [
        ("copy.html", "changed")
    ]
    assert build([papers], tmp_path / "store").tally.documents == 1
    _like_new(tmp_path / "store", papers, tmp_path)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("left", ["0001.0123abcd", "0001"])
def test_a_first_build_that_broke_off_is_in_nobodys_way(
    left: str, papers: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    with create_store(store):
        pass
    (begun := store / "versions" / "0002").rename(store / "versions" / left)
    assert not begun.exists()
    (store / "jixiao-store.json").rename(store / ".jixiao-store.json.x1y2")
    build([papers], store)
    _like_new(store, papers, tmp_path)
    (tmp_path / "other" / "versions" / "1.0").mkdir(parents=True)
    with pytest.raises(StoreError, match="not empty"):
        build([papers], tmp_path / "other")


@pytest.mark.usefixtures("in_process")
def test_what_could_not_be_looked_into_is_not_gone(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    for name in ("closed", "packed"):
        (papers / name).mkdir()
        (papers / name / f"{name}.html").write_text(_paper(name), encoding="utf-8")
    shutil.make_archive(str(papers / "packed"), "zip", papers / "packed")
    shutil.rmtree(papers / "packed")
    build([papers], store)
    whole, scandir = (papers / "packed.zip").read_bytes(), os.scandir

    def refused(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    (papers / "packed.zip").write_bytes(whole[:60])
    monkeypatch.setattr(os, "scandir", refused)
    done = build([papers], store, prune=True)
    monkeypatch.undo()
    told = {failed.path.name: failed.error.code for failed in done.failed}
    assert told == {"closed": "unreadable-folder", "packed.zip": "broken-zip"}
    assert done.dropped == ()
    (papers / "packed.zip").write_bytes(whole)
    _like_new(store, papers, tmp_path)


@pytest.mark.usefixtures("in_process")
def test_a_name_may_have_a_line_break(papers: Path, tmp_path: Path) -> None:
    store, own = tmp_path / "store", papers / os.fsdecode("第一行\n第二行".encode() + b"\xff.html")
    own.write_text(_paper("名"), encoding="utf-8")
    build([papers], store)
    assert [path.name for path in build([papers], store).skipped] == ["a.html", "b.html", own.name]
    with open_store(store, latest=True) as opened_store:
        assert str(own.resolve()) in opened_store.paths()
    own.unlink()
    assert build([papers], store, prune=True).dropped == (str(own.resolve()),)
    _like_new(store, papers, tmp_path)


@pytest.mark.usefixtures("in_process")
def test_half_a_path_that_a_killed_writer_left_is_taken_out(papers: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    build([papers], store)
    with open_store(store) as opened_store:
        paths, listed = opened_store.paths(), opened_store.path / SOURCES
    with listed.open("ab") as file:
        file.write(b'"/half of a pa')
    (papers / "c.html").write_text(_paper("c"), encoding="utf-8")
    build([papers], store)
    with open_store(store) as opened_store:
        assert opened_store.paths() == sorted([*paths, str((papers / "c.html").resolve())])


@pytest.mark.usefixtures("in_process")
def test_another_reader_reads_anew(papers: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "juluxian-2023.pdf", papers)
    read = [
        build([papers], tmp_path / "store", reader=reader).tally.documents
        for reader in ("pdfium", "pdfium", "pdfplumber", "pdfplumber", "pdfium")
    ]
    assert read == [3, 0, 1, 0, 1], "of the three the PDF only"


@pytest.mark.usefixtures("in_process")
def test_names_of_chinese_windows_are_shown_as_they_were_meant(tmp_path: Path) -> None:
    (papers := tmp_path / "papers").mkdir()
    for name in ("预算", "坏"):
        path = papers / os.fsdecode(f"{name}.html".encode("gb18030"))
        path.write_bytes(_paper("名").encode() if name == "预算" else b"")
    for known in (0, 1):
        done = build([papers], tmp_path / "store")
        assert (len(done.skipped), len(done.failed)) == (known, 1)
        assert "坏.html" in done.failed[0].error.message.zh
    with open_store(tmp_path / "store") as store:
        assert [store.file_name(document) for document in store.documents()] == ["预算.html"]
    command = ["--lang", "zh", "build", str(papers), "--store", str(tmp_path / "other")]
    told = CliRunner().invoke(cli, command)
    assert told.exit_code == 1
    assert "坏.html" in told.output


@pytest.mark.usefixtures("hostile")
def test_limits_of_ones_own_hold_for_a_single_paper(tmp_path: Path) -> None:
    (paper := tmp_path / "hangs.html").write_text(_paper("hangs"), encoding="utf-8")
    with pytest.raises(FileError) as refused:
        build([paper], tmp_path / "store", limits=Limits(seconds=3))
    assert refused.value.code == "too-slow"
    assert not (tmp_path / "store").exists()


def _minding_interrupts() -> None:
    """Have interrupts heard: what a shell starts in the background does not hear them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.usefixtures("hostile")
def test_an_interrupted_build_says_so(tmp_path: Path) -> None:
    (paper := tmp_path / "hangs.html").write_text(_paper("hangs"), encoding="utf-8")
    words = ["--lang", "en", "build", str(paper), "--store", str(tmp_path / "store")]
    command = [sys.executable, "-m", "jixiao", *words]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=_minding_interrupts
    ) as process:
        while not paper.with_suffix(".html.hangs").exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        try:
            told = process.communicate(timeout=30)[1]
        finally:
            process.kill()
    assert (process.returncode, told) == (130, "jixiao: interrupted\n")


def test_what_is_kept_of_texts_is_bounded() -> None:
    """Those that were read before are kept for a while, not for as long as a worker lives."""
    known: Sequence[Callable[[str], object]] = (
        text_features.normalised, text_features.normalised_name, text_features.words,
        likeness.bare, shapes.folded, shapes.shape,
    )  # fmt: skip
    for number in range(20_000):
        for compared in known:
            compared(f"第{number}项指标的名称")
    for compared in known:
        assert compared.cache_info().currsize < 20_000  # type: ignore[attr-defined]


def _nothing(_: object) -> None:
    return None


def test_a_store_that_may_only_be_read_is_counted_nevertheless(
    corpus: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, content: bytes) -> None:
        raise UsageError("unwritable", path=path, reason="Read-only file system")

    monkeypatch.setattr("jixiao.store.statistics.write_whole", refused)
    monkeypatch.setattr("jixiao.store.statistics.counted", _nothing)
    assert counts(corpus).triples == sum(1 for _ in corpus.union())


def test_a_second_writer_leaves_the_version_of_the_first_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it would take it for one that cannot be gone on with."""
    with create_store(tmp_path / "store") as store:
        store.refresh_codes()
        store.database.flush()
        written = len(store.database)
        monkeypatch.setattr("jixiao.store.store._opens", _nothing)
        with pytest.raises(StoreError, match="another process"), create_store(tmp_path / "store"):
            pass
    with open_store(tmp_path / "store") as published:
        assert len(published.database) == written > 0
