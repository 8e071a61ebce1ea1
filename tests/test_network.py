"""Nothing is sent anywhere: what is observed from outside the process, not what settings say."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdfium2
import pytest

from jixiao.extraction import read

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DATA = ROOT / "tests" / "data" / "hostile"
OBSERVER = Path(__file__).with_name("observed_network.py")
# onnxruntime's first report leaves ten seconds after its import; its files are there at once.
RECOGNISE = """
import sys, time
end = time.monotonic() + 15
from jixiao.extraction import read
assert "recognised-image-page" in {problem.code for problem in read(sys.argv[1]).problems}
time.sleep(max(0, end - time.monotonic()))
"""
ASK = "import socket; socket.getaddrinfo('asked.example', 80)"
Observed = Callable[..., list[str]]


@pytest.fixture
def observed(tmp_path: Path) -> Observed:
    """Run Python code with fresh home and temporary folders; return the names it asks for."""
    program = shutil.which("unshare")
    if program is None or subprocess.run([program, "-rnm", "true"], check=False).returncode:
        pytest.skip("this system gives no namespaces: unshare -rnm")
    for name in ("home", "tmp", "here"):
        (tmp_path / name).mkdir()
    quiet = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    environment |= {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("XDG_CACHE_HOME", None)

    def run(code: str, *words: str | Path) -> list[str]:
        resolver = str(tmp_path / "resolv.conf")
        watched = [program, "-rnm", sys.executable, str(OBSERVER), resolver, "120"]
        command = [*watched, sys.executable, "-c", code, *map(str, words)]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, env=environment, cwd=tmp_path / "here", check=False
        )
        names: list[str] = json.loads(done.stdout)
        assert names or done.returncode == 0
        return names

    return run


def test_the_observation_sees_names_that_are_asked_for(observed: Observed) -> None:
    assert set(observed(ASK)) == {"asked.example"}


def test_recognising_pictures_sends_nothing_and_leaves_nothing(
    observed: Observed, tmp_path: Path
) -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    document = pypdfium2.PdfDocument(PDF)
    drawn = document[11].render(scale=100 / 72).to_pil()  # pyright: ignore
    document.close()
    drawn.crop((0, 0, 800, 250)).save(tmp_path / "page.png")  # pyright: ignore
    assert observed(RECOGNISE, tmp_path / "page.png") == []
    left = [path for name in ("home", "tmp", "here") for path in (tmp_path / name).rglob("*")]
    assert left == []


class _Counter(ThreadingHTTPServer):
    """A web server that notes what it is asked for and has nothing."""

    def __init__(self) -> None:
        self.requests = list[str]()
        super().__init__(("127.0.0.1", 0), _Nothing)


class _Nothing(BaseHTTPRequestHandler):
    server: _Counter  # pyright: ignore[reportIncompatibleVariableOverride]

    def _refuse(self) -> None:
        self.server.requests.append(f"{self.command} {self.path}")
        self.send_error(404)

    do_GET = do_HEAD = do_OPTIONS = do_PROPFIND = _refuse  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def counter() -> Iterator[_Counter]:
    """A web server on loopback that counts."""
    with _Counter() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def curious(tmp_path: Path, counter: _Counter, soffice: str) -> Path:
    """An old Word file with a picture that is at that server."""
    port = str(counter.server_address[1])
    if len(port) != 5:
        pytest.skip(f"the file has room for a port of five digits, not for {port}")
    content = (DATA / "doc-remote-image.doc").read_bytes()
    for encoding in ("ascii", "utf-16-le"):
        there = ":19003".encode(encoding)
        assert there in content
        content = content.replace(there, f":{port}".encode(encoding))
    (tmp_path / "curious.doc").write_bytes(content)
    return tmp_path / "curious.doc"


@pytest.mark.parametrize(
    "command",
    [
        "extract",
        pytest.param("tables", marks=pytest.mark.exhaustive),
        pytest.param("check", marks=pytest.mark.exhaustive),
        "build",
    ],
)
def test_what_an_old_file_names_is_not_fetched(
    command: str, curious: Path, counter: _Counter, tmp_path: Path
) -> None:
    more = ["--store", str(tmp_path / "store")] if command == "build" else []
    words = [sys.executable, "-m", "jixiao", command, str(curious), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(words, capture_output=True, env=environment, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    assert counter.requests == []


def test_settings_refuse_what_an_old_file_names(
    curious: Path, counter: _Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is on a machine that has no filter of system calls; the text is there still."""
    monkeypatch.setattr("platform.machine", lambda: "of another kind")
    assert read(curious).document.title == "2023年部门预算"
    assert counter.requests == []


def test_the_filter_refuses_what_settings_allow(
    curious: Path, counter: _Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("this system has no filter of system calls")
    monkeypatch.setattr("jixiao.documents.formats.libreoffice._SETTINGS", ())
    monkeypatch.setattr("jixiao.documents.formats.libreoffice._NO_PROXY", "")
    assert read(curious).document.title == "2023年部门预算"
    assert counter.requests == []
