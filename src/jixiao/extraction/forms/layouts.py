"""Names the layout of a form: the one of `extract/layouts/` with most of its words in the form."""

import re
from collections.abc import Iterable

from jixiao.documents.model import Table, Text
from jixiao.extraction.evidence.likeness import bare
from jixiao.extraction.field_words import IndicatorLayout, indicator_layouts
from jixiao.model.record import Layout
from jixiao.text import squeeze


def layout_of(
    tables: Iterable[Table], columns: set[str], above: list[Text]
) -> tuple[IndicatorLayout | None, Layout | None]:
    """Return the layout that a form has most words of, and the words; None where none has any.

    Args:
        tables: The tables of the form.
        columns: The roles of its columns.
        above: The paragraphs above it; a title counts as one word.
    """
    words = {bare(text) for text in {cell.text.text for table in tables for cell in table.cells}}
    scored = list[tuple[int, IndicatorLayout, tuple[str, ...]]]()
    for layout in indicator_layouts():
        if not set(layout.requires) <= columns:
            continue
        evidence = tuple(word for word in layout.evidence if bare(word) in words)
        titled = any(re.search(layout.title, squeeze(t.text)) for t in above) if layout.title else 0
        scored.append((len(evidence) + bool(titled), layout, evidence))
    best = max(scored, key=lambda entry: entry[0], default=None)
    if best is None:
        return None, None
    return best[1], Layout(best[1].name, best[2])
