import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.answers import CORPUS

from jixiao.build import build, documents
from jixiao.extract import read
from jixiao.record import Record
from jixiao.store import Store, open_store

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DATA = ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def julu() -> Record:
    """The record of the real disclosure that ships as the example."""
    return read(PDF)


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of fourteen documents: real and invented, of several layouts, regions and years."""
    folder = tmp_path_factory.mktemp("corpus") / "store"
    assert len(build(CORPUS, folder, jobs=2).built) == 14
    return folder


@pytest.fixture(scope="session")
def corpus(corpus_folder: Path) -> Iterator[Store]:
    """The same store, open."""
    with open_store(corpus_folder) as store:
        yield store


@pytest.fixture(scope="session")
def corpus_records() -> list[Record]:
    """The records of the same documents."""
    return [read(source.path) for source in documents(CORPUS)[0]]


@pytest.fixture(scope="session")
def soffice() -> str:
    """The program that makes and reads old Office files."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    return program


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Turn a skip into a failure where everything must run: JIXIAO_REQUIRE_ALL=1."""
    skipped = call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception)
    if skipped and os.environ.get("JIXIAO_REQUIRE_ALL") == "1":
        pytest.fail(f"skipped where nothing may be: {item.nodeid}", pytrace=False)
