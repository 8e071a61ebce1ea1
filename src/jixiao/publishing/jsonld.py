"""Writes compact JSON-LD, with the shipped context in the file: readers need no network.

A named graph is an object with its nodes. Nodes are compacted in batches, so that memory never
holds the whole graph.
"""

import json
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from jixiao.atomic_files import writing
from jixiao.rdf.jsonld_context import context
from jixiao.rdf.namespaces import RDF
from jixiao.store.store import Store

_BATCH = 500  # nodes that are compacted together: pyld processes the context once for each batch


def write(store: Store, path: Path) -> None:
    """Write the graphs of a store to a file, or to standard output ("-"); raises `UsageError`."""
    entries = context()
    with writing(path) as file:
        file.write(f'{{"@context": {_text(entries)},\n"@graph": ['.encode())
        for position, name in enumerate(store.graphs()):
            file.write(b",\n" if position else b"\n")
            file.write(f'{{"id": {_text(name.value)}, "@graph": ['.encode())
            for number, node in enumerate(_nodes(store, name, entries)):
                file.write(f"{',' if number else ''}\n{_text(node)}".encode())
            file.write(b"]}")
        file.write(b"]}\n")


def compact(triples: Iterable[Triple], entries: dict[str, Any]) -> list[dict[str, Any]]:
    """Return triples as JSON-LD nodes.

    Args:
        triples: The triples.
        entries: The entries of a context.

    Returns:
        The nodes in compact form.

    """
    expanded = json.loads(serialize(triples, format=RdfFormat.JSON_LD) or b"[]")
    for node in expanded:
        # Oxigraph writes rdf:type as a property; JSON-LD's keyword is @type.
        if types := node.pop(RDF.type.value, None):
            node["@type"] = [each["@id"] for each in types]
    jsonld: Any = import_module("pyld.jsonld")  # it has no type hints
    nodes: list[dict[str, Any]] = jsonld.compact(expanded, entries, {"graph": True})["@graph"]
    return nodes


def _nodes(store: Store, name: NamedNode, entries: dict[str, Any]) -> Iterator[dict[str, Any]]:
    grouped = groupby(store.quads([name]), key=lambda quad: quad.subject)
    by_subject = (list(quads) for _, quads in grouped)
    while batch := list(islice(by_subject, _BATCH)):  # itertools.batched needs Python 3.12
        triples = (Triple(q.subject, q.predicate, q.object) for quads in batch for q in quads)
        yield from compact(triples, entries)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
