"""A user's folder of knowledge: what it adds, replaces and merges, wherever documents are read."""

import functools
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse
from tests.papers import in_process
from tests.servers import workbench

import jixiao
from jixiao.checks.catalogue import rules, shapes
from jixiao.checks.rule_files import generated
from jixiao.checks.run import check_quads
from jixiao.checks.skeletons import write
from jixiao.cli import cli
from jixiao.config import FOLDERS, Entry, folder, knowledge_digest, use_knowledge
from jixiao.config.toml_files import line_of, merged
from jixiao.errors import UsageError
from jixiao.extraction import read
from jixiao.extraction.field_words import field_words
from jixiao.extraction.value_rules import value_rules
from jixiao.fingerprints import current
from jixiao.pipeline.build import build
from jixiao.queries.catalogue import question
from jixiao.rdf.mapping import quads
from jixiao.rdf.rdflib_graph import graph
from jixiao.store.store import open_store

ROOT = Path(__file__).parents[1]
UNIT = '[units]\nmufen = ["分地"]\n'
CODE = """@prefix units: <https://w3id.org/jixiao/code/unit/> .
@prefix code: <https://w3id.org/jixiao/code/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
units:mufen a skos:Concept ; skos:inScheme code:unit ;
    skos:notation "mufen" ; skos:prefLabel "分地"@zh-Hans, "fen of land"@en .
"""
PAGE = """<p>2024年示例局部门预算公开</p><p>土地整治绩效目标表</p><table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>整治面积</td><td>≥30分地</td></tr></table>"""


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    use_knowledge(None)


