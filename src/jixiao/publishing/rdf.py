"""Turtle, TriG, N-Quads and RDF/XML."""

from pathlib import Path
from typing import BinaryIO

from pyoxigraph import RdfFormat, Triple, serialize

from jixiao.atomic_files import writing
from jixiao.rdf.namespaces import PREFIXES
from jixiao.store.store import Store


def write(store: Store, path: Path, kind: str) -> None:
    """Write "turtle", "trig", "nquads" or "rdfxml"."""
    with writing(path) as file:
        if kind == "nquads":
            _nquads(store, file)
        elif kind == "trig":
            serialize(store.quads(), file, format=RdfFormat.TRIG, prefixes=PREFIXES)
        else:
            syntax = RdfFormat.TURTLE if kind == "turtle" else RdfFormat.RDF_XML
            triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in store.union())
            serialize(triples, file, format=syntax, prefixes=PREFIXES)


def _nquads(store: Store, file: BinaryIO) -> None:
    """Write graph after graph, the lines of each sorted: the same store, the same bytes."""
    for name in store.graphs():
        for line in sorted(f"{quad} .\n" for quad in store.quads([name])):
            file.write(line.encode())
