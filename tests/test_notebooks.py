"""Tables for notebooks, and the committed notebook: it runs, and says what it says."""

from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.answers import ROOT

import jixiao
from jixiao.model.record import Record
from jixiao.store.store import Store

NOTEBOOK = ROOT / "examples" / "notebooks" / "practice.ipynb"


def test_a_record_is_a_table_of_its_indicators(julu: Record) -> None:
    table = jixiao.frame(julu)
    assert len(table) == 161
    assert table["project"].nunique() == 23
    assert set(table[table["category"] == "output.quality"]["value"]) == {"≥99%"}
    assert isinstance(table["lower"].dropna().iloc[0], Decimal)


def test_a_report_is_a_table_of_its_findings(julu: Record) -> None:
    report = jixiao.check(jixiao.graph(julu))
    table = jixiao.frame(report)
    assert len(table) == len(report.findings)
    assert table.iloc[0]["code"] == "X01" and table.iloc[0]["page"] == 23


def test_an_answer_is_a_table_of_its_rows(corpus: Store) -> None:
    answer = jixiao.ask(corpus, "practice-by-region")
    table = jixiao.frame(answer)
    assert tuple(table.columns) == answer.columns
    assert [tuple(row) for row in table.itertuples(index=False)] == list(answer.rows)
    assert list(jixiao.frame(jixiao.ask(corpus, "projects", year="1999")).columns)


def _said(notebook: Any) -> list[list[str]]:
    """Return what the cells print, but pictures."""
    said = list[list[str]]()
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        said.append([o.get("text") or o["data"].get("text/plain", "") for o in outputs])
    return said


@pytest.mark.filterwarnings("ignore")  # what Jupyter's own parts warn of
def test_the_notebook_runs_and_says_the_same(tmp_path: Path) -> None:
    nbformat: Any = import_module("nbformat")
    client: Any = import_module("nbclient").NotebookClient
    committed = nbformat.read(NOTEBOOK, as_version=4)
    again = nbformat.read(NOTEBOOK, as_version=4)
    client(again, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    assert _said(again) == _said(committed)
    told = "\n".join(text for cell in _said(committed) for text in cell)
    for words in ("2663.07 万元", "2312.92 万元改为 312.92 万元", "平乡县农业农村局", "≥98%"):
        assert words in told
    outputs = [str(output) for cell in committed.cells for output in cell.get("outputs", [])]
    assert any("image/svg+xml" in output for output in outputs), "the chart is in the notebook"
