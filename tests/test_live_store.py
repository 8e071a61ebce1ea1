"""A build into the store that is served: nobody is disturbed, and new data appears."""

import shutil
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import requests
from tests.servers import workbench

from jixiao import server
from jixiao.cli import cli
from jixiao.pipeline.build import build
from jixiao.server import Settings
from jixiao.server.snapshot import SnapshotCache, StoreSnapshot
from jixiao.store.store import Store

DATA = Path(__file__).parent / "data"
PAGE = DATA / "corpus" / "services-2023.html"
COUNT = "SELECT (COUNT(?p) AS ?n) { ?p a <https://w3id.org/jixiao/ns#BudgetProject> }"
ADDRESSES = (
    "/",
    "/departments",
    "/page/id/budget/130532-caa4c9187d/2023",
    "/search?q=%E9%A1%B9%E7%9B%AE",
)


def _projects(url: str) -> int:
    headers = {"accept": "text/csv"}
    answer = requests.get(f"{url}/sparql", params={"query": COUNT}, headers=headers, timeout=30)
    return int(answer.text.split()[1])


def test_builds_while_readers_read(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    build([DATA / "corpus" / "farming-2023.docx"], folder)
    page = Path(shutil.copy(PAGE, tmp_path / "page.html"))
    statuses, seen, ended = Counter[int](), set[int](), threading.Event()
    with workbench(folder, tmp_path / "server") as server:
        before = _projects(server.url)

        def read() -> None:
            while not ended.is_set():
                for address in ADDRESSES:
                    response = requests.get(server.url + address, timeout=30)
                    statuses[response.status_code] += 1
                seen.add(_projects(server.url))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        tag = requests.get(f"{server.url}/departments", timeout=30).headers["etag"]
        build([page], folder)
        for name in ("culture-2023.xlsx", "roads-2019.docx", "data-2024.docx"):
            build([DATA / "corpus" / name], folder)
        page.write_text("<p>某某局2024年部门预算</p>", encoding="utf-8")
        build([page], folder)
        time.sleep(1)
        ended.set()
        for reader in readers:
            reader.join()
        assert set(statuses) == {200}
        assert statuses[200] > 40
        assert len(seen) >= 3, "readers saw the store grow"
        assert _projects(server.url) != before
        again = requests.get(
            f"{server.url}/departments", headers={"if-none-match": tag}, timeout=30
        )
        assert again.status_code == 200, "what was known is not what is there now"
        assert "鄄城县交通运输局" in again.text
        assert "睢宁县政务服务管理局" not in again.text
    build([page], folder, again=True)
    assert len(list((folder / "versions").glob("*/"))) == 1, "what nobody reads any more is deleted"


def _answered(store: Store) -> int:
    return sum(1 for _ in store.database.quads_for_pattern(None, None, None, None))


def _settled(held: StoreSnapshot, before: Store) -> Store:
    for _ in range(200):
        if held.store is not before:
            break
        time.sleep(0.05)
    return held.store


def test_a_worker_goes_on_with_a_copy_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    build([PAGE], folder)
    snapshots = SnapshotCache(offline=False, in_memory={folder: 2**30})
    held = snapshots.latest(folder)
    on_disk = held.store
    copy = _settled(held, on_disk)
    assert copy is not on_disk
    assert _answered(copy) == _answered(on_disk)
    build([DATA / "corpus" / "farming-2023.docx"], folder)
    newer = snapshots.latest(folder)
    assert len(newer.store.documents()) == 2
    for visitor in range(6):
        snapshots.latest(Path(shutil.copytree(folder, tmp_path / f"visitor-{visitor}")))
    assert snapshots.latest(folder) is newer, "visitors' stores do not push it out"
    newer.close()


def test_what_has_no_room_in_memory_is_answered_from_disk(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "store"
    build([PAGE], folder)
    held = SnapshotCache(offline=False).latest(folder)
    on_disk = held.store
    held.load_into_memory(2**20)
    assert held.store is on_disk, "what would not fit"
    assert "where 1 MiB are allowed" in capfd.readouterr().err
    held.close()
    held.load_into_memory(2**30)
    assert held.store is on_disk, "what was let go is not copied"


def test_a_server_that_holds_its_store_in_memory_shows_new_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, told = tmp_path / "store", list[Settings]()
    build([PAGE], folder)

    def run(settings: Settings, host: str, port: int, *, ready: object) -> None:
        told.append(settings)

    monkeypatch.setattr(server, "run", run)
    cli(["-q", "serve", "--store", str(folder), "--in-memory"], standalone_mode=False)
    assert [settings.queries.in_memory for settings in told] == [True]
    with workbench(folder, tmp_path / "server", "--in-memory") as served:
        before = _projects(served.url)
        build([DATA / "corpus" / "farming-2023.docx"], folder)
        for _ in range(40):
            assert _projects(served.url) > before
            time.sleep(0.05)
