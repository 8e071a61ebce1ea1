import os
import shutil
from pathlib import Path

import pytest

from jixiao.extract import read
from jixiao.record import Record

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DATA = ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def julu() -> Record:
    """The record of the real disclosure that ships as the example."""
    return read(PDF)


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
