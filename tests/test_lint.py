"""`jixiao lint`: a fault of the knowledge is one line; the shipped knowledge has none.

Each folder of tests/data/lint has one fault; its expected.txt has the line in English and in
Chinese.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

import jixiao
from jixiao.checks.lint import Fault, lint
from jixiao.cli import cli
from jixiao.config import use_knowledge

ROOT = Path(__file__).parents[1]
CASES = sorted((ROOT / "tests" / "data" / "lint").iterdir())
# What only shows when a rule, a question or a layout is tried on its example.
TRIED = (
    "layout-example",
    "question-example",
    "rule-finds-nothing",
    "rule-finds-too-much",
    "shape-example",
)


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    use_knowledge(None)


def line(fault: Fault, folder: Path, lang: str) -> str:
    path = Path(fault.path).relative_to(folder)
    return f"{path}:{fault.line}: {getattr(fault.message, lang)}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_one_line(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8").splitlines()
    faults = lint(case, ask=jixiao.ask)
    assert [line(fault, case, lang) for lang in ("en", "zh") for fault in faults] == expected


def stopping() -> Iterator[pytest.ParameterSet]:
    """Yield the faults that stop commands: each day one of each kind of file."""
    seen = set[str]()
    for case in (case for case in CASES if case.name not in TRIED):
        kind = case.name.partition("-")[0]
        yield pytest.param(case, marks=pytest.mark.exhaustive if kind in seen else ())
        seen.add(kind)


@pytest.mark.parametrize("case", list(stopping()), ids=lambda case: case.name)
def test_the_same_fault_stops_other_commands(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8").splitlines()[0]
    run = CliRunner().invoke(cli, ["query", "--knowledge", str(case)])
    assert run.exit_code == 2 and len(run.stderr.splitlines()) == 1
    assert run.stderr == f"jixiao: {case}/{expected}\n"


def test_the_shipped_knowledge_has_no_fault() -> None:
    assert [fault.text("en") for fault in lint(ask=jixiao.ask)] == []


def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jixiao", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        check=False,
    )


def test_the_command_prints_lines_and_says_by_its_exit_code() -> None:
    case = Path("tests/data/lint/shape-target-class")
    found = command("lint", case)
    assert found.returncode == 1
    expected = (ROOT / case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert found.stdout.splitlines() == [f"{case}/{expected[0]}"]
    chinese = command("--lang", "zh", "lint", case)
    assert chinese.stdout.splitlines() == [f"{case}/{expected[1]}"]
    listed = msgspec.json.decode(command("lint", case, "--format", "json").stdout)
    assert [(fault["line"], fault["code"]) for fault in listed] == [(22, "unknown-term")]
    missing = command("lint", "no-such-folder")
    assert missing.returncode == 2 and len(missing.stderr.splitlines()) == 1
    assert "no-such-folder" in missing.stderr


def test_no_folder_means_what_the_environment_names() -> None:
    case = ROOT / "tests" / "data" / "lint" / "rule-sign"
    found = command("lint", JIXIAO_KNOWLEDGE=str(case))
    assert found.returncode == 1 and "ratoi" in found.stdout


@pytest.mark.parametrize("kind", ["layout", "rule", "question", "rule --ttl"])
def test_a_skeleton_lints_clean_as_it_stands(kind: str, tmp_path: Path) -> None:
    word, *options = kind.split()
    made = command("new", word, "L01", *options, "--knowledge", tmp_path / "ours")
    assert made.returncode == 0, made.stderr
    for path in made.stdout.splitlines():
        assert Path(path.removeprefix("wrote ")).is_file()
    assert lint(tmp_path / "ours", ask=jixiao.ask) == []
    again = command("new", word, "L01", *options, "--knowledge", tmp_path / "ours")
    assert again.returncode == 2 and "L01" in again.stderr


def test_a_skeleton_needs_a_folder_and_a_name(tmp_path: Path) -> None:
    assert command("new", "rule", "L01").returncode == 2
    wrong = command("new", "rule", "../L01", "--knowledge", tmp_path)
    assert wrong.returncode == 2 and list(tmp_path.iterdir()) == []
