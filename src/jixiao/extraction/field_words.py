"""The header words and labels of forms: `extract/fields.toml`, and the layouts that add to them.

A new synonym for a header or label is added to these files, not here. A text need not be one of
the words: `column_lexicon` and `label_like` tell what it is like, and how much.
"""

from typing import Annotated, Literal

import msgspec

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import CodeOf, Pattern, Regex, read_toml
from jixiao.extraction.evidence.likeness import Lexicon, Likeness
from jixiao.model.record import Scope, Stage
from jixiao.text import fold


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Labels of a form that mean one field; the other keys give the kind of its value."""

    field: Annotated[str, CodeOf("label")]
    words: list[str]
    kind: Annotated[str, CodeOf("particular")] | None = None
    scope: Scope | None = None
    stage: Stage | None = None
    fund: Annotated[str, CodeOf("fund-source")] | None = None
    part: bool = False


class YearWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The words for a year before the budget's year, and for that year."""

    before: str
    this: str


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`fields.toml`: the meaning of header words and labels, whatever the layout.

    `weights` has words that count for more or less than 1.
    """

    ignore: list[Regex]
    level1_points: Annotated[str, Pattern("weight")]
    unit: Annotated[str, Pattern("unit")]
    inline: Annotated[str, Pattern("label", "value")]
    template: Annotated[str, Pattern("sign", "unit")]
    inline_pairs: Annotated[str, Pattern("label", "value")]
    amount: Regex
    amount_in_text: Annotated[str, Pattern("number", "unit")]
    short_units: dict[str, str]
    large_units: list[str]
    date: Annotated[str, Pattern("year")]
    department_code: Regex
    totals: list[str]
    blanks: list[str]
    dashes: list[str]
    scope_words: dict[Scope, list[str]]
    year_words: YearWords
    columns: dict[str, list[str]]
    value_scopes: dict[Scope, list[str]]
    labels: list[Label]
    weights: dict[str, float] = {}


class IndicatorLayout(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False
):
    """A file of `layouts/`: one layout of the indicator table.

    A form is named after the layout with most of its `evidence` words, among those whose `requires`
    are all columns of it. `columns` and `labels` are words beside those of `fields.toml`.
    """

    name: str = ""
    subject: Literal["project", "projects", "department"]
    evidence: list[str] = []
    requires: list[Annotated[str, CodeOf("column")]] = []
    title: Regex | None = None
    carried_over: Regex | None = None
    goal_item: Regex | None = None
    group_scopes: list[Scope] = []
    columns: dict[Annotated[str, CodeOf("column")], list[str]] = {}
    labels: list[Label] = []


@cache
def indicator_layouts() -> tuple[IndicatorLayout, ...]:
    """Return all layouts: those that only the user has first, so that they win, then by name."""
    layouts = folder("extract") / "layouts"
    shipped = layouts.layers[0]
    files = sorted(layouts.files(".toml"), key=lambda file: file.layers[0] == shipped / file.name)
    return tuple(
        msgspec.structs.replace(layout, name=file.name.removesuffix(".toml"))
        for file in files
        for layout in [read_toml(file, IndicatorLayout)]
    )


@cache
def field_words() -> Fields:
    """Return the content of `fields.toml`."""
    return read_toml(folder("extract") / "fields.toml", Fields)


@cache
def column_lexicon() -> Lexicon:
    """Return the header words of all columns; a value's scope follows a colon ("value:total")."""
    fields, words = field_words(), dict[str, dict[str, float]]()
    for columns in (fields.columns, *(layout.columns for layout in indicator_layouts())):
        for role, known in columns.items():
            words.setdefault(role, {}).update({w: fields.weights.get(w, 1.0) for w in known})
    for scope, known in fields.value_scopes.items():
        words.setdefault(f"value:{scope}", {}).update(dict.fromkeys(known, 1.0))
    return Lexicon(words)


@cache
def _labels() -> tuple[Label, ...]:
    fields = field_words()
    return (*(entry for layout in indicator_layouts() for entry in layout.labels), *fields.labels)


@cache
def _label_lexicon() -> Lexicon:
    weights = field_words().weights
    return Lexicon(
        {
            str(at): {word: weights.get(word, 1.0) for word in entry.words}
            for at, entry in enumerate(_labels())
        }
    )


def label_like(text: str, fields: frozenset[str] | None = None) -> tuple[Label | None, float]:
    """Return the label that a text is most like, and how much, from 0 to 1.

    Args:
        text: The text of a cell.
        fields: The fields that are looked for; None for all.
    """
    found = _label_lexicon().scores(text) if text else {}
    best: tuple[Label | None, float] = None, 0.0
    for role, likeness in found.items():
        entry = _labels()[int(role)]
        if likeness.score > best[1] and (fields is None or entry.field in fields):
            best = entry, likeness.score
    return best


def nearest_label(text: str) -> Likeness:
    """Return the known label that is nearest to a text, with how like it is, from 0 to 1.

    Args:
        text: A label, as printed.
    """
    return _label_lexicon().best(text)[1]


@lru_cache(4_096)
def scope_of(text: str) -> Scope | None:
    """Return the time that a header or side label is about, None if it tells none."""
    word = fold(text)
    for scope, words in field_words().scope_words.items():
        if any(fold(part) in word for part in words):
            return scope
    return None
