"""The benchmarks run, on little, and their page says what their plan says."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.answers import ROOT

from jixiao.rdf.questions import questions


def _rows(*command: str) -> list[list[str]]:
    """Run a benchmark; return the rows of the tables that it prints."""
    run = [sys.executable, "-m", *command]
    printed = subprocess.run(run, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    lines = (line for line in printed.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_growth() -> None:
    head, row = _rows("benchmarks.growth", "--counts", "12", "--facts")
    told = dict(zip(head, row, strict=True))
    assert int(told["documents"]) > 6
    assert int(told["indicators"]) > 200
    assert float(told["one more, s"]) > 0


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of some two hundred indicators, filled as the large ones are."""
    store = str(tmp_path_factory.mktemp("little") / "store")
    _rows("benchmarks.asking", "fill", store, "--indicators", "200", "--facts")
    return store


@pytest.mark.parametrize(
    "within", [pytest.param((), marks=pytest.mark.exhaustive), ("--within", "20")]
)
def test_asking(little: str, within: tuple[str, ...]) -> None:
    head, *rows = _rows("benchmarks.asking", "ask", little, *within)
    told = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert [*told] == sorted(question.name for question in questions())
    assert int(told["percent-targets"]["rows"]) > 0
    assert all(0 <= float(row["jixiao s"]) < 20 for row in told.values())
    assert all(0 <= float(row["Oxigraph s"]) < 20 for row in told.values())


def test_one_more_paper_is_one_more(little: str) -> None:
    from benchmarks.scale import one_more

    with pytest.raises(ValueError, match="was there"):
        one_more(Path(little), 0, whole=False)


def test_the_page_says_what_the_plan_says() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    plan = tomllib.loads((ROOT / "benchmarks" / "plan.toml").read_text(encoding="utf-8"))
    texts = [plan["about"], plan["closing"]]
    texts += [step.get(name, "") for step in plan["steps"] for name in ("title", "about", "found")]
    assert not [text for text in texts if text.strip() not in page]
    assert "not measured" not in page
