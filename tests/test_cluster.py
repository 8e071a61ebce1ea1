"""The same build on a Dask cluster: a real scheduler and two workers on loopback."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from tests.answers import ROOT, nquads
from tests.servers import free_port

from jixiao import logs
from jixiao.checks.skeletons import write
from jixiao.config import use_knowledge
from jixiao.errors import UsageError
from jixiao.pipeline.build import Limits, build
from jixiao.pipeline.sources import Source

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'jixiao[cluster]'")
CORPUS = ROOT / "tests" / "data" / "corpus"


@dataclass(frozen=True, slots=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path, hostile: None) -> Iterator[Cluster]:
    """One worker under a nanny, as Dask starts them, and one of its own."""
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    plain = ["--no-dashboard", "--host", "127.0.0.1"]
    dask = [sys.executable, "-m", "distributed.cli.dask_"]
    scheduler = [*dask[:2], f"{dask[2]}scheduler", "--port", str(port), *plain]
    worker = [*dask[:2], f"{dask[2]}worker", address, "--nthreads", "1", *plain]
    worker += ["--local-directory", str(tmp_path / "dask")]
    with (tmp_path / "dask.txt").open("wb") as log:
        started = [
            subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
            for command in (scheduler, worker, [*worker, "--no-nanny"])
        ]
        try:
            yield Cluster(address, started[1:])
        finally:
            for process in started:
                running = process.poll() is None
                children = psutil.Process(process.pid).children(recursive=True) if running else []
                process.kill()
                process.wait()
                psutil.wait_procs(children, timeout=10)


def test_the_cluster_makes_the_same_graph(cluster: Cluster, tmp_path: Path) -> None:
    done = build([CORPUS], tmp_path / "store", scheduler=cluster.address)
    assert (done.tally.documents, done.failed) == (10, ())
    build([CORPUS], tmp_path / "fresh", jobs=2)
    assert nquads(tmp_path / "store", tmp_path / "a") == nquads(tmp_path / "fresh", tmp_path / "b")


def test_workers_with_other_knowledge_are_refused(cluster: Cluster, tmp_path: Path) -> None:
    write("rule", "L01", ours := tmp_path / "ours")
    use_knowledge(ours)
    try:
        with pytest.raises(UsageError) as error:
            build([CORPUS], tmp_path / "store", scheduler=cluster.address)
    finally:
        use_knowledge(None)
    assert error.value.code == "other-knowledge" and "JIXIAO_KNOWLEDGE" in error.value.message.en
    build([CORPUS], tmp_path / "store", scheduler=cluster.address)  # as the workers are


def test_a_worker_that_is_killed_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    shutil.copytree(CORPUS, papers := tmp_path / "papers")
    begun = threading.Event()

    def kill() -> None:
        begun.wait(60)
        cluster.workers[1].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    done = build(
        [papers], tmp_path / "store", scheduler=cluster.address,
        progress=lambda done, total: begun.set(),
    )  # fmt: skip
    killer.join()
    assert (done.tally.documents, done.failed) == (10, ())
    assert cluster.workers[1].wait() == -9


def test_a_worker_that_does_not_see_the_files_is_sent_them(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path leads to another file there: the content counts, not the name."""
    from jixiao.pipeline import workers

    shutil.copytree(CORPUS, papers := tmp_path / "papers")

    def another(source: Source) -> str:
        return "0" * 64

    monkeypatch.setattr(workers, "_digest", another)
    done = build([papers], tmp_path / "store", scheduler=cluster.address)
    assert (done.tally.documents, done.failed) == (10, ())


def test_a_document_that_hangs_costs_itself(tmp_path: Path, cluster: Cluster) -> None:
    (papers := tmp_path / "papers").mkdir()
    shutil.copy(CORPUS / "water-2024.docx", papers)
    (papers / "hangs.html").write_text("<p>某某局2024年部门预算</p>", encoding="utf-8")
    done = build([papers], tmp_path / "store", scheduler=cluster.address, limits=Limits(seconds=4))
    assert [failed.error.code for failed in done.failed] == ["too-slow"]
    assert done.tally.documents == 1


def test_what_cannot_be_read_is_listed_by_the_path_that_was_given(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    (papers := tmp_path / "papers").mkdir()
    shutil.copy(CORPUS / "water-2024.docx", papers)
    (papers / "bad.pdf").write_bytes(b"%PDF-1.4 no more")
    monkeypatch.chdir(tmp_path)
    done = build([Path("papers")], tmp_path / "store", scheduler=cluster.address)
    assert [failed.path for failed in done.failed] == [Path("papers/bad.pdf")]
    assert done.tally.documents == 1


def test_a_profile_of_ones_own_is_sent_as_it_is_now(tmp_path: Path, cluster: Cluster) -> None:
    (papers := tmp_path / "papers").mkdir()
    for name in ("water-2024.docx", "culture-2023.xlsx"):
        shutil.copy(CORPUS / name, papers)
    own = tmp_path / "own.toml"
    for off, on in (("M01", "M02"), ("M02", "M01")):
        own.write_text(f'label = {{zh = "本", en = "own"}}\noff = ["{off}"]\n')
        done = build([papers], tmp_path / "store", scheduler=cluster.address, profile=str(own))
        assert done.tally.documents == 2
        assert off not in done.tally.checked and done.tally.checked[on]


def test_workers_log_as_the_build_does(tmp_path: Path, cluster: Cluster) -> None:
    (papers := tmp_path / "papers").mkdir()
    shutil.copy(CORPUS / "water-2024.docx", papers)
    log = tmp_path / "log"
    logs.configure(logs.LogSettings(file=log))
    try:
        build([papers], tmp_path / "store", scheduler=cluster.address)
    finally:
        logs.configure(logs.LogSettings())
    read = [line for line in log.read_text(encoding="utf-8").splitlines() if "water-2024" in line]
    assert read and all(f" {os.getpid()} " not in line for line in read)


def test_what_is_wrong_with_a_cluster_is_told(tmp_path: Path) -> None:
    nobody = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        build([CORPUS], tmp_path / "store", scheduler=nobody)
    assert not (tmp_path / "store").exists()
    assert not [c for c in psutil.Process().children() if "dask" in c.name()]
