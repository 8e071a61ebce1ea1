"""The documentation: links lead somewhere, commands run, generated pages are current."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import chain, pairwise
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from packaging.requirements import Requirement
from pypdf import PdfWriter
from tests import commands as commands_of_users
from tests.answers import ROOT

from jixiao.cli import cli

DOCS = ROOT / "docs"
PDF = ROOT / "examples" / "juluxian-2023.pdf"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
STORIES = [
    *(ROOT / "README.md", DOCS / "tutorial.md", DOCS / "profiles.md"),
    *sorted((DOCS / "how-to").glob("*.md")),
]
MARKDOWN = MarkdownIt("commonmark").enable("table")
# These lines need a server, a cluster, a browser, or files that only their reader has. The site is
# tested by test_publication.
_ELSEWHERE = re.compile(
    r"\b(serve|publish|COMMAND)\b|tcp://|--format (png|svg|ntriples)|--site|\b2024/|disclosures/"
)
# `lint` leaves the knowledge that it looked at in use: it needs a process of its own.
_APART = re.compile(r"[|;&<>*$`]|\b(lint|new) ")
_COMMAND = re.compile(r"(?:jixiao|scripts/run|mkdir|cp) ")
_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
_STORY_NAMES = [str(page.relative_to(ROOT)) for page in STORIES]


def tokens(page: Path) -> Iterator[Token]:
    """Yield all tokens of a page, those within paragraphs too."""
    for token in MARKDOWN.parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the web site make them."""
    found = set[str]()
    every = MARKDOWN.parse(page.read_text(encoding="utf-8"))
    for opening, inline in pairwise(every):
        if opening.type == "heading_open":
            text = "".join(
                t.content for t in inline.children or () if t.type in ("text", "code_inline")
            )
            found.add(re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=_NAMES)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for token in tokens(page):
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        if not target or re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), f"{page.name}: {target}"
        assert path.is_relative_to(ROOT), f"{page.name}: {target} is outside the repository"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{page.name}: {target}"


def test_the_index_leads_to_every_page() -> None:
    """Pages of a folder with a README of its own are listed there."""
    for index in (
        DOCS / "index.md",
        DOCS / "rules" / "README.md",
        DOCS / "decisions" / "README.md",
    ):
        linked = {
            (index.parent / str(token.attrGet("href")).partition("#")[0]).resolve()
            for token in tokens(index)
            if token.attrGet("href")
        }
        beside = {page for page in index.parent.glob("*.md") if page != index}
        if index.name == "index.md":
            beside |= {*(DOCS / "how-to").glob("*.md"), *DOCS.glob("*/README.md")}
        assert beside <= linked, sorted(beside - linked)


