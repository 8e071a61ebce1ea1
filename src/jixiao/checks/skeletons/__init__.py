"""Skeletons of a layout, a rule and a question, which work as they stand."""

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from jixiao.config import overlay
from jixiao.errors import UsageError

Kind = Literal["layout", "rule", "question"]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# Which files a skeleton has, and where they go.
_FILES: dict[str, dict[str, str]] = {
    "layout": {
        "layout.toml": "extract/layouts/NAME.toml",
        "layout.html": "extract/examples/NAME.html",
    },
    "rule": {"rule.toml": "shapes/rules/NAME.toml"},
    "rule-ttl": {
        "rule.ttl": "shapes/NAME.ttl",
        "invalid.ttl": "shapes/examples/NAME/invalid.ttl",
        "valid.ttl": "shapes/examples/NAME/valid.ttl",
    },
    "question": {
        "question.rq": "queries/NAME.rq",
        "question.toml": "queries/examples/NAME.toml",
    },
}


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a skeleton, and the folder of knowledge that they are in."""

    folder: Path
    files: list[Path]


def write(kind: str, name: str, folder: Path | None, *, turtle: bool = False) -> Written:
    """Write a skeleton into a folder of knowledge, which is made if there is none.

    Args:
        kind: "layout", "rule" or "question".
        name: the name of the file, and the code of a rule or a question.
        folder: the user's knowledge; None for the one in use.
        turtle: write a rule as Turtle, with SPARQL.

    Raises:
        UsageError: no folder is given or in use, the name cannot be one, or a file is there.

    """
    target = folder or overlay()
    if target is None:
        raise UsageError("new-where")
    if not _NAME.fullmatch(name):
        raise UsageError("new-name", name=name)
    planned = _FILES["rule-ttl" if kind == "rule" and turtle else kind]
    paths = {source: target / place.replace("NAME", name) for source, place in planned.items()}
    for path in paths.values():
        if path.exists():
            raise UsageError("new-exists", path=path)
    for source, path in paths.items():
        text = (files("jixiao.checks.skeletons") / source).read_text(encoding="utf-8")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("NAME", name), encoding="utf-8")
    return Written(target, list(paths.values()))
