"""The commands as a user meets them."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import rdflib
from rdflib.namespace import SH

import jixiao
from jixiao.checks.run import check_quads
from jixiao.cli import cli
from jixiao.model.record import Record, from_json
from jixiao.publishing.report import Sheet, html
from jixiao.rdf.mapping import quads

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
PAGE = ROOT / "tests" / "data" / "juluxian-2023" / "juluxian-2023.html"
COMMANDS = sorted(cli.commands)


def run(*words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jixiao", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        input=given,
        check=False,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    done = run("build", PDF, "--store", folder / "store", "--report", folder / "report.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "X01" in done.stdout
    assert "2312.92" in done.stdout
    assert "161" in done.stdout
    return folder / "store"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_in_both_languages(command: str) -> None:
    english, chinese = run(command, "--help").stdout, run("--lang", "zh", command, "-h").stdout
    for text in (english, chinese):
        assert f"jixiao {command}" in text
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert english != chinese


def test_help_is_fast() -> None:
    """Heavy packages load only when a command needs them."""
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "jixiao", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stderr
    for heavy in ("rdflib", "pyshacl", "pdfplumber", "pypdfium2", "numpy", "rich", "pyoxigraph"):
        assert f" {heavy}\n" not in loaded
    best = min(_seconds("--help") for _ in range(3))
    assert best < 0.3


def _seconds(*words: str) -> float:
    start = time.perf_counter()
    assert run(*words).returncode == 0
    return time.perf_counter() - start


def test_extract_prints_a_record(tmp_path: Path) -> None:
    printed = run("extract", PAGE)
    assert len(from_json(printed.stdout.encode()).projects) == 23
    assert run("extract", PAGE, "-o", tmp_path / "a.json").stdout == ""
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == printed.stdout


def test_query_formats(store: Path) -> None:
    asked = ("query", "cost-over-amount", "--store", store, "--format")
    rows = list(csv.DictReader(io.StringIO(run(*asked, "csv").stdout)))
    assert [row["ordinal"] for row in rows] == ["11", "14", "16", "19", "20"]
    found = json.loads(run(*asked, "json").stdout)
    assert found["results"]["bindings"][0]["ordinal"]["value"] == "11"
    assert len(run(*asked, "tsv").stdout.splitlines()) == 6
    assert run(*asked, "markdown").stdout.splitlines()[1].startswith("| --- |")
    assert "政府网站安全服务费用" in run(*asked, "table").stdout


def test_query_takes_a_file_standard_input_and_parameters(store: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/jixiao/ns#BudgetProject> }"
    (tmp_path / "mine.rq").write_text(text)
    for word, given in ((str(tmp_path / "mine.rq"), ""), ("-", text)):
        done = run("query", word, "--store", store, "--format", "csv", given=given)
        assert done.stdout.split() == ["n", "23"]
    asked = run("query", "same-target", "-p", "minimum=20", "--store", store, "--format", "csv")
    assert len(asked.stdout.splitlines()) == 4
    wrong = run("query", "same-target", "-p", "minimum", "--store", store)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_the_questions_are_listed() -> None:
    listed = run("query").stdout
    for file in (ROOT / "queries").glob("*.rq"):
        assert file.stem in listed


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 1), ("warning", 1), ("info", 1), ("never", 0)]
)
def test_check_leaves_with_the_gravity_asked_for(store: Path, fail_on: str, code: int) -> None:
    assert run("check", "--store", store, "--fail-on", fail_on).returncode == code


def test_check_formats(store: Path) -> None:
    found = json.loads(run("check", "--store", store, "--format", "json").stdout)
    codes = [f["code"] for f in found["findings"]]
    assert codes[0] == "X01" and codes.count("C04") == 5
    assert {f["document"] for f in found["findings"]} == {"juluxian-2023.pdf"}
    first = found["findings"][0]
    assert first["where"]["page"] == 23
    assert set(first["message"]) == {"zh", "en"}
    assert {rate["code"] for rate in found["rates"]} >= {"C00", "C01", "C02", "C03", "C04", "X01"}
    rows = list(csv.DictReader(io.StringIO(run("check", PAGE, "--format", "csv").stdout)))
    assert [row["code"] for row in rows] == codes
    assert run("check").returncode == 2
    turtle = run("check", "--store", store, "--format", "turtle").stdout
    results = rdflib.Graph().parse(data=turtle, format="turtle")
    earl = rdflib.Namespace("http://www.w3.org/ns/earl#")
    assert len(set(results.objects(None, SH.result))) == len(codes)
    for result in results.objects(None, SH.result):
        assert (result, rdflib.RDF.type, earl.Assertion) in results
        for needed in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert results.value(result, needed) is not None
    assert "_:" not in turtle
    page = run("check", PAGE, "--format", "html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert run("check", "--store", store, "--format", "html").returncode == 2


def test_sarif_names_rules_places_and_what_cannot_be_told(store: Path) -> None:
    log = json.loads(run("check", "--store", store, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    rules = one["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in one["results"])
    asked = next(rule for rule in rules if rule["id"] == "M01")
    assert asked["help"]["text"] and asked["fullDescription"]["text"]
    assert asked["defaultConfiguration"] == {"level": "error"}
    first = one["results"][0]
    assert (first["level"], first["kind"]) == ("error", "fail")
    assert "312.92" in first["message"]["text"], "the repair is told as well"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "juluxian-2023.pdf"
    assert place["region"]["startLine"] == first["properties"]["where"]["page"] == 23
    prints = [r["partialFingerprints"]["jixiao/v1"] for r in one["results"]]
    assert len(set(prints)) == len(prints) > 1000


def test_a_baseline_leaves_only_what_is_new(store: Path, tmp_path: Path) -> None:
    whole = run("check", "--store", store, "--format", "json").stdout
    old = tmp_path / "old.json"
    old.write_text(whole, encoding="utf-8")
    same = run("check", "--store", store, "--baseline", old, "--format", "json")
    assert json.loads(same.stdout)["findings"] == []
    assert same.returncode == 0
    before = json.loads(whole)
    before["findings"] = before["findings"][1:]
    old.write_text(json.dumps(before), encoding="utf-8")
    new = run("check", "--store", store, "--baseline", old, "--format", "json")
    assert [f["code"] for f in json.loads(new.stdout)["findings"]] == ["X01"]
    assert new.returncode == 1
    old.write_text("no json", encoding="utf-8")
    bad = run("check", "--store", store, "--baseline", old)
    assert bad.returncode == 2
    assert "old.json" in bad.stderr


def test_tables_of_any_document(tmp_path: Path) -> None:
    grids = jixiao.tables(PDF)
    assert len(grids) == 38
    revenue = grids[4]
    assert (revenue.first_page, revenue.last_page, revenue.columns) == (5, 7, 13)
    texts = revenue.texts()
    assert texts[0].count("本年收入") == 8
    assert [row[0] for row in texts[3:]] == [str(n) for n in range(1, 23)]
    assert "机关事业单位基本养老保险缴费支出" in texts[14]
    found = json.loads(run("tables", PDF).stdout)
    assert len(found) == 38
    span = found[4]["cells"][0]
    assert (span["text"], span["rows"], span["where"]["page"]) == ("序号", 2, 5)
    rows = run("tables", PDF, "--format", "csv").stdout
    assert "2010301,行政运行,799.51" in rows
    run("tables", PDF, "--format", "html", "-o", tmp_path / "tables.html")
    assert len(jixiao.tables(tmp_path / "tables.html")) == 38
    back = [grid.texts() for grid in jixiao.tables(tmp_path / "tables.html")]
    assert [grid.texts() for grid in grids] == back


def test_export_to_standard_output(store: Path) -> None:
    done = run("export", "--store", store, "--format", "turtle")
    assert done.stdout.startswith("@prefix")
    assert "graph/ledger" not in done.stdout


def test_progress_and_talk_stay_off_standard_output(store: Path) -> None:
    again = run("--quiet", "build", PDF, "--store", store)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_the_report_stands_alone(store: Path) -> None:
    page = (store.parent / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "http://" not in page
    assert "https://" not in page
    assert page.count('class="cut page-') > 1000
    assert page.count("url(data:image/png;base64,") < 39, "each page is there once"
    assert "2312.92" in page
    assert page.count('<details class="project"') == 23
    assert page.count("<details>") == 4 + 12


def test_the_report_speaks_both_languages(julu: Record) -> None:
    sheet = Sheet(julu, check_quads(quads(julu)), None)
    assert "重点问题" in html([sheet], "zh")
    assert "Key findings" in html([sheet], "en")


def test_the_report_shows_text_as_text(julu: Record) -> None:
    attack = '<script>alert("x")</script>'
    head = msgspec.structs.replace(julu.document, department=attack)
    sheet = Sheet(msgspec.structs.replace(julu, document=head), check_quads([]), None)
    assert attack not in html([sheet], "zh")


def test_everything_public_is_in_all() -> None:
    for name in jixiao.__all__:
        assert getattr(jixiao, name).__doc__
    with pytest.raises(AttributeError):
        _ = jixiao.nothing


def test_the_main_path_reads_as_one() -> None:
    record = jixiao.read(PAGE)
    graph = jixiao.graph(record)
    assert jixiao.check(graph).findings[0].code == "X01"
    assert len(jixiao.ask(graph, "name-as-description").rows) == 112


def test_the_readme_names_every_command_question_and_rule() -> None:
    words = "".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("README.md", "docs/rules.md", "docs/questions.md")
    )
    for name in COMMANDS:
        assert f"scripts/run {name}" in words or f"jixiao {name}" in words
    for file in (ROOT / "queries").glob("*.rq"):
        assert f"`{file.stem}`" in words
    for code in ("C00", "C01", "C02", "C03", "C04", "X01"):
        assert code in words


def test_a_reader_that_leaves_early_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m jixiao extract {PDF}; echo $? >&2",
        shell=True,
        capture_output=False,
        stdout=closed_pipe(),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == "0"


def closed_pipe() -> int:
    """Return an end to write to of which nobody reads the other."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing
