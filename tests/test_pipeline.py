"""Building many: what dies or hangs costs itself; what is known is not read again; kills."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.answers import ROOT, nquads
from tests.papers import in_process

from jixiao.cli.progress import progress
from jixiao.errors import StoreError
from jixiao.pipeline.build import Limits, Result, build
from jixiao.pipeline.process_document import ProcessingOptions
from jixiao.pipeline.sources import documents
from jixiao.pipeline.workers import Task, processes
from jixiao.queries.answering import ask
from jixiao.store.store import LEDGER, Store, open_store
from jixiao.store.versions import unfinished

CORPUS = ROOT / "tests" / "data" / "corpus"
_PARTS = 3  # of the moments to kill a build at: a process need not wait for all of them
LEDGER_QUERY = f"""PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX jx: <https://w3id.org/jixiao/ns#>
SELECT ?run ?agent ?began ?ended ?documents ?failed (COUNT(?reading) AS ?readings) WHERE {{
GRAPH <{LEDGER.value}> {{ ?run prov:startedAtTime ?began ; prov:endedAtTime ?ended ;
    prov:wasAssociatedWith ?agent ; jx:documentCount ?documents ; jx:failedCount ?failed .
    OPTIONAL {{ ?reading prov:wasInformedBy ?run ; prov:used ?document }} }} }}
GROUP BY ?run ?agent ?began ?ended ?documents ?failed ORDER BY ?began"""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("culture-2023.xlsx", "farming-2023.docx", "services-2023.html", "water-2024.docx"):
        shutil.copy(CORPUS / name, folder)
    return folder


def _names(folder: Path) -> set[str]:
    with open_store(folder) as store:
        return {store.file_name(document) for document in store.documents()}


@pytest.mark.usefixtures("hostile")
def test_what_dies_or_hangs_costs_itself_only(papers: Path, tmp_path: Path) -> None:
    for name in ("dies", "hangs", "eats", "trips", "garbles", "once"):
        text = f"<p>某某局2024年部门预算</p><p>{name}</p>"
        (papers / f"{name}.html").write_text(text, encoding="utf-8")
    limits = Limits(seconds=8, megabytes=3000)
    done = build([papers], tmp_path / "store", jobs=2, limits=limits)
    told = {failed.path.stem: failed.error.code for failed in done.failed}
    assert told == {
        "dies": "worker-died", "hangs": "too-slow", "eats": "too-large", "trips": "reading-fault",
        "garbles": "reading-fault",
    }  # fmt: skip
    assert done.tally.documents == 5, "its neighbours, and what died once only"
    assert "once.html" in _names(tmp_path / "store")


def test_memory_does_not_grow_with_what_was_read(papers: Path) -> None:
    """What comes back of a document is let go of when it is loaded."""
    import psutil

    tasks = [Task(source) for source in documents([papers])[0]] * 15
    grown = list[int]()
    with processes(1, ProcessingOptions(whole=False), Limits()) as made:
        for number, _ in enumerate(made(tasks)):
            if number in (11, 59):
                started = psutil.Process().children()  # the fork server, whose copies read
                reading = [worker for process in started for worker in process.children()]
                grown.append(max(worker.memory_info().rss for worker in reading))
    assert grown[1] < grown[0] * 1.13  # of 48 papers, each of which may leave no more than 0.4 MB
    assert grown[1] < 500 * 10**6


@pytest.mark.usefixtures("in_process")
def test_a_renamed_file_is_not_read_again(papers: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    build([papers], store)
    (papers / "water-2024.docx").rename(papers / "水利局.docx")
    shutil.copy(papers / "culture-2023.xlsx", papers / "copy.xlsx")
    again = build([papers], store)
    assert (again.tally.documents, len(again.skipped)) == (0, 3)
    assert {path.name for path in again.known} == {"水利局.docx", "copy.xlsx"}
    assert _names(store) == {
        "copy.xlsx", "farming-2023.docx", "services-2023.html", "水利局.docx",
    }  # fmt: skip
    build([papers], tmp_path / "fresh")
    assert nquads(store, tmp_path / "a.nq") == nquads(tmp_path / "fresh", tmp_path / "b.nq")
    assert build([papers], store).known == (), "and is known by its name from now on"


@pytest.mark.usefixtures("in_process")
def test_what_is_gone_can_be_dropped(papers: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copy(papers / "culture-2023.xlsx", papers / "copy.xlsx")
    build([papers, CORPUS / "roads-2019.docx"], store)
    (papers / "water-2024.docx").unlink()
    (papers / "copy.xlsx").unlink()
    assert len(build([papers], store).dropped) == 0, "only when asked for"
    assert "water-2024.docx" in _names(store)
    done = build([papers], store, prune=True)
    assert [Path(path).name for path in done.dropped] == ["copy.xlsx", "water-2024.docx"]
    kept = {"culture-2023.xlsx", "farming-2023.docx", "services-2023.html", "roads-2019.docx"}
    assert _names(store) == kept, "what lies elsewhere stays"
    build([papers, CORPUS / "roads-2019.docx"], tmp_path / "fresh")
    assert nquads(store, tmp_path / "a.nq") == nquads(tmp_path / "fresh", tmp_path / "b.nq")


@pytest.mark.usefixtures("in_process")
def test_what_is_gone_is_not_looked_for_in_files_that_are_written(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine merges them meanwhile, and who opens them then finds them damaged."""
    store = tmp_path / "store"
    build([papers], store)
    (papers / "water-2024.docx").unlink()
    shutil.copy(CORPUS / "roads-2019.docx", papers)

    def watched(folder: Path, *, latest: bool = False) -> AbstractContextManager[Store]:
        assert not unfinished(folder)
        return open_store(folder, latest=latest)

    monkeypatch.setattr("jixiao.pipeline.build.open_store", watched)
    assert len(build([papers], store, prune=True).dropped) == 1


