"""Trying a file, as programs meet it: what a visitor does cannot harm the others or the store."""

import asyncio
import os
import re
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.papers import in_process
from tests.servers import Served, workbench

from jixiao.pipeline.build import build
from jixiao.server.problems import Problem
from jixiao.server.uploads.upload_store import UploadStore, delete_leftovers, stored_name
from jixiao.store.store import open_store

DATA = Path(__file__).parent / "data"
PAGE = DATA / "corpus" / "services-2023.html"
LONG = "巨鹿县人民政府办公室二〇二三年部门预算信息公开" * 6 + ".html"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of one paper; tests that change it copy it."""
    folder = tmp_path_factory.mktemp("trying") / "store"
    with in_process():
        build([DATA / "corpus" / "farming-2023.docx"], folder)
    return folder


@pytest.fixture(scope="module")
def server(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with workbench(store, tmp_path_factory.mktemp("server"), "--allow-import") as served:
        yield served


@pytest.fixture(scope="module")
def tried(server: Served) -> tuple[requests.Session, list[str]]:
    """A visitor who has tried a page, and the steps that were told."""
    visitor = requests.Session()
    send(visitor, server, PAGE)
    return visitor, ended(visitor, server)


@pytest.fixture
def uploads() -> Iterator[UploadStore]:
    opened = UploadStore()
    yield opened
    asyncio.run(opened.stop())


def send(visitor: requests.Session, server: Served, file: Path, name: str = "") -> None:
    with file.open("rb") as content:
        response = visitor.post(
            f"{server.url}/try", files={"file": (name or file.name, content)}, timeout=60
        )
    assert response.status_code == 200, response.text


def ended(visitor: requests.Session, server: Served) -> list[str]:
    """Return the steps of a trial, when it has ended."""
    steps = list[str]()
    for _ in range(1200):
        now = visitor.get(f"{server.url}/try/status", timeout=30).json()
        if now["step"] not in steps:
            steps.append(now["step"])
        if not now["busy"]:
            return steps
        time.sleep(0.05)
    raise TimeoutError(steps)


def audit(visitor: requests.Session, server: Served) -> str:
    page = visitor.get(f"{server.url}/try", timeout=30).text
    found = re.search(r'id="audit" href="([^"]+)"', page)
    assert found, page
    return found[1]


def test_a_name_of_any_length_harms_nobody(server: Served) -> None:
    for _ in range(2):
        visitor = requests.Session()
        send(visitor, server, PAGE, LONG)
        assert ended(visitor, server)[-1] == "done"
        assert LONG in visitor.get(f"{server.url}/try", timeout=30).text


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../../x", "a\\b", "/", "\x00", "长" * 400 + ".pdf"]
)
def test_a_name_leads_nowhere_else(name: str) -> None:
    stored = stored_name(name)
    assert Path(stored).name == stored
    assert 0 < len(stored.encode()) <= 160
    assert "\x00" not in stored
    assert stored.endswith(".pdf") == name.endswith(".pdf")


def test_progress_is_told_step_by_step(tried: tuple[requests.Session, list[str]]) -> None:
    _, steps = tried
    assert steps[-1] == "done"
    assert set(steps) <= {"waiting", "reading", "comparing", "done"}
    assert "reading" in steps


@pytest.mark.parametrize(
    "name", [pytest.param("farming-2023.docx", marks=pytest.mark.exhaustive), "culture-2023.xlsx"]
)
def test_other_kinds_of_files_can_be_tried(server: Served, name: str) -> None:
    visitor = requests.Session()
    send(visitor, server, DATA / "corpus" / name)
    assert ended(visitor, server)[-1] == "done"
    page = visitor.get(server.url + audit(visitor, server), timeout=30)
    assert (page.status_code, page.text.count("/try/page/id/project/") > 0) == (200, True)


def test_what_is_tried_is_kept_by_nobody(
    server: Served, tried: tuple[requests.Session, list[str]]
) -> None:
    visitor, _ = tried
    for path in (audit(visitor, server), "/try/rules", "/try/answer/projects", "/try"):
        response = visitor.get(server.url + path, timeout=30)
        assert (response.status_code, "no-store" in response.headers["cache-control"]) == (
            200,
            True,
        )
        assert "etag" not in response.headers
        assert "public" not in response.headers["cache-control"]


def test_links_stay_within_the_visit(
    server: Served, tried: tuple[requests.Session, list[str]]
) -> None:
    visitor, _ = tried
    first = audit(visitor, server)
    budget = visitor.get(server.url + first, timeout=30).text
    inside = [re.search(rf'href="(/try/{kind}/[^"]+)"', budget) for kind in
              ("page/id/project", "page/id/finding", "printed")]  # fmt: skip
    paths = [first, *(found[1] for found in inside if found), "/try/questions", "/try/rules",
             "/try/answer/percent-targets", "/try/departments", "/try/compare", "/try/rule/M01",
             "/try/search?q=x"]  # fmt: skip
    assert len(paths) == 11
    for path in paths:
        page = visitor.get(server.url + path.replace("&amp;", "&"), timeout=30)
        assert page.status_code == 200, path
        links = set(re.findall(r'(?:href|action)="(/[^"]*)"', page.text))
        out = {link for link in links if not link.startswith(("/try", "/static/", "/language/"))}
        assert out == {"/"}, path


def test_two_files_of_one_name_are_both_put_into_the_store(store: Path, tmp_path: Path) -> None:
    shutil.copytree(store, tmp_path / "store", symlinks=True)
    other = tmp_path / "other.html"
    other.write_text(
        PAGE.read_text(encoding="utf-8").replace("睢宁县政务服务管理局", "睢宁县档案馆"),
        encoding="utf-8",
    )
    with workbench(tmp_path / "store", tmp_path / "server", "--allow-import") as server:
        for file in (PAGE, other):
            visitor = requests.Session()
            send(visitor, server, file, "2023.html")
            ended(visitor, server)
            response = visitor.post(f"{server.url}/try/import", timeout=120)
            assert response.url.endswith("/try?imported=1"), response.text
    with open_store(tmp_path / "store") as changed:
        assert len(changed.documents()) == 3


def test_a_visit_is_reserved_before_its_file_comes(uploads: UploadStore) -> None:
    kept = [uploads.reserve("")[0] for _ in range(8)]
    with pytest.raises(Problem, match="busy"):
        uploads.reserve("")
    with pytest.raises(Problem, match="busy"):
        uploads.reserve(kept[0])
    for key in kept:
        uploads.delete(key)
    uploads.reserve("")


def test_of_too_many_uploads_the_oldest_ends(uploads: UploadStore) -> None:
    keys = list[str]()
    for _ in range(205):
        key, upload = uploads.reserve("")
        upload.progress = type(upload.progress)(step="done")
        keys.append(key)
    assert [uploads.find(key) is None for key in keys] == [True] * 5 + [False] * 200


def test_the_file_before_is_deleted(uploads: UploadStore) -> None:
    _, upload = uploads.reserve("")
    upload.begin("one.pdf")
    upload.file.write_bytes(b"1")
    before = upload.file
    upload.begin("store")
    upload.file.write_bytes(b"2")
    assert not before.exists()
    assert upload.file != upload.store


def test_what_dead_servers_left_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uploads: UploadStore
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _, upload = uploads.reserve("")
    left = tmp_path / "jixiao-uploads-left"
    (left / "upload").mkdir(parents=True)
    fresh = tmp_path / "jixiao-uploads-fresh"
    fresh.mkdir()
    for folder in (left, upload.folder.parent):
        os.utime(folder, (0, 0))
    delete_leftovers()
    assert not left.exists()
    assert upload.folder.is_dir(), "this server lives"
    assert fresh.is_dir(), "a server that starts now"


def test_a_trial_ends_with_all_that_it_started(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends when the visit ends, and when the server is killed."""
    program = tmp_path / "programs" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 600 &\nwait\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    old = tmp_path / "old.doc"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))
    with workbench(store, tmp_path / "server") as server:
        visitor, process = _trial(server, old, tmp_path / "pid")
        visitor.post(f"{server.url}/try/end", timeout=30)
        assert _ends(process)
        _, process = _trial(server, old, tmp_path / "pid")
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        assert _ends(process)


def _trial(server: Served, file: Path, told: Path) -> tuple[requests.Session, int]:
    """Begin to try a file; return the visitor, and the process that tells its number."""
    told.unlink(missing_ok=True)
    visitor = requests.Session()
    send(visitor, server, file)
    return visitor, _written(told)


def _ends(process: int) -> bool:
    """Return whether a process and its children end soon."""
    for _ in range(50):
        if not _group(process):
            break
        time.sleep(0.1)
    return not _group(process)


def _written(file: Path) -> int:
    for _ in range(600):
        if file.is_file() and (told := file.read_text().strip()):
            return int(told)
        time.sleep(0.05)
    raise TimeoutError(file)


def _group(process: int) -> list[str]:
    """Return the processes that live and are this one or its children."""
    found = list[str]()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z" and process in (int(folder.name), int(parent)):
                found.append(folder.name)
    return found
