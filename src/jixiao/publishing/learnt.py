"""Writes the words that `jixiao learn` proposes: a folder of knowledge, and a page to judge by.

    write(propose(content), Path("learnt"), "2024.pdf", "zh")

`extract/fields.toml` has a line for each word, with the reason as a comment above it. Words that a
person must decide on are commented out. `preview.html` shows the forms and loads nothing else.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from jixiao.atomic_files import write_whole
from jixiao.errors import UsageError
from jixiao.extraction.field_words import field_words
from jixiao.extraction.forms.proposals import Proposal, Proposals
from jixiao.messages import shown, texts
from jixiao.model.record import Where
from jixiao.publishing.finding_text import place_text

_OVERLAY, _PREVIEW = "extract/fields.toml", "preview.html"
_KEYS = ("kind", "scope", "stage", "fund")  # of a label, beside its field
_LONGEST = 60  # characters of a text in a comment
_IN_LINE = 6  # names in a line of a comment
_TURN = 47  # degrees between the hues of two roles


def refuse_existing(folder: Path) -> None:
    """Raise `UsageError` if one of the files of a folder is there already."""
    for name in (_OVERLAY, _PREVIEW):
        if (folder / name).exists():
            raise UsageError("learn-exists", path=folder / name)


def write(
    found: Proposals, folder: Path, file: str, lang: str, *, force: bool = False
) -> list[Path]:
    """Write the proposals for a file.

    Args:
        found: The proposals.
        folder: The folder, which is made if there is none; only two files of it are written.
        file: The name of the file that they are for.
        lang: "zh" or "en".
        force: Write over what is there.

    Returns:
        The files written.

    Raises:
        UsageError: A file is there already, or cannot be written.

    """
    if not force:
        refuse_existing(folder)
    overlay, preview = folder / _OVERLAY, folder / _PREVIEW
    try:
        overlay.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("unwritable", path=overlay.parent, reason=error.strerror) from error
    write_whole(overlay, overlay_toml(found.words, file, lang).encode())
    write_whole(preview, preview_html(found, file, lang).encode())
    return [overlay, preview]


def overlay_toml(words: Sequence[Proposal], file: str, lang: str) -> str:
    """Return the words as a file to be laid over `extract/fields.toml`.

    Args:
        words: The proposals.
        file: The name of the file that they are for.
        lang: "zh" or "en", for the comments.
    """
    say = texts("learnt", lang)
    lines = [*_comment(say("title", file=_line(file))), *_comment(say("how"))]
    columns = [proposal for proposal in words if proposal.kind == "column"]
    labels = [proposal for proposal in words if proposal.kind == "label"]
    if columns:
        roles = _several([_titled(role) for role in field_words().columns])
        lines += ["", *_comment(say("columns", roles=roles)), "[columns]"]
        lines += _lists({role: role for role in field_words().columns}, columns, lang)
        for proposal in (p for p in columns if not p.role):
            word = f"#{say('role')} = [{_quoted(proposal.word)}]"
            lines += ["", *_comment(reasons(proposal, lang)), word]
    scopes = {f"value:{scope}": str(scope) for scope in field_words().value_scopes}
    if any(proposal.role in scopes for proposal in columns):
        lines += ["", "[value_scopes]", *_lists(scopes, columns, lang)]
    if labels:
        names = dict.fromkeys(entry.field for entry in field_words().labels)
        fields = _several([_titled(field) for field in names])
        lines += ["", *_comment(say("labels", fields=fields))]
    for proposal in labels:
        lines += ["", *_comment(reasons(proposal, lang)), *_label(proposal)]
    return "\n".join(lines) + "\n"


def reasons(proposal: Proposal, lang: str) -> str:
    """Return why a word is proposed, line by line: the role, the doubt, what is below, the place.

    Args:
        proposal: A proposal.
        lang: "zh" or "en".
    """
    say = texts("learnt", lang)
    kind, like = proposal.kind, proposal.like
    said = [
        say(
            f"{kind}-role",
            printed=_line(proposal.printed),
            role=_read_as(proposal, lang),
            value=proposal.confidence,
        ),
        say("like", word=like.word, value=like.score) if like.word else say("unlike"),
    ]
    if proposal.doubt:
        rival = _titled(proposal.rival) if proposal.rival else say("no-role")
        said.append(say(f"doubt-{proposal.doubt}", rival=rival))
    if proposal.cells:
        cells = " · ".join(_line(cell) for cell in proposal.cells)
        said.append(say(f"{kind}-cells", cells=cells))
    return "\n".join([*said, say("place", place=_place(proposal.where, lang))])


def preview_html(found: Proposals, file: str, lang: str) -> str:
    """Return the page that shows the forms with what each cell was read as.

    Args:
        found: The proposals and their forms.
        file: The name of the file that they are for.
        lang: "zh" or "en".
    """
    # Escaping is on: headers and cells come from documents of strangers.
    environment = Environment(
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    readings = [
        cell.reading for form in found.forms for row in form.rows for cell in row if cell.reading
    ]
    roles = dict.fromkeys(role for reading in readings for role in reading.roles)
    template = (files("jixiao.publishing") / "learnt.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        t=texts("learnt", lang),
        lang=lang,
        file=shown(file),
        words=[(proposal, reasons(proposal, lang).splitlines()[1:]) for proposal in found.words],
        forms=found.forms,
        titled=_titled,
        read_as=partial(_read_as, lang=lang),
        hues={role: at * _TURN % 360 for at, role in enumerate(roles)},
        place=partial(_place, lang=lang),
    )


def _lists(keys: dict[str, str], columns: list[Proposal], lang: str) -> Iterator[str]:
    """Yield the list of each role; a word with a doubt is commented out in it."""
    for role, key in keys.items():
        words = [proposal for proposal in columns if proposal.role == role]
        if not words:
            continue
        yield f"{key} = ["
        for proposal in words:
            yield from _comment(reasons(proposal, lang), "    ")
            yield f"    {'#' if proposal.doubt else ''}{_quoted(proposal.word)},"
            if role == "value":
                yield from _comment(texts("learnt", lang)("scoped"), "    ")
        yield "]"


def _label(proposal: Proposal) -> Iterator[str]:
    yield "#[[labels]]"
    yield f"#field = {_quoted(proposal.role or 'other')}"
    for key in _KEYS:
        if value := getattr(proposal.label, key, None):
            yield f"#{key} = {_quoted(value)}"
    if proposal.label is not None and proposal.label.part:
        yield "#part = true"
    yield f"#words = [{_quoted(proposal.word)}]"


def _read_as(proposal: Proposal, lang: str) -> str:
    """Return the role of a proposal in words; a label's is named by the words that it is like."""
    if proposal.label is not None:
        return f"{proposal.role} {proposal.label.words[0]}"
    return _titled(proposal.role) if proposal.role else texts("learnt", lang)("no-role")


