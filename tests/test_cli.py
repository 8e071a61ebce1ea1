"""The commands as a user meets them."""

import ast
import csv
import gettext
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.request import urlopen

import click
import msgspec
import pytest
import rdflib
from babel.messages.pofile import read_po
from rdflib.namespace import SH
from tests.commands import run, run_apart
from tests.servers import workbench

import jixiao
from jixiao.checks.run import check_quads
from jixiao.cli import cli
from jixiao.messages import message
from jixiao.model.record import Record, from_json
from jixiao.publishing.report import Sheet, html
from jixiao.rdf.mapping import quads

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
PAGE = ROOT / "tests" / "data" / "juluxian-2023" / "juluxian-2023.html"
CORPUS = ROOT / "tests" / "data" / "corpus"
CLICK_WORDS = Path(jixiao.__file__).parent / "cli" / "locale" / "zh" / "LC_MESSAGES"
COMMANDS = sorted(cli.commands)


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
    english = run(command, "--help").stdout
    chinese = run_apart("--lang", "zh", command, "-h").stdout
    for text in (english, chinese):
        assert f"jixiao {command}" in text
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert english != chinese


# setuptools starts its part with every Python that it is installed in.
LIGHT = {"click", "msgspec", "typing_extensions", "_distutils_hack"}


@pytest.mark.parametrize("words", [(), ("--help",), ("build", "--help"), ("serve", "--help")])
def test_help_imports_no_package_that_it_does_not_need(words: tuple[str, ...]) -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "jixiao", *words],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stderr
    packages = {line.rpartition("|")[2].strip().partition(".")[0] for line in loaded.splitlines()}
    assert packages & {*packages_distributions()} <= LIGHT
    assert "click" in packages


def test_the_bare_command_shows_how_to_start() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("build", "check", "serve", "query"):
        assert f"     jixiao {command} " in done.stdout
    assert "第" not in done.stdout and "读取" in run("--lang", "zh").stdout


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (["build", "-h"], "显示本说明后退出。", "Show this message and exit."),
        (["build", "-h"], "用法：", "Usage:"),
        (["build", "-h"], "\n选项:", "\nOptions:"),
        (["-h"], "\n命令:", "\nCommands:"),
        (["build"], "错误：缺少参数", "Error: Missing argument"),
        (["build", "x"], "错误：缺少选项 '--store'", "Error: Missing option '--store'"),
        (["biuld"], "没有命令 'biuld'", "No such command 'biuld'"),
        (["check", "--stroe", "x"], "没有选项 '--stroe'", "No such option '--stroe'"),
        (["check", "--fail-on", "x"], "不在可选值之中", "is not one of"),
        (["serve", "--store", "x", "--port", "x"], "不是有效的", "is not a valid integer"),
        (["extract", "nowhere.pdf"], "没有这个文件", "no such file"),
    ],
)
def test_the_language_is_chosen_before_and_after_the_command(
    words: list[str], chinese: str, english: str
) -> None:
    calls = (
        (chinese, ["--lang", "zh", *words], "C.UTF-8"),
        (chinese, [*words, "--lang=zh"], "C.UTF-8"),
        (chinese, words, "zh_CN.UTF-8"),
        (english, [*words, "--lang", "en"], "zh_CN.UTF-8"),
    )
    for said, call, locale in calls:
        done = run(*call, LC_ALL=locale)
        assert said in done.stdout + done.stderr, call


def test_what_follows_two_dashes_is_no_language() -> None:
    done = run("check", "--", "--lang")
    assert (done.returncode, done.stderr) == (2, "jixiao: --lang: no such file; check the path\n")


def test_every_word_of_click_that_a_user_can_meet_is_in_chinese() -> None:
    with (CLICK_WORDS / "click.mo").open("rb") as compiled:
        chinese = gettext.GNUTranslations(compiled)
    with (CLICK_WORDS / "click.po").open("rb") as source:
        catalogue = read_po(source)
    for word in catalogue:
        if isinstance(word.id, str) and word.id:
            assert chinese.gettext(word.id) == word.string, "run scripts/messages"
        elif word.id:
            one, many = word.id
            assert (chinese.ngettext(one, many, 2),) == word.string, "run scripts/messages"
    for module in ("core", "decorators", "exceptions", "formatting", "parser", "shell_completion"):
        for text in _words_of(Path(click.__file__).with_name(f"{module}.py")):
            assert text in catalogue or text in NOT_MET, text


