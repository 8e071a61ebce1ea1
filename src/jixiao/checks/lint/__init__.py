"""Checks the knowledge itself: what a user has added or changed, or all that is shipped.

tables     TOML files: their form, their patterns, the names that they use
graphs     Turtle files: terms, code lists, shapes; `engines` asks the SHACL engines about them
questions  heads, queries and charts of questions; `selects` has what concerns all SPARQL
examples   rules tried on their examples
known      what names stand for
faults     a fault, and the list of them
"""

import json
from collections.abc import Callable
from pathlib import Path

from jixiao.checks.lint.faults import Fault, Faults
from jixiao.checks.lint.graphs import check_turtle
from jixiao.checks.lint.known import known
from jixiao.checks.lint.questions import check_question
from jixiao.checks.lint.tables import check_toml, suggestion
from jixiao.config import FOLDERS, SUFFIXES, Entry, folder, overlay, shipped, use_knowledge
from jixiao.errors import UsageError
from jixiao.model.answer import Answer

__all__ = ["Fault", "lint", "refuse_faults"]

_HOMES = (
    ("extract", ".toml"),
    ("extract/layouts", ".toml"),
    ("extract/lexicons", ".toml"),
    ("ontology", ".ttl"),
    ("ontology", ".jsonld"),
    ("ontology/codes", ".ttl"),
    ("shapes", ".ttl"),
    ("shapes", ".toml"),
    ("shapes/rules", ".toml"),
    ("shapes/profiles", ".toml"),
    ("queries", ".rq"),
    ("queries/examples", ".toml"),
)
_ALSO = ("ontology/alignments", "ontology/releases", "ontology/w3id")  # published, not read
_EXAMPLES = ("shapes/examples", "extract/examples")
_NOTES = (".md", ".txt")


def lint(
    over: Path | None = None, *, ask: Callable[..., Answer] | None = None, whole: bool = True
) -> list[Fault]:
    """Return the faults of the knowledge, by file and line.

    Args:
        over: a user's folder, which is taken into use and of which every file is checked. None
            checks the shipped files with the folder in use laid over them.
        ask: answers a question (`jixiao.ask`), to try the examples of questions; without it they
            are not tried.
        whole: try the examples of rules too, and ask the SHACL engines; it takes seconds.

    Raises:
        UsageError: there is no such folder, or it has none of the four.

    """
    if over is not None and over.resolve() != Path(str(shipped())).resolve():
        use_knowledge(over)
        files = _files_of(over.resolve())
    else:
        files = [file for name, suffix in _HOMES for file in _below(name).files(suffix)]
    faults, names = Faults(), known()
    for file in files:
        if file.name.endswith(".toml"):
            check_toml(file, names, faults)
        elif file.name.endswith(".ttl"):
            check_turtle(file, names, faults)
        elif file.name.endswith(".rq"):
            check_question(file, names, faults)
        elif file.name.endswith(".jsonld"):
            _check_json(file, faults)
    if over is not None:
        _check_places(over.resolve(), faults)
    if whole and not faults.met:
        _try_rules(files, ask, faults)
    return faults.sorted()


def refuse_faults() -> None:
    """Raise `UsageError` with the first fault of the user's knowledge, if it has any.

    Commands that would use it call this first, so that no fault shows only as a strange result.
    """
    if over := overlay():
        faults = lint(over, whole=False)
        if faults:
            first = faults[0]
            path = f"{first.path}:{first.line}"
            code = "knowledge-fault" if len(faults) == 1 else "knowledge-faults"
            raise UsageError(code, path=path, reason=first.message, more=len(faults) - 1)


def _below(path: str) -> Entry:
    first, *rest = path.split("/")
    entry = folder(first)
    for name in rest:
        entry /= name
    return entry


def _files_of(over: Path) -> list[Entry]:
    """Return the files of a user's folder, where they are read from."""
    homes = {(home, suffix) for home, suffix in _HOMES}
    found = list[Entry]()
    for name in FOLDERS:
        for file in sorted((over / name).rglob("*")):
            path = file.relative_to(over).as_posix()
            if file.is_file() and (path.rpartition("/")[0], file.suffix) in homes:
                found.append(_below(path))
    return found


def _check_places(over: Path, faults: Faults) -> None:
    """Note the files of a user's folder that nothing reads."""
    homes = {(home, suffix) for home, suffix in _HOMES}
    for file in sorted(over.rglob("*")):
        path = file.relative_to(over).as_posix()
        parts = path.split("/")
        if not file.is_file() or any(part.startswith((".", "_")) for part in parts):
            continue
        home = path.rpartition("/")[0]
        skipped = file.suffix in _NOTES or home.startswith((*_EXAMPLES, *_ALSO))
        if skipped or (parts[0] not in FOLDERS and file.suffix not in SUFFIXES):
            continue
        if (home, file.suffix) not in homes:
            names = [f"{name}/…{suffix}" for name, suffix in _HOMES]
            faults.add(file, 1, "unread-file", near=suggestion(f"{home}/…{file.suffix}", names))


def _check_json(file: Entry, faults: Faults) -> None:
    try:
        json.loads(file.read_text())
    except json.JSONDecodeError as error:
        faults.add(file, error.lineno, "json", reason=error.msg)


def _try_rules(files: list[Entry], ask: Callable[..., Answer] | None, faults: Faults) -> None:
    from jixiao.checks.lint.engines import check_engines
    from jixiao.checks.lint.examples import (
        check_examples,
        check_graphs,
        check_layouts,
        check_questions,
    )

    turtle = [file for file in files if file.name.endswith(".ttl")]
    check_engines([file for file in turtle if file.path.startswith("shapes/")], faults)
    check_examples([file for file in files if file.path.startswith("shapes/rules/")], faults)
    if ask is not None:
        examples = [file for file in files if file.path.startswith("queries/examples/")]
        check_questions(examples, ask, faults)
    over = overlay()
    if over is not None:
        shapes, extract = (over / folder for folder in _EXAMPLES)
        check_graphs(sorted(shapes.glob("*/*.ttl")), faults)
        check_layouts(sorted(extract.glob("*.*")), faults)
