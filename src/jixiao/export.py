"""Writes a store out as RDF, as a stream."""

from pathlib import Path

from pyoxigraph import RdfFormat, Triple, serialize

from jixiao.files import writing
from jixiao.store import Store
from jixiao.vocabulary import PREFIXES

FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


def export(store: Store, kind: str, path: Path) -> None:
    """Write the store's graphs but the ledger; Turtle and RDF/XML hold the union of the graphs."""
    syntax = FORMATS[kind]
    with writing(path) as file:
        if kind == "nquads":
            for line in sorted(f"{quad} .\n" for quad in store.quads()):
                file.write(line.encode())
        elif syntax.supports_datasets:
            serialize(store.quads(), file, format=syntax, prefixes=PREFIXES)
        else:
            triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in store.union())
            serialize(triples, file, format=syntax, prefixes=PREFIXES)
