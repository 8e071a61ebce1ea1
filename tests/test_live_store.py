"""A build into the store that is served: nobody is disturbed, and new data appears."""

import shutil
import threading
import time
from collections import Counter
from pathlib import Path

import requests
from tests.servers import workbench

from jixiao.build import build

DATA = Path(__file__).parent / "data"
PAGE = DATA / "juluxian-2023" / "juluxian-2023.html"
COUNT = "SELECT (COUNT(?p) AS ?n) { ?p a <https://w3id.org/jixiao/ns#BudgetProject> }"
ADDRESSES = ("/", "/departments", "/page/id/budget/130532-301/2023", "/search?q=%E9%A1%B9%E7%9B%AE")


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
        for name in ("culture-2023.xlsx", "roads-2019.docx", "services-2023.html"):
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
        assert "巨鹿县人民政府办公室" not in again.text
    build([page], folder, again=True)
    assert len(list((folder / "versions").iterdir())) == 1, "what nobody reads any more is deleted"
