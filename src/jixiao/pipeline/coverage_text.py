"""What was read of a document, in a line, as several reports print it."""

from collections.abc import Sequence
from itertools import groupby

from jixiao.messages import texts
from jixiao.model.coverage import Counted, Totals, totals, unread_pages
from jixiao.model.record import Coverage, Unread

_MOST = 12  # pages, or runs of pages, that a line names


def read_line(coverage: Sequence[Coverage], unread: Sequence[Unread], lang: str) -> str:
    """Return "97.8 % of 2,310 cells read; 51 unread on pages 12, 14"; blank without coverage.

    Args:
        coverage: What became of each table and of the prose of each page.
        unread: What was not read; without it, pages are those on which tables begin.
        lang: "zh" or "en".

    """
    total = totals(coverage)
    said = list[str]()
    for kind, count in (("table", total.cells), ("prose", total.characters)):
        of_kind = [each for each in coverage if each.kind == kind]
        left = [u for u in unread if (u.where.table is None) == (kind == "prose")]
        if count.of:
            places = pages_text(unread_pages(of_kind, left), lang) or tables_text(of_kind, lang)
            said.append(_counted(kind, count, places, lang))
    return " · ".join(said)


def totals_line(total: Totals, lang: str) -> str:
    """Return the same of several documents together, without pages."""
    counts = ("table", total.cells), ("prose", total.characters)
    return " · ".join(_counted(kind, count, "", lang) for kind, count in counts if count.of)


def pages_text(pages: Sequence[int], lang: str) -> str:
    """Return pages in words ("on pages 3–5, 9"), blank if there are none."""
    return _numbers("pages", pages, lang) if pages else ""


def tables_text(coverage: Sequence[Coverage], lang: str) -> str:
    """Return the tables in which something is unread: the place in a file without pages."""
    numbers = sorted({each.where.table for each in coverage if each.unread and each.where.table})
    return _numbers("tables", numbers, lang) if numbers else ""


def _counted(kind: str, count: Counted, places: str, lang: str) -> str:
    say = texts("coverage", lang)
    line = say(kind, percent=count.percent, of=count.of)
    if count.unread:
        line += say(f"{kind}-unread", unread=count.unread, places=places)
    return line


def _numbers(what: str, numbers: Sequence[int], lang: str) -> str:
    say = texts("coverage", lang)
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), lambda e: e[1] - e[0])]
    shown = [f"{run[0]}–{run[-1]}" if run[1:] else str(run[0]) for run in runs]
    more = "…" if shown[_MOST:] else ""
    return say(what, numbers=say("comma").join(shown[:_MOST]) + more, count=len(numbers))
