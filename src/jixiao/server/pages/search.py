"""The page of the full-text search over projects, indicators, grounds and departments."""

from jixiao.server.pages.context import Page, PageContext
from jixiao.store.search_index import KINDS

_PER_PAGE = 50
_MAX_QUERY = 200  # characters


def search(context: PageContext) -> Page:
    """Return the page: the matches of `q`, of one `kind` or of all."""
    query, kind = context.job.value("q").strip()[:_MAX_QUERY], context.job.value("kind")
    kind = kind if kind in KINDS else ""
    number = context.page_number()
    # One more than a page holds tells whether there is a next page.
    hits = context.snapshot.index.find(query, kind, _PER_PAGE + 1, (number - 1) * _PER_PAGE)
    counts = context.snapshot.index.counts(query)
    return "search.html", {
        "title": query,
        "q": query,
        "kind": kind,
        "kinds": KINDS,
        "counts": counts,
        "total": sum(counts.values()),
        "hits": hits[:_PER_PAGE],
        "number": number,
        "more": len(hits) > _PER_PAGE,
    }
