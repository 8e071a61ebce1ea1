"""Compares the words of headers and labels as `extract/fields.toml` declares."""

import re
from functools import cache, lru_cache

from jixiao.extract.profiles import IndicatorLayout, Label, fields
from jixiao.pages.layout import fold

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
