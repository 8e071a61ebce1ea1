"""Content negotiation: the format of an answer, by what the client accepts."""

from collections.abc import Callable
from typing import cast

import mimeparse
from pyoxigraph import QueryResultsFormat, RdfFormat

from jixiao.server.problems import Problem

HTML = "text/html"
# If a client accepts several equally, `mimeparse` takes the last one: the order is that of
# preference, the least preferred first.
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
# SPARQL 1.1 defines CSV and TSV for rows only, so that ASK is answered in XML or JSON.
BOOLEANS = {name: ROWS[name] for name in list(ROWS)[2:]}
_ALIASES = {
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


def best_type(accept: str, offered: dict[str, object] | list[str]) -> str:
    """Return the media type that a client prefers.

    Args:
        accept: The Accept header; "" accepts everything.
        offered: The media types that the answer can be given in, the preferred one last.

    Raises:
        Problem: "not-acceptable", if the client accepts none of them.

    """
    candidates = [*(alias for alias, name in _ALIASES.items() if name in offered), *offered]
    best = _best(candidates, accept)
    if not best:
        raise Problem("not-acceptable", offered=", ".join(offered))
    return best if best in offered else _ALIASES[best]


def prefers_html(accept: str) -> bool:
    """Tell whether a client prefers a page over data: a browser."""
    # `*/*` alone is no browser: curl and most libraries send it and want data.
    return _best([*GRAPHS, *ROWS, HTML], accept) == HTML and HTML in accept


def _best(candidates: list[str], accept: str) -> str:
    """Return the best of the candidates, "" if none is accepted or the header cannot be read."""
    best_match = cast("Callable[[list[str], str], str]", mimeparse.best_match)
    try:
        return best_match(candidates, accept or "*/*")
    except mimeparse.MimeTypeParseException:
        return ""
