"""Compact JSON-LD with the shipped context, which is written into the file: it needs no network.

A named graph is an object with its nodes; each is compacted for itself, so that the whole never
has to be held.
"""

import json
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from jixiao.atomic_files import writing
from jixiao.rdf.jsonld_context import context
from jixiao.rdf.namespaces import RDF
from jixiao.store.store import Store

_NODES = 500  # compacted at once


def write(store: Store, path: Path) -> None:
    """Write the store's graphs."""
    terms = context()
    with writing(path) as file:
        file.write(f'{{"@context": {_text(terms)},\n"@graph": ['.encode())
        for place, name in enumerate(store.graphs()):
            file.write(b",\n" if place else b"\n")
            file.write(f'{{"id": {_text(name.value)}, "@graph": ['.encode())
            for number, node in enumerate(_nodes(store, name, terms)):
                file.write(f"{',' if number else ''}\n{_text(node)}".encode())
            file.write(b"]}")
        file.write(b"]}\n")


def compact(triples: Iterable[Triple], terms: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of triples, as the context writes them."""
    expanded = json.loads(serialize(triples, format=RdfFormat.JSON_LD) or b"[]")
    for node in expanded:
        if types := node.pop(RDF.type.value, None):
            node["@type"] = [each["@id"] for each in types]
    jsonld: Any = import_module("pyld.jsonld")  # it has no type hints
    nodes: list[dict[str, Any]] = jsonld.compact(expanded, terms, {"graph": True})["@graph"]
    return nodes


def _nodes(store: Store, name: NamedNode, terms: dict[str, Any]) -> Iterator[dict[str, Any]]:
    grouped = groupby(store.quads([name]), key=lambda quad: quad.subject)
    by_subject = (list(quads) for _, quads in grouped)
    while batch := list(islice(by_subject, _NODES)):  # itertools.batched is of Python 3.12
        yield from compact((_triple(quad) for quads in batch for quad in quads), terms)


def _triple(quad: Quad) -> Triple:
    return Triple(quad.subject, quad.predicate, quad.object)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
