"""The header words and labels of forms: `extract/fields.toml`, and the layouts that add to them.

A new synonym for a header or label is added to these files, not here.
"""

import re
from typing import Annotated, Literal

import msgspec

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import CodeOf, Pattern, Regex, read_toml
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


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`fields.toml`: the meaning of header words and labels, whatever the layout."""

    ignore: list[Regex]
    level1_points: Annotated[str, Pattern("weight")]
    unit: Annotated[str, Pattern("unit")]
    inline: Annotated[str, Pattern("label", "value")]
    amount: Regex
    date: Annotated[str, Pattern("year")]
    department_code: Regex
    totals: list[str]
    blanks: list[str]
    columns: dict[str, list[str]]
    value_scopes: dict[Scope, list[str]]
    labels: list[Label]


class IndicatorLayout(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False
):
    """A file of `layouts/`: one layout of the indicator table.

    A table is read by the layout with most of its `evidence` words, among those whose `requires`
    are all columns of the table. `columns` and `labels` take precedence over `fields.toml`.
    """

    name: str = ""
    subject: Literal["project", "projects", "department"]
    evidence: list[str] = []
    requires: list[Annotated[str, CodeOf("column")]] = []
    title: Regex | None = None
    carried_over: Regex | None = None
    goal_item: Regex | None = None
    group_scopes: list[Scope] = []
    unit: str | None = None
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


# Texts of cells to remember, of this document and those before: header words repeat.
_TEXTS = 16_384


@lru_cache(_TEXTS)
def bare(text: str) -> str:
    """Return a header word for comparison: without white space, units or ordinals."""
    word = fold(text)
    for pattern in field_words().ignore:
        shorter = re.sub(pattern, "", word)
        word = shorter or word  # a text that is nothing but a unit stays
    return word


@lru_cache(_TEXTS)
def label(text: str, layout: IndicatorLayout) -> Label | None:
    """Return the label that a cell's text is in a layout, None if it is none."""
    return _labels(layout).get(bare(text)) if text else None


def column_words(layout: IndicatorLayout) -> dict[str, list[str]]:
    """Return the header words of each field: those of the layout, then those of `fields.toml`."""
    return _column_words(layout)


@cache
def _labels(layout: IndicatorLayout) -> dict[str, Label]:
    labels = dict[str, Label]()
    for entry in (*layout.labels, *field_words().labels):
        for word in entry.words:
            labels.setdefault(bare(word), entry)
    return labels


@cache
def _column_words(layout: IndicatorLayout) -> dict[str, list[str]]:
    common, added = field_words().columns, layout.columns
    names = [*common, *(name for name in added if name not in common)]
    return {n: [bare(w) for w in (*added.get(n, []), *common.get(n, []))] for n in names}
