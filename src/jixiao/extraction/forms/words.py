"""Compares the words of headers and labels as `extract/fields.toml` declares."""

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
    """Labels of a form that mean one field; the other keys say more of it."""

    field: str
    words: list[str]
    kind: str | None = None
    scope: Scope | None = None
    stage: Stage | None = None
    fund: str | None = None
    part: bool = False


class Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`fields.toml`: what the words of indicator tables and of their forms mean."""

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

    `evidence` are the words that speak for it; it is chosen where it has most of them, and all the
    fields it `requires`. `columns` and `labels` add to those of `fields.toml`, and go before them.
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
    """Return the files of `layouts/` by name, after those of the user's own folder."""
    shipped = list((folder("extract") / "layouts").iterdir())
    return tuple(
        msgspec.structs.replace(layout, name=file.name.removesuffix(".toml"))
        for file in (*own_layouts(), *sorted(shipped, key=lambda file: file.name))
        if file.name.endswith(".toml")
        for layout in [read_toml(file, IndicatorLayout)]
    )


def own_layouts() -> list[Path]:
    """Return the user's own layouts: the TOML files in the folder that JIXIAO_LAYOUTS names."""
    own = os.environ.get("JIXIAO_LAYOUTS")
    if not own:
        return []
    if not Path(own).is_dir():
        raise UsageError("layouts-missing", path=Path(own))
    return sorted(Path(own).glob("*.toml"))


@cache
def fields() -> Fields:
    """Return `fields.toml`."""
    return read_toml(folder("extract") / "fields.toml", Fields)


_TEXTS = 16_384  # of cells, of this paper and those before: header words repeat


@lru_cache(_TEXTS)
def bare(text: str) -> str:
    """Return a header word as it is compared: without white space, units or ordinals."""
    word = fold(text)
    for pattern in fields().ignore:
        shorter = re.sub(pattern, "", word)
        word = shorter or word
    return word


@lru_cache(_TEXTS)
def label(text: str, layout: IndicatorLayout) -> Label | None:
    """Return what a cell's text labels, None where it is no label."""
    return _labels(layout).get(bare(text)) if text else None


def column_words(layout: IndicatorLayout) -> dict[str, list[str]]:
    """Return the header words of each field, the layout's own before those of all."""
    return _column_words(layout)


@cache
def _labels(layout: IndicatorLayout) -> dict[str, Label]:
    known = dict[str, Label]()
    for entry in (*layout.labels, *fields().labels):
        for word in entry.words:
            known.setdefault(bare(word), entry)
    return known


@cache
def _column_words(layout: IndicatorLayout) -> dict[str, list[str]]:
    common, own = fields().columns, layout.columns
    names = [*common, *(name for name in own if name not in common)]
    return {n: [bare(w) for w in (*own.get(n, []), *common.get(n, []))] for n in names}
