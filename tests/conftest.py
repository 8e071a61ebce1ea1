import os
import shutil
from collections.abc import Iterator
from functools import cache, partial
from multiprocessing import forkserver
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from tests import papers
from tests.accounted import accounted, store_as_read
from tests.answers import CORPUS, Answers
from tests.servers import Served, workbench

from jixiao.model.record import Coverage, Record, Where
from jixiao.pipeline.build import build, documents
from jixiao.queries.answering import ask
from jixiao.store.store import Store, open_store

os.environ["LC_ALL"] = "C.UTF-8"  # commands that tests run speak English, wherever they are run
settings.register_profile("any machine", deadline=None)  # a slow one is no fault
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--exhaustive", action="store_true", help="run every variant, for a release")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out variants of what other tests show, unless all are wanted."""
    if config.getoption("--exhaustive"):
        return
    left_out = [item for item in items if item.get_closest_marker("exhaustive")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]


ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DATA = ROOT / "tests" / "data"
# A file of this name makes its process die, hang or eat memory, when these tests start it.
HOSTILE = """
import os, sys, time
from jixiao.documents import open as opening
_open = opening.open_file
def hostile(path, reader):
    if "dies" in path.name:
        os.kill(os.getpid(), 9)
    if "hangs" in path.name:
        open(str(path) + ".hangs", "w").close()
        time.sleep(600)
    if "eats" in path.name:
        bytearray(8 * 2**30)
    if "trips" in path.name:
        raise KeyError("a fault of the program")
    if "garbles" in path.name:
        from lxml import etree
        etree.fromstring("<a")
    if "once" in path.name and not os.path.exists(mark := str(path) + ".mark"):
        open(mark, "w").close()
        os.kill(os.getpid(), 9)
    return _open(path, reader)
opening.open_file = hostile
from jixiao.pipeline import process_document  # now: the seconds a test allows are those of reading
"""


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of the run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def _kept_papers(run_folder: Path) -> None:
    papers.keep_in(run_folder / "papers")


@pytest.fixture(scope="session")
def julu() -> Record:
    """The record of the real disclosure that ships as the example."""
    return papers.record(PDF)


@pytest.fixture(scope="session")
def corpus_folder(run_folder: Path) -> Path:
    """A store of fourteen documents: real and invented, of several layouts, regions and years.

    The first process that needs it builds it for all.
    """

    def make(folder: Path) -> None:
        with papers.in_process():
            assert len(build(CORPUS, folder).built) == 14

    return papers.made_once(run_folder / "corpus", make)


@pytest.fixture(scope="session")
def wholly_read(julu: Record) -> Record:
    """The Julu disclosure as it is scored: all of its cells were read."""
    cell = Coverage(kind="table", value=1, where=Where())
    return msgspec.structs.replace(julu, coverage=(cell,), unread=())


@pytest.fixture(scope="session")
def corpus(corpus_folder: Path) -> Iterator[Store]:
    """The same store, open."""
    with open_store(corpus_folder) as store:
        yield store


@pytest.fixture(scope="session")
def answers(corpus: Store) -> Answers:
    """Asks the same store a question by its name, each once: some take long."""
    return cache(partial(ask, corpus))


@pytest.fixture(scope="session")
def corpus_server(
    corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The workbench of the same store, for tests that only read."""
    with workbench(corpus_folder, tmp_path_factory.mktemp("workbench")) as served:
        yield served


@pytest.fixture(scope="session")
def read_in_part(julu: Record) -> Record:
    """The same record as `julu`, with what was read of the document and what was not."""
    return accounted(julu, PDF)


@pytest.fixture(scope="session")
def store_read_in_part(read_in_part: Record, run_folder: Path) -> Path:
    """A store of that record."""
    make = partial(store_as_read, read_in_part, PDF)
    return papers.made_once(run_folder / "in-part", make)


@pytest.fixture(scope="session")
def corpus_records() -> list[Record]:
    """The records of the same documents."""
    return [papers.record(source.path) for source in documents(CORPUS)[0]]


@pytest.fixture(scope="session")
def soffice() -> str:
    """The program that makes and reads old Office files."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    return program


@pytest.fixture
def in_process() -> Iterator[None]:
    """Make documents in this process, each only once: for tests of what becomes of them."""
    with papers.in_process():
        yield


# What a process imports first: one that reads by itself, a fork server, one of a cluster.
_FIRST_IN_PROCESSES = (
    "pebble.pool.process",
    "jixiao.pipeline.preloaded",
    "jixiao.pipeline.workers",
)


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the processes that are started treat files by their names."""
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "sitecustomize.py").write_text(
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name not in {_FIRST_IN_PROCESSES}: return None\n"
        "        sys.meta_path.remove(self)\n"
        f"        exec({HOSTILE!r}, {{}})\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hostile"), prepend=os.pathsep)
    _stop_fork_server()  # processes are copies of it: it must begin with this path, and end with it
    yield
    _stop_fork_server()


def _stop_fork_server() -> None:
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # made for tests


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Turn a skip into a failure where everything must run: JIXIAO_REQUIRE_ALL=1."""
    skipped = call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception)
    if skipped and os.environ.get("JIXIAO_REQUIRE_ALL") == "1":
        pytest.fail(f"skipped where nothing may be: {item.nodeid}", pytrace=False)
