"""The header words and labels of forms: `extract/fields.toml`, and the layouts that add to them.

A new synonym for a header or label is added to these files, not here.
"""

import os
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from jixiao.config import folder, read_toml
from jixiao.errors import UsageError
from jixiao.model.record import Scope, Stage
from jixiao.text import fold


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Labels of a form that mean one field; the other keys give the kind of its value."""

    field: str
    words: list[str]
    kind: str | None = None
    scope: Scope | None = None
    stage: Stage | None = None
    fund: str | None = None
    part: bool = False


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`fields.toml`: the meaning of header words and labels, whatever the layout."""

    ignore: list[str]
    level1_points: str
    unit: str
    inline: str
    amount: str
    date: str
    department_code: str
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
    requires: list[str] = []
    title: str | None = None
    carried_over: str | None = None
    goal_item: str | None = None
    group_scopes: list[Scope] = []
    unit: str | None = None
    columns: dict[str, list[str]] = {}
    labels: list[Label] = []


@cache
def indicator_layouts() -> tuple[IndicatorLayout, ...]:
    """Return all layouts: the user's first, so that they win, then the shipped ones by name."""
    shipped = list((folder("extract") / "layouts").iterdir())
    return tuple(
        msgspec.structs.replace(layout, name=file.name.removesuffix(".toml"))
        for file in (*user_layouts(), *sorted(shipped, key=lambda file: file.name))
        if file.name.endswith(".toml")
        for layout in [read_toml(file, IndicatorLayout)]
    )


def user_layouts() -> list[Path]:
    """Return the TOML files in the folder that the environment variable JIXIAO_LAYOUTS names.

    Raises:
        UsageError: if there is no such folder.
    """
    name = os.environ.get("JIXIAO_LAYOUTS")
    if not name:
        return []
    if not Path(name).is_dir():
        raise UsageError("layouts-missing", path=Path(name))
    return sorted(Path(name).glob("*.toml"))


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
