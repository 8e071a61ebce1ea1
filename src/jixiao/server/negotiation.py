"""Which format an answer is given in: what the client accepts, the best of what there is."""

from collections.abc import Callable
from typing import cast

import mimeparse
from pyoxigraph import QueryResultsFormat, RdfFormat

from jixiao.server.problems import Problem

HTML = "text/html"
# In the order of what is given to a client that takes anything, the last one first.
GRAPHS = {
    "application/n-quads": RdfFormat.N_QUADS,
    "application/trig": RdfFormat.TRIG,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "text/turtle": RdfFormat.TURTLE,
}
ROWS = {
    "text/tab-separated-values": QueryResultsFormat.TSV,
    "text/csv": QueryResultsFormat.CSV,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/sparql-results+json": QueryResultsFormat.JSON,
}
BOOLEANS = {name: ROWS[name] for name in list(ROWS)[2:]}
_ALSO = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "text/plain": "application/n-triples",
}
SUFFIXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
}


def chosen(accept: str, offered: dict[str, object] | list[str]) -> str:
    """Return the media type, of those offered, that the client likes best; raises `Problem`."""
    known = [*(name for name, of in _ALSO.items() if of in offered), *offered]
    found = _best(known, accept)
    if not found:
        raise Problem("not-acceptable", offered=", ".join(offered))
    return found if found in offered else _ALSO[found]


def likes_pages(accept: str) -> bool:
    """Tell whether a client would rather have a page than data: a browser."""
    return _best([*GRAPHS, *ROWS, HTML], accept) == HTML and HTML in accept


def _best(known: list[str], accept: str) -> str:
    """Return the best of the known media types, blank where none is accepted."""
    best = cast("Callable[[list[str], str], str]", mimeparse.best_match)
    try:
        return best(known, accept or "*/*")
    except mimeparse.MimeTypeParseException:
        return ""