@pytest.mark.usefixtures("in_process")
def test_another_profile_is_another_check(papers: Path, tmp_path: Path) -> None:
    (own := tmp_path / "own.toml").write_text('label = {zh = "本", en = "own"}\noff = ["M01"]\n')
    assert build([papers], tmp_path / "store").tally.documents == 4
    assert build([papers], tmp_path / "store", profile=str(own)).tally.documents == 4
    assert build([papers], tmp_path / "store", profile=str(own)).tally.documents == 0
    own.write_text('label = {zh = "本", en = "own"}\noff = ["M02"]\n')
    edited = build([papers], tmp_path / "store", profile=str(own))
    assert edited.tally.documents == 4
    assert edited.tally.failed["M01"] > edited.tally.failed["M02"] == 0


@pytest.mark.usefixtures("in_process")
def test_the_ledger_tells_of_runs(papers: Path, tmp_path: Path) -> None:
    (papers / "bad.pdf").write_bytes(b"%PDF-1.4 no more")
    build([papers], tmp_path / "store")
    (papers / "water-2024.docx").unlink()
    shutil.copy(CORPUS / "roads-2019.docx", papers)
    build([papers], tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        rows = ask(store, LEDGER_QUERY).rows
    assert [row[4:] for row in rows] == [(4, 1, 4), (1, 1, 1)]
    assert all(row[2] and row[3] and str(row[2]) <= str(row[3]) for row in rows)


@pytest.mark.usefixtures("in_process")
def test_a_build_that_fills_a_store_merges_what_its_loads_left(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged, optimize = list[Path](), Store.optimize

    def counted(store: Store) -> None:
        merged.append(store.path)
        optimize(store)

    monkeypatch.setattr(Store, "optimize", counted)
    build([papers], tmp_path / "few")
    assert not merged, "what is small has no layers"
    monkeypatch.setattr("jixiao.pipeline.build._MERGE_FROM", 1)
    build([papers], tmp_path / "many")
    assert len(merged) == 1
    few, many = (nquads(tmp_path / name, tmp_path / f"{name}.nq") for name in ("few", "many"))
    assert few == many
    shutil.copy(CORPUS / "farming-2024.docx", papers)
    build([papers], tmp_path / "many")
    assert len(merged) == 1, "few were added to many"


KILLED = """
import os, sys
from pathlib import Path
from jixiao.pipeline import build as b
from jixiao.pipeline import loader
loader._BATCH = 10_000
take = b._Update.take
def killed(work, *taken):
    take(work, *taken)
    if work.tally.documents == 4:
        os.kill(os.getpid(), 9)
b._Update.take = killed
if __name__ == "__main__":
    b.build([Path(sys.argv[1])], Path(sys.argv[2]), jobs=2)
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The graphs of the corpus, built in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with in_process():
        build([CORPUS], folder / "store")
    return nquads(folder / "store", folder / "all.nq")


@pytest.fixture
def swift(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that need not be waited for, where there is one."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


@pytest.mark.parametrize(
    ("times", "part", "parts"),
    [
        (1, 0, _PARTS),
        *(pytest.param(1, n, _PARTS, marks=pytest.mark.exhaustive) for n in range(1, _PARTS)),
        *(pytest.param(2, n, _PARTS, marks=pytest.mark.exhaustive) for n in range(_PARTS)),
    ],
)
def test_a_build_that_is_killed_at_any_moment_is_made_up_for(
    times: int, part: int, parts: int, swift: Path
) -> None:
    """The store is as it was, and the next run makes it what it should be: graph and lists."""
    command = [sys.executable, "-m", "tests.killing", str(swift / "course")]
    command += [str(times), str(part), str(parts)]
    done = subprocess.run(command, check=True, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    lines = done.stdout.splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line]
    assert rows and not [row for row in rows if row[2]]
    moments = {moment for line in lines if "\t" not in line for moment in line.split(" | ")[1:]}
    assert moments >= {
        "os.rename jixiao-store", "os.rename versions/version/arriving", "commit of the index",
        "bulk_load of the graph union, in the midst", "update of the graph, in the midst",
        "remove of the graph", "add of the graph", "optimize of the graph, in the midst",
    }  # fmt: skip
    assert len(moments) / parts <= len(rows)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("known", [pytest.param(False, marks=pytest.mark.exhaustive), True])
def test_a_build_that_is_killed_while_papers_are_made_is_made_up_for(
    papers: Path, tmp_path: Path, known: bool, undisturbed: bytes
) -> None:
    store, script = tmp_path / "store", tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    if known:
        (papers / "farming-2023.docx").rename(papers / "roads-2019.docx")
        (papers / "water-2024.docx").rename(papers / "tourism-2023.docx")
        build([papers], store)
    shutil.rmtree(papers)
    shutil.copytree(CORPUS, papers)
    command = [sys.executable, str(script), str(papers), str(store)]
    code = subprocess.run(command, check=False, cwd=ROOT).returncode
    assert code == -signal.SIGKILL
    with open_store(store) as opened:
        assert len(opened.documents()) == (4 if known else 0), "nothing half is published"
    done = build([papers], store)
    assert done.tally.documents + len(done.skipped) + len(done.known) == 10
    assert nquads(store, tmp_path / "all.nq") == undisturbed
    with open_store(store) as opened:
        assert {q.triple for q in opened.quads()} == {q.triple for q in opened.union()}
    assert not list(store.glob("versions/*/arriving*"))
    assert not list(store.glob("versions/*/loading*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of sixteen megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted: it takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.usefixtures("in_process")
def test_a_full_disk_is_told_and_the_store_is_whole(papers: Path, small_disk: Path) -> None:
    store = small_disk / "store"
    (first := papers / "first").mkdir()
    (papers / "water-2024.docx").rename(first / "water-2024.docx")
    build([first], store)
    before = nquads(store, papers.parent / "before.nq")
    shutil.copy(ROOT / "examples" / "juluxian-2023.pdf", papers)
    with pytest.raises(StoreError, match="the disk is full"):
        build([papers], store)
    assert nquads(store, papers.parent / "after.nq") == before
    subprocess.run(["mount", "-o", "remount,size=256m", str(small_disk)], check=True)
    assert _ends(build([papers], store)) == 5
    assert _names(store) >= {"juluxian-2023.pdf", "water-2024.docx"}


def _ends(done: Result) -> int:
    return done.tally.documents + len(done.skipped)


def test_progress_is_told_in_lines_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress(interval=0) as show:
        time.sleep(0.01)
        show(0, 4)
        show(1, 4)
        show(3, 4)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("3/4, ") and "left" in lines[1]
    with progress(quiet=True, interval=0) as show:
        show(1, 4)
    assert capsys.readouterr().err == ""