def laid(base: Path, **texts: str) -> Path:
    """Return a folder of knowledge with these files; `__` stands for a folder."""
    for name, text in texts.items():
        path = base / name.replace("__", "/").replace("_toml", ".toml").replace("_ttl", ".ttl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return base


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return laid(tmp_path / "ours", extract__values_toml=UNIT, ontology__codes__ours_ttl=CODE)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def unit(path: Path) -> str | None:
    target = read(path).projects[0].indicators[0].target
    return target.unit if target else None


def test_a_word_and_its_code_are_added_and_taken_away(ours: Path, page: Path) -> None:
    assert unit(page) is None
    version = current().read
    jixiao.use_knowledge(ours)
    assert unit(page) == "mufen"
    assert current().read != version and knowledge_digest()
    assert any("mufen" in str(quad) for quad in graph(read(page)).quads())
    jixiao.use_knowledge(None)
    assert unit(page) is None and current().read == version and not knowledge_digest()


def test_processes_that_are_started_use_it_too(ours: Path, page: Path, tmp_path: Path) -> None:
    for number in range(3):  # several documents, for several processes
        (page.parent / f"page{number}.html").write_text(PAGE + f"<p>{number}</p>", encoding="utf-8")
    use_knowledge(ours)
    pages = sorted(page.parent.glob("page*.html"))
    assert len(build(pages, tmp_path / "store", jobs=2).built) == len(pages)
    with open_store(tmp_path / "store") as store:
        found = store.database.query(
            "SELECT ?unit { GRAPH ?g { ?t <https://w3id.org/jixiao/ns#unit> ?unit } }"
        )
        assert {str(row["unit"]) for row in found} == {  # type: ignore[union-attr]
            "<https://w3id.org/jixiao/code/unit/mufen>"
        }
        assert store.database.query("ASK { GRAPH ?g { ?c ?p 'mufen' } }")
    use_knowledge(None)
    with in_process():
        assert len(build(pages, tmp_path / "store").built) == len(pages)  # they are read again


def test_a_server_and_its_workers_use_it_too(tmp_path: Path, page: Path) -> None:
    write("question", "with-word", ours := tmp_path / "ours")
    use_knowledge(ours)
    with in_process():
        build([page], tmp_path / "store")
    (tmp_path / "server").mkdir()
    with workbench(tmp_path / "store", tmp_path / "server") as server:
        answer = requests.get(f"{server.url}/answer/with-word?word=面积", timeout=30)
    assert answer.status_code == 200 and "整治面积" in answer.text


@pytest.mark.parametrize("before", [True, False])
def test_the_option_is_before_the_command_or_after_it(
    ours: Path, page: Path, *, before: bool
) -> None:
    option = ["--knowledge", str(ours)]
    words = [*option, "extract", str(page)] if before else ["extract", str(page), *option]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0
    indicator = json.loads(done.stdout)["projects"][0]["indicators"][0]
    assert indicator["target"]["unit"] == "mufen"


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError) as error:
            use_knowledge(path)
        assert str(path) in str(error.value)
    environment = {**os.environ, "JIXIAO_KNOWLEDGE": str(tmp_path / "nowhere")}
    command = [sys.executable, "-m", "jixiao", "query"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 2 and len(run.stderr.splitlines()) == 1 and "nowhere" in run.stderr


def test_a_rule_a_question_and_a_profile_are_added(tmp_path: Path, page: Path) -> None:
    ours = tmp_path / "ours"
    for kind, name in (("rule", "L01"), ("question", "with-word")):
        write(kind, name, ours)
    label = 'label = { zh = "本县", en = "ours" }\n'
    laid(ours, shapes__profiles__ours_toml=label + 'off = ["L01"]\n')
    page.write_text(PAGE.replace("≥30分地", "≥95%"), encoding="utf-8")
    use_knowledge(ours)
    record = read(page)
    assert "L01" in {finding.code for finding in check_quads(quads(record)).findings}
    off = check_quads(quads(record), profile="ours")
    assert off.profile.zh == "本县" and "L01" not in {finding.code for finding in off.findings}
    answer = jixiao.ask(graph(record), "with-word", word="面积")
    assert [row[1] for row in answer.rows] == ["整治面积"]
    use_knowledge(None)
    assert "L01" not in rules()
    with pytest.raises(UsageError):
        question("with-word")


def test_a_shipped_rule_is_changed_by_a_file_of_its_name(tmp_path: Path) -> None:
    changed = 'severity = "info"\nmessage = { zh = "不是比率", en = "no ratio" }\n'
    use_knowledge(laid(tmp_path / "ours", shapes__rules__M01_toml=changed))
    assert rules()["M01"].severity == "info"
    assert not [text for text in shapes().objects() if "neither its name nor" in str(text)]
    assert rules()["M02"].severity == "warning"
    use_knowledge(None)
    assert rules()["M01"].severity == "error"


def test_a_file_that_is_not_toml_is_replaced(tmp_path: Path) -> None:
    text = (ROOT / "queries" / "projects.rq").read_text(encoding="utf-8")
    ours = tmp_path / "ours" / "queries"
    ours.mkdir(parents=True)
    (ours / "projects.rq").write_text(text.replace("title.en = ", 'title.en = "Ours" # '))
    use_knowledge(ours.parent)
    assert question("projects").head.title.en == "Ours"


BASE = """
scalar = 1
words = ["a", "b"]
[table]
kept = 1
changed = 1
[[things]]
name = "x"
parts = [1]
[[things]]
name = "y"
"""


@pytest.mark.parametrize(
    ("over", "path", "expected"),
    [
        ("scalar = 2", "scalar", 2),
        ('words = ["b", "c"]', "words", ["a", "b", "c"]),
        ('words = { before = ["c"], remove = ["a"] }', "words", ["c", "b"]),
        ('words = { replace = ["c"] }', "words", ["c"]),
        ("[table]\nchanged = 2", "table", {"kept": 1, "changed": 2}),
        ("[table]\nreplace = true\nnew = 2", "table", {"new": 2}),
        ("[new]\na = 1", "new", {"a": 1}),
        (
            '[[things]]\nname = "x"\nparts = [2]\n[[things]]\nname = "z"',
            "things",
            [{"name": "x", "parts": [1, 2]}, {"name": "y"}, {"name": "z"}],
        ),
        (
            '[[things]]\nname = "x"\nreplace = true',
            "things",
            [{"name": "x"}, {"name": "y"}],
        ),
        ("replace = true\nother = 1", "", {"other": 1}),
    ],
)
def test_toml_files_of_one_name_are_merged(
    tmp_path: Path, over: str, path: str, expected: Any
) -> None:
    layers = tmp_path / "base.toml", tmp_path / "over.toml"
    layers[0].write_text(BASE)
    layers[1].write_text(over)
    result = merged(Entry("extract/some.toml", layers))
    assert (result.value[path] if path else result.value) == expected


def test_a_fault_is_located_in_the_layer_that_it_is_in(tmp_path: Path) -> None:
    layers = tmp_path / "base.toml", tmp_path / "over.toml"
    layers[0].write_text(BASE)
    layers[1].write_text('# ours\nwords = [\n  "c",\n  "d",\n]\n\n[table]\nnew = 1\n')
    result = merged(Entry("extract/some.toml", layers))
    assert result.locate(("words", 3)) == (str(layers[1]), 4)
    assert result.locate(("words", 0)) == (str(layers[0]), 3)
    assert result.locate(("table", "new")) == (str(layers[1]), 8)
    assert result.locate(("table", "kept")) == (str(layers[0]), 5)


def test_lines_are_found_in_every_shipped_file() -> None:
    for name in ("extract/values.toml", "extract/fields.toml", "shapes/rules/M01.toml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        lines = text.splitlines()
        for key in merged(_entry(name)).value:
            found = lines[line_of(text, (key,)) - 1]
            assert key in found, (name, key, found)


def _entry(path: str) -> Entry:
    first, *rest = path.split("/")
    entry = folder(first)
    for name in rest:
        entry /= name
    return entry


def test_whatever_is_remembered_is_forgotten_with_other_knowledge() -> None:
    """A cache of functools must not keep what follows from knowledge: those that may are listed."""
    allowed = {
        "jixiao.checks.engine", "jixiao.checks.lint.selects", "jixiao.config",
        "jixiao.config.toml_files", "jixiao.documents.model", "jixiao.documents.pdf.ocr",
        "jixiao.extraction", "jixiao.extraction.kept", "jixiao.messages",
        "jixiao.model.divisions", "jixiao.pipeline.archives", "jixiao.pipeline.workers",
        "jixiao.publishing.site.view",
        "jixiao.server.pages.rendering",
    }  # fmt: skip
    assert field_words() and value_rules() and rules()
    use_knowledge(None)
    kind = type(functools.cache(len))
    for module in pkgutil.walk_packages(jixiao.__path__, "jixiao."):
        if module.name.endswith(("__main__", "preloaded")):  # they run something
            continue
        for name, value in vars(import_module(module.name)).items():
            ours = isinstance(value, kind) and value.__module__ == module.name
            if ours and module.name not in allowed:
                assert value.cache_info().currsize == 0, (module.name, name)


def test_the_generated_shapes_are_current() -> None:
    made = (ROOT / "shapes" / "rules.ttl").read_text(encoding="utf-8")
    assert made == generated(), "run scripts/shapes"
    assert list(parse(made, RdfFormat.TURTLE))


def test_the_four_folders_are_all_there_is() -> None:
    assert [folder(name).is_dir() for name in FOLDERS] == [True] * 4


def test_other_knowledge_on_a_worker_is_told_apart(ours: Path) -> None:
    use_knowledge(ours)
    mine = knowledge_digest()
    (ours / "extract" / "values.toml").write_text(UNIT + "# more\n", encoding="utf-8")
    assert knowledge_digest() != mine