def _titled(role: str) -> str:
    """Return a role with its name: "value 指标值"."""
    return " ".join(filter(None, (role, _name(role))))


def _name(role: str) -> str:
    """Return the first word of a role, which is its usual name; blank for one without words."""
    words = field_words()
    scopes = {f"value:{scope}": known for scope, known in words.value_scopes.items()}
    if known := words.columns.get(role) or scopes.get(role):
        return known[0]
    field, _, kind = role.partition(":")
    labels = (e for e in words.labels if e.field == field != "other" and kind in ("", e.kind))
    return next((entry.words[0] for entry in labels), "")


def _place(where: Where, lang: str) -> str:
    say = texts("learnt", lang)
    table = say("table", number=where.table) if where.table else ""
    return " · ".join(filter(None, (table, place_text(where, lang))))


def _comment(text: str, indent: str = "") -> Iterator[str]:
    return (f"{indent}# {line}".rstrip() for line in text.splitlines())


def _several(names: Sequence[str]) -> str:
    """Return names in lines of a few each."""
    return "\n".join(
        "    " + ", ".join(names[at : at + _IN_LINE]) for at in range(0, len(names), _IN_LINE)
    )


def _line(text: str) -> str:
    """Return a text of a document on one line, without characters that TOML forbids."""
    plain = "".join(c if c.isprintable() else " " for c in shown(text))
    plain = " ".join(plain.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def _quoted(text: str) -> str:
    # Strings of JSON are strings of TOML, but for the delete character.
    return json.dumps(shown(text), ensure_ascii=False).replace("\x7f", "\\u007F")
