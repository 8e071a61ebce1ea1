"""Asks the SHACL engines whether they accept shapes at all."""

from importlib.util import find_spec

import pyshacl
from rdflib import Graph

from jixiao.checks.lint.faults import Faults
from jixiao.config import Entry, folder


def check_engines(files: list[Entry], faults: Faults) -> None:
    """Note the first file of shapes that an engine does not accept."""
    if not files or not _refused(_graph(files)):
        return
    for file in files:
        if said := _refused(_graph([file])):
            faults.add(file, 1, "refused", reason=said)
            return


def _graph(files: list[Entry]) -> Graph:
    """Return files of shapes with the prefixes and the conditions that they share."""
    shared = [folder("shapes") / name for name in ("prefixes.ttl", "conditions.ttl")]
    graph = Graph()
    for text in dict.fromkeys(file.read_text() for file in (*files, *shared)):
        graph.parse(data=text, format="turtle")
    return graph


def _refused(shapes: Graph) -> str:
    """Return what an engine says against shapes, blank where both accept them."""
    try:
        pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)  # pyright: ignore[reportUnknownMemberType]
    except Exception as error:  # pySHACL raises what its parts raise
        said = str(error)
        told = [line.strip() for line in said.splitlines() if line.strip().startswith("Message:")]
        return (told[0].removeprefix("Message:") if told else said.splitlines()[0]).strip()
    if find_spec("shacl") is None:
        return ""
    import shacl

    try:
        shacl.Shapes.from_text(shapes.serialize(format="nt"), format="ntriples")
    except ValueError as error:
        return str(error)
    return ""
