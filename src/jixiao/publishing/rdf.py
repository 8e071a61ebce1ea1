"""Writes Turtle, TriG, N-Quads and RDF/XML."""

from pathlib import Path

from pyoxigraph import RdfFormat, Triple, serialize

from jixiao.atomic_files import writing
from jixiao.rdf.namespaces import PREFIXES
from jixiao.store.store import Store


def write(store: Store, path: Path, kind: str) -> None:
    """Write the graphs of a store.

    Args:
        store: The store.
        path: The file; "-" is standard output.
        kind: "trig" or "nquads" with the named graphs, "turtle" or "rdfxml" with their union.
            N-Quads are sorted within each graph: the same store gives the same bytes.

    Raises:
        UsageError: The file cannot be written.

    """
    with writing(path) as file:
        if kind == "nquads":
            # One graph at a time, so that memory holds the lines of a document, not of the store.
            for name in store.graphs():
                for line in sorted(f"{quad} .\n" for quad in store.quads([name])):
                    file.write(line.encode())
        elif kind == "trig":
            serialize(store.quads(), file, format=RdfFormat.TRIG, prefixes=PREFIXES)
        else:
            syntax = RdfFormat.TURTLE if kind == "turtle" else RdfFormat.RDF_XML
            triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in store.union())
            serialize(triples, file, format=syntax, prefixes=PREFIXES)
