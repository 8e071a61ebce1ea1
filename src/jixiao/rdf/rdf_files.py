"""Read files of RDF: the exports of a store, or what others made of them."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from jixiao.errors import FileError

RDF_SUFFIXES = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}


def read_rdf(path: Path) -> Iterator[Quad]:
    """Yield the quads of a file of RDF.

    Args:
        path: The file, whose suffix is one of `RDF_SUFFIXES`.

    Raises:
        FileError: The file cannot be read, or is no RDF of that syntax.

    """
    try:
        yield from parse(path=path, format=RDF_SUFFIXES[path.suffix.lower()])
    except OSError as error:
        raise FileError("unreadable", path=path, reason=error.strerror or error) from error
    except SyntaxError as error:
        raise FileError("bad-rdf", path=path, reason=str(error).splitlines()[0]) from error
