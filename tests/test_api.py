"""The library as a user has it: everything through `import jixiao`."""

import doctest
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.answers import ROOT

import jixiao
from jixiao import api
from jixiao.model.record import Record

PDF = ROOT / "examples" / "juluxian-2023.pdf"
FARMING = ROOT / "tests" / "data" / "corpus" / "farming-2023.docx"
CULTURE = ROOT / "tests" / "data" / "corpus" / "culture-2023.xlsx"


def test_completion_shows_all_public_names() -> None:
    assert set(dir(jixiao)) == set(jixiao.__all__)
    for name in jixiao.__all__:
        assert getattr(jixiao, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = jixiao.nothing


def test_importing_loads_nothing_heavy() -> None:
    program = "import sys, jixiao; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"lxml", "msgspec", "numpy", "pandas", "pyoxigraph", "pypdfium2", "rdflib", "starlette"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.usefixtures("in_process")
def test_the_examples_of_the_public_functions_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").mkdir()
    shutil.copy(PDF, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    for function in (
        api.build,
        api.read,
        api.tables,
        api.check,
        api.open_store,
        api.ask,
        api.export,
    ):
        (found,) = finder.find(function, function.__name__)
        assert found.examples, function.__name__
        assert runner.run(found).failed == 0, function.__name__


@pytest.mark.parametrize("kind", [str, Path, os.fsencode])
def test_paths_are_of_any_kind(kind: type, tmp_path: Path) -> None:
    store = kind(tmp_path / "store")
    assert jixiao.read(kind(FARMING)).document.file == "farming-2023.docx"
    assert jixiao.build([kind(FARMING)], store).tally.documents == 1
    with jixiao.open_store(store) as opened:
        assert len(opened.documents()) == 1
    jixiao.export(store, "turtle", kind(tmp_path / "graph.ttl"))
    assert (tmp_path / "graph.ttl").stat().st_size


@pytest.mark.parametrize("file", [FARMING, CULTURE, PDF], ids=lambda file: file.suffix)
def test_a_document_may_be_given_as_its_content(file: Path) -> None:
    content, path = jixiao.read(file.read_bytes()), jixiao.read(file)
    assert content.document.format == path.document.format
    assert content.projects == path.projects


def test_content_that_is_no_document_is_one_clear_error() -> None:
    with pytest.raises(jixiao.FileError):
        jixiao.read(b"\0" * 100)


@pytest.mark.usefixtures("in_process")
def test_check_takes_a_record_a_graph_a_store_and_paths(tmp_path: Path) -> None:
    store = tmp_path / "store"
    jixiao.build([FARMING], store)
    jixiao.export(store, "trig", tmp_path / "graph.trig")
    jixiao.export(store, "turtle", tmp_path / "graph.ttl")
    record = jixiao.read(FARMING)
    expected = [(f.code, f.focus, f.where) for f in jixiao.check(record).findings]
    assert expected
    with jixiao.open_store(store) as opened:
        sources: list[Any] = [jixiao.graph(record), opened, store, tmp_path / "graph.trig", FARMING]
        for source in (*sources, tmp_path / "graph.ttl", FARMING.read_bytes()):
            report = jixiao.check(source)
            assert [(f.code, f.focus, f.where) for f in report.findings] == expected


@pytest.mark.usefixtures("in_process")
def test_ask_takes_a_record_a_graph_a_store_and_paths(tmp_path: Path) -> None:
    store = tmp_path / "store"
    jixiao.build([FARMING], store)
    jixiao.export(store, "nquads", tmp_path / "graph.nq")
    record = jixiao.read(FARMING)
    expected = jixiao.ask(store, "projects")
    assert expected.rows
    with jixiao.open_store(store) as opened:
        for source in (opened, record, jixiao.graph(record), tmp_path / "graph.nq"):
            assert jixiao.ask(source, "projects") == expected


def test_an_answer_becomes_a_pandas_table(tmp_path: Path) -> None:
    table = jixiao.ask(jixiao.read(FARMING), "projects").to_pandas()
    assert list(table.columns)
    assert len(table)


@pytest.mark.usefixtures("in_process")
def test_records_can_be_added_to_an_open_store(tmp_path: Path) -> None:
    jixiao.build([FARMING], tmp_path / "one")
    jixiao.build([FARMING, CULTURE], tmp_path / "both")
    with jixiao.open_store(tmp_path / "one") as store:
        store.add(jixiao.read(CULTURE))
        assert len(store.documents()) == 2
        store.add(jixiao.read(CULTURE))  # again: nothing is doubled
        with jixiao.open_store(tmp_path / "both") as both:
            assert set(store.union()) == set(both.union())
            assert jixiao.ask(store, "projects") == jixiao.ask(both, "projects")


def test_rules_and_questions_are_listed() -> None:
    assert jixiao.rules()["C05"].name.en
    assert "projects" in {question.name for question in jixiao.questions()}


def test_an_address_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(jixiao.UsageError, match=r"jixiao\.Endpoint"):
        jixiao.ask("https://sparql.example.org/sparql", "projects")
    with pytest.raises(jixiao.StoreError):
        jixiao.ask(tmp_path / "missing", "projects")
    with pytest.raises(jixiao.UsageError, match="turtle"):
        jixiao.export(tmp_path, "pdf", tmp_path / "out")


def test_the_version_is_that_of_the_package() -> None:
    assert jixiao.__version__.count(".") == 2


def test_a_record_is_a_plain_value() -> None:
    assert isinstance(jixiao.read(FARMING), Record)
