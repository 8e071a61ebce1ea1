"""Checks questions: their heads, their queries, and that charts draw columns that there are."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, cast

from jixiao.checks.lint.faults import Faults
from jixiao.checks.lint.known import Known
from jixiao.checks.lint.selects import check_query, columns
from jixiao.checks.lint.tables import suggestion
from jixiao.config import Entry, folder
from jixiao.config.toml_files import Merged, Place, TomlError, convert, line_of, parsed
from jixiao.rdf import questions
from jixiao.rdf.questions import Head

_FIELD = "field"


def check_question(file: Entry, known: Known, faults: Faults) -> None:
    """Note the faults of one question."""
    try:
        text = file.read_text()
    except UnicodeDecodeError:
        faults.add(file, 1, "encoding")
        return
    written = questions.head_of(text)
    if not written.strip():
        faults.add(file, 1, "no-head")
        return
    try:
        head = convert(Merged(parsed(written, str(file)), [(str(file), written)]), Head)
    except TomlError as fault:
        faults.put(fault.path, fault.line, "toml", fault.reason)
        return
    body = "\n".join("" if line.startswith("#:") else line for line in text.splitlines())
    check_query("", body, (file, 1), known, faults)
    _check_words(file, written, head, faults)
    _check_parameters(file, written, head, body, faults)
    selected = columns(body, "")
    if selected is not None:
        _check_columns(file, written, head, selected, faults)
    for column, schemes in head.codes.items():
        for scheme in schemes:
            if f"https://w3id.org/jixiao/code/{scheme}" not in known.subjects:
                line = line_of(written, ("codes", column))
                faults.add(file, line, "unknown-list", name=scheme)


def _check_words(file: Entry, written: str, head: Head, faults: Faults) -> None:
    for name in ("title", "description"):
        said = getattr(head, name)
        for lang in ("zh", "en"):
            if not getattr(said, lang).strip():
                line = line_of(written, (name, lang))
                faults.add(file, line, "blank-language", name=name, lang=lang)
    others = _ids().get(head.id, [])
    if not head.id:
        faults.add(file, 1, "no-id")
    elif len(others) > 1:
        other = next((path for path in others if path != file.path), file.path)
        faults.add(file, line_of(written, ("id",)), "duplicate-id", id=head.id, other=other)


def _ids() -> dict[str, list[str]]:
    """Return the files of each number of a question."""
    found = defaultdict[str, list[str]](list)
    for file in folder("queries").files(".rq"):
        match = re.search(
            r'^#:\s*id\s*=\s*"([^"]*)"', file.read_bytes().decode(errors="replace"), re.M
        )
        if match:
            found[match[1]].append(file.path)
    return found


def _check_parameters(file: Entry, written: str, head: Head, body: str, faults: Faults) -> None:
    for name, parameter in head.parameters.items():
        line = line_of(written, ("parameters", name))
        for lang in ("zh", "en"):
            if not getattr(parameter, lang).strip():
                faults.add(file, line, "blank-language", name=f"parameters.{name}", lang=lang)
        if not re.search(rf"[?$]{re.escape(name)}\b", body):
            faults.add(file, line, "unused-parameter", name=name)


def _check_columns(
    file: Entry, written: str, head: Head, selected: list[str], faults: Faults
) -> None:
    """Note the columns that a chart draws, or that have words, and that the query has not."""
    chart = head.chart or {}
    folded = cast("list[dict[str, Any]]", chart.get("fold", []))
    made = {name for fold in folded for name in fold.get("as", [])}
    used = list[tuple[Place, str]]()
    for fold in folded:
        used += [(("chart", "fold"), column) for column in fold.get("columns", [])]
    encoding = cast("dict[str, Any]", chart.get("encoding", {}))
    for channel, about in encoding.items():
        used += [(("chart", "encoding", channel), name) for name in _fields(about)]
    used += [((part, name), name) for part in ("codes", "words") for name in getattr(head, part)]
    for place, name in used:
        if name not in selected and name not in made:
            near = suggestion(name, [*selected, *made])
            faults.add(file, line_of(written, place), "unknown-column", name=name, near=near)


def _fields(part: Any) -> Iterator[str]:
    """Yield the fields that a part of a chart draws."""
    if isinstance(part, dict):
        for key, value in cast("dict[str, Any]", part).items():
            if key == _FIELD and isinstance(value, str):
                yield value
            else:
                yield from _fields(value)
    elif isinstance(part, list):
        for item in cast("Sequence[Any]", part):
            yield from _fields(item)