def test_the_web_site_is_built_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    if find_spec("material") is None:
        pytest.skip("mkdocs-material is not installed")
    command = [sys.executable, "-m", "scripts.docs.site", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(PAGES)  # the page of the ontology, too
    loads = re.compile(r'(?:<(?:script|img|iframe)[^>]+src|<link[^>]+href)="?(?:https?:)?//')
    for page in pages:
        assert not loads.search(page.read_text(encoding="utf-8")), page


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["scripts.docs.cli", "--print", "--lang", "en"], "cli.md"),
        (["scripts.docs.cli", "--print", "--lang", "zh"], "cli.zh.md"),
        (["scripts.docs.api", "--print"], "api.md"),
    ],
)
def test_the_references_are_current(words: list[str], name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == (DOCS / name).read_text(encoding="utf-8"), "run scripts/reference"


def test_the_readme_gives_a_reason_for_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    everything = [*project["dependencies"], *chain.from_iterable(extras)]
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Dependencies")[2]
    listed = {name for row in re.findall(r"^\| ([\w\-, ()`]+?) \|", table, re.M)
              for name in re.findall(r"[\w-]+", re.sub(r"\(extra `\w+`\)", "", row))}  # fmt: skip
    assert listed - {"package"} == {Requirement(line).name for line in everything}


def test_a_package_says_what_its_modules_hold() -> None:
    """Or that it has one module for each thing of a kind, whose names say which."""
    for package in sorted((ROOT / "src" / "jixiao").glob("*/**/__init__.py")):
        says = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
        modules = {file.stem for file in package.parent.glob("*.py")} - {"__init__"}
        modules |= {inner.parent.name for inner in package.parent.glob("*/__init__.py")}
        missing = {name for name in modules if not re.search(rf"\b{name}\b", says)}
        assert not missing or "one module a " in says.lower(), (package, missing)


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a page: a file by its path, "code" for a shell, or "python"."""
    for token in MARKDOWN.parse(page.read_text(encoding="utf-8")):
        if token.type not in ("fence", "code_block"):
            continue
        if title := re.search(r'title="(.+)"', token.info):
            yield title[1], token.content
        elif token.info.strip() == "python" and token.level == 0:
            yield "python", token.content
        elif token.info.strip() in ("", "sh", "console"):
            yield "code", token.content


def commands(code: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a block, each with the output that a console shows after it."""
    if code.startswith("$ "):
        for part in re.split(r"^\$ ", code, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output
    else:
        yield from ((line, "") for line in code.splitlines() if _COMMAND.match(line))


def written_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for kind, code in blocks(page):
            for command, _ in commands(code) if kind == "code" else ():
                if command.startswith(("jixiao ", "scripts/run ")):
                    yield str(page.relative_to(ROOT)), command


@pytest.mark.parametrize(("page", "command"), sorted(set(written_commands())))
def test_every_command_has_the_options_that_a_page_names(page: str, command: str) -> None:
    if "[" in command or "…" in command:
        return  # a pattern of a call
    words = shlex.split(command.partition(" > ")[0].partition(";")[0])[1:]
    name = next(word for word in words if not word.startswith("-"))
    options = {o for p in cli.commands[name].params for o in (*p.opts, *p.secondary_opts)}
    for word in words:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in options | {"--help"}, f"{page}: {command}"
    choices = {o: p.type.choices for p in cli.commands[name].params for o in p.opts
               if isinstance(p.type, click.Choice)}  # fmt: skip
    for option, value in pairwise(words):
        if option in choices and value.isascii() and "ntriples" not in value:
            assert set(value.split("|")) <= set(choices[option]), f"{page}: {command}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the pages name, and jixiao on its PATH."""
    (tmp_path / "examples").mkdir()
    shutil.copy(PDF, tmp_path / "examples")
    corpus = tmp_path / "tests" / "data" / "corpus"
    shutil.copytree(ROOT / "tests" / "data" / "corpus", corpus)
    program = f'#!/bin/sh\nexec "{sys.executable}" -m jixiao "$@"\n'
    for name in ("bin/jixiao", "scripts/run"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(program, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(command: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a line of a page: a plain call of jixiao in this process, others by a shell.

    Returns:
        Its exit code, and what it printed.
    """
    if command.startswith(("jixiao ", "scripts/run ")) and not _APART.search(command):
        done = commands_of_users.run(*shlex.split(command, comments=True)[1:])
    else:
        done = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environment, capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def missing(expected: str, output: str) -> str:
    """Return the first line that does not follow those before it, "" if there is none.

    White space does not count, so that a page may break long lines; "…" is what a page leaves out.
    """
    rest = "".join(output.split())
    for line in expected.splitlines():
        wanted = "".join(line.split())
        if wanted and wanted != "…":
            _, there, rest = rest.partition(wanted)
            if not there:
                return line
    return ""


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("page", STORIES, ids=_STORY_NAMES)
def test_a_page_works_from_its_first_command_to_its_last(
    page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are written, commands run, and the output of a console is as the page shows it."""
    if page.name == "README.md":  # names files that its reader has
        (folder / "2023").mkdir()
        shutil.copy(ROOT / "tests" / "data" / "corpus" / "farming-2023.docx", folder / "2023")
        with PdfWriter() as two_pages:
            two_pages.append(PDF, pages=(27, 29))
            two_pages.write(folder / "2023.pdf")
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "LC_ALL": "en_US.UTF-8", "PYTHONIOENCODING": "utf-8"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    monkeypatch.chdir(folder)
    outputs = list[str]()
    for kind, code in blocks(page):
        if kind == "python":
            subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True)
        elif kind != "code":
            (folder / kind).parent.mkdir(parents=True, exist_ok=True)
            (folder / kind).write_text(code, encoding="utf-8")
            continue
        for command, expected in commands(code) if kind == "code" else ():
            if _ELSEWHERE.search(command):
                continue
            status, output = run(command, folder, environment)
            assert status in ((0, 1) if " check " in command else (0,)), f"{command}\n{output}"
            assert not missing(expected, output), f"{command}\n{output}"
            outputs.append(output)
    if page.name == "README.md":
        shown = next(code for _, code in blocks(page) if code.startswith("巨鹿县"))
        assert not missing(shown, outputs[0])