# Faults of the program that uses click, and questions that jixiao never asks.
NOT_MET = {
    "Argument {name!r} takes {nargs} values.",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Confirm the action without prompting.",
    "Could not determine name for option with declarations {decls!r}",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}",
    "Do you want to continue?",
    "Invalid start character for option ({option})",
    "Name '{name}' defined twice",
    (
        "No options defined but a name was passed ({name}). Did you mean to declare an argument "
        "instead? Did you mean to pass '--{name}'?"
    ),
}


def _words_of(module: Path) -> Iterator[str]:
    """Yield what a module of click hands to gettext."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("_", "ngettext")
            and isinstance(first := node.args[0], ast.Constant)
            and isinstance(first.value, str)
        ):
            yield first.value


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("query same-t", "same-target"),
        ("query ./my", "file"),
        ("query same-target -p ", "minimum="),
        ("check --profile 2015", "2015-scheme"),
        ("check --profile my/", "file"),
        ("build --store ", "dir"),
        ("build ", "file"),
        ("check --fail-on w", "warning"),
        ("--lang z", "zh"),
        ("ser", "serve"),
    ],
)
def test_the_shell_completes(words: str, offered: str) -> None:
    whole = f"jixiao {words}"
    at = len(whole.split()) - (not whole.endswith(" "))
    done = run(COMP_WORDS=whole, COMP_CWORD=str(at), _JIXIAO_COMPLETE="bash_complete")
    items = [line.split(",", 1) for line in done.stdout.splitlines()]
    assert any(offered in item for item in items)
    if "same-target -p" in words:
        assert not any(name == "category=" for _, name in items), "of another question"


def test_one_is_no_plural() -> None:
    for count, english in ((0, "0 graphs"), (1, "1 graph"), (2, "2 graphs")):
        said = message("published", sent=count, unchanged=1234, deleted=0)
        assert said.en == f"published: {english} sent, 1234 unchanged, 0 deleted"
        assert said.zh.startswith(f"已发布：上传 {count} 个图")


def test_no_message_counts_one_as_many() -> None:
    """A number before a word in -s is a count: it chooses its word."""
    path = Path(jixiao.__file__).with_name("messages.toml")
    for code, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
        counted = re.search(rf"\{{(?!{NAMES})(\w+)[:,]*\}} (?!is|has|was)([a-z]+s)\b", words["en"])
        assert not counted or (code, counted[2]) in NO_COUNTS, (code, words["en"])


NAMES = "name|path|rule|worker|question"  # of fields that hold no number
NO_COUNTS = {("problem-body-too-long", "bytes")}  # a megabyte and more


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Build two documents, with a log."""
    folder = tmp_path_factory.mktemp("two")
    files = CORPUS / "farming-2023.docx", CORPUS / "farming-2024.docx"
    log = ("--log-file", folder / "log")
    done = run("build", *files, "--store", folder / "a store", *log, "--jobs", "2")
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


def test_many_documents_are_a_table_with_a_row_each(two: tuple[Path, str]) -> None:
    rows = [line.split() for line in two[1].splitlines()]
    for year in ("2023", "2024"):
        (row,) = (row for row in rows if f"farming-{year}.docx" in row)
        assert row[:5] == ["平乡县农业农村局", year, f"farming-{year}.docx", "4", "43"]
    assert ["projects", "8"] in rows and ["indicators", "86"] in rows
    assert "done: 2 files built, 0 could not be read" in two[1]


def test_a_build_ends_with_what_to_do_next(two: tuple[Path, str], store: Path) -> None:
    report, following = two[1].splitlines()[-2:]
    assert f"jixiao build {CORPUS}/farming-2023.docx {CORPUS}/farming-2024.docx " in report
    assert f"--store '{two[0]}/a store' --report report.html" in report
    assert f"jixiao serve --store '{two[0]}/a store' --open" in following
    words = shlex.split(following.partition("jixiao query ")[2].partition(" (")[0])
    assert len(run("query", *words, "--format", "csv").stdout.splitlines()) == 9
    page = store.parent / "report.html"
    again = run("build", PDF, "--store", store, "--report", page, "--lang", "zh").stdout
    assert again.splitlines()[-2] == f"报告：{page}"


def test_the_log_has_each_stage_with_its_file_and_seconds(two: tuple[Path, str]) -> None:
    lines = (two[0] / "log").read_text(encoding="utf-8").splitlines()
    for year in ("2023", "2024"):
        file = re.escape(f"{CORPUS}/farming-{year}.docx")
        assert [li for li in lines if re.search(rf"INFO .* read {file} in \d+\.\d\d s", li)]
        assert [li for li in lines if re.search(rf"DEBUG .*{file}: \d+ bytes of docx", li)]
    for stage in ("checked a document", "loaded 2 documents", "compared the documents"):
        assert [line for line in lines if stage in line and "INFO" in line]
    assert len({line.split()[3] for line in lines}) >= 2, "processes that read log as well"


def test_verbose_shows_the_log_and_prints_nothing_more(tmp_path: Path) -> None:
    plain, loud = run("extract", PAGE), run("extract", PAGE, "-v")
    assert plain.stdout == loud.stdout
    assert plain.stderr.startswith("100 % of") and loud.stderr.endswith(plain.stderr)
    assert f"read {PAGE} in" in loud.stderr
    broken = tmp_path / "bad.pdf"
    broken.write_bytes(b"%PDF-1.4\n")
    shutil.copy(CORPUS / "farming-2023.docx", tmp_path)
    done = run("-v", "build", tmp_path, "--store", tmp_path / "store")
    assert re.search(r"WARNING \d+ jixiao\.\S+: \S*bad\.pdf", done.stderr)
    log = run("extract", PAGE, "--log-file", tmp_path / "nowhere" / "log")
    assert (log.returncode, log.stderr.count("\n")) == (2, 1)
    assert "nowhere" in log.stderr and "cannot be written" in log.stderr


def test_a_report_is_in_the_language_of_the_documents(store: Path, tmp_path: Path) -> None:
    assert '<html lang="zh' in (store.parent / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh' in run("check", PAGE, "--format", "html").stdout
    assert '<html lang="en' in run("check", PAGE, "--format", "html", "--lang", "en").stdout
    english = tmp_path / "report.html"
    run("build", PAGE, "--store", tmp_path / "store", "--report", english, "--lang", "en")
    assert '<html lang="en' in english.read_text(encoding="utf-8")


def test_serve_prints_its_address_and_opens_the_browser(store: Path, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    command = [sys.executable, "-m", "jixiao", "serve", "--store", str(store), "--port", "0"]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "BROWSER": f"{browser} %s"}
    with subprocess.Popen(
        [*command, "--open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as server:
        try:
            assert server.stderr and server.stdout
            line = server.stderr.readline()
            address = re.search(r"at (http://127\.0\.0\.1:[1-9]\d*) ", line)
            assert address, line
            with urlopen(f"{address[1]}/static/style.css") as answer:
                assert answer.status == 200
            assert (tmp_path / "opened").read_text() == f"{address[1]}\n"
        finally:
            server.terminate()
        assert server.stdout.read() == ""


def test_extract_prints_a_record(tmp_path: Path) -> None:
    printed = run_apart("extract", PAGE)
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


def test_a_baseline_leaves_out_what_is_old_in_the_report_too(tmp_path: Path) -> None:
    whole = json.loads(run("check", PAGE, "--format", "json").stdout)
    assert '<details class="finding' in run("check", PAGE, "--format", "html").stdout
    left = next(f["code"] for f in whole["findings"] if f["code"] != "X01")
    whole["findings"] = [f for f in whole["findings"] if f["code"] != left]
    (old := tmp_path / "old.json").write_text(json.dumps(whole), encoding="utf-8")
    page = run("check", PAGE, "--format", "html", "--baseline", old).stdout
    assert set(re.findall(r'<details class="finding [^>]*data-rule="(.*?)"', page)) == {left}


def test_the_processes_of_a_server_log_as_it_does(store: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with workbench(store, tmp_path / "server", "--log-file", str(log)) as served:
        with urlopen(served.url) as answer:
            assert answer.status == 200
        lines = log.read_text(encoding="utf-8").splitlines()
    assert [li for li in lines if "answered overview" in li and f" {served.process.pid} " not in li]
    assert [li for li in lines if "serves " in li and f" {served.process.pid} " in li]


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
    assert page.count("<details>") == 4 + 12 + 1, "goals, statements, what was read"


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
