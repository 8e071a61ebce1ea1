"""Counts what VoID tells of a store: triples, things of each class, uses of each property, graphs.

Going over all takes a second for a million triples, so that the counts are kept with the version
that they are of. Distinct subjects and objects are not counted: they would have to be held.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec
from pyoxigraph import Literal, NamedNode, QuerySolutions

from jixiao.atomic_files import write_whole
from jixiao.errors import UsageError
from jixiao.store.provenance import LEDGER
from jixiao.store.store import COUNTS, Store

# In the default graph, the union, each triple stands once: nothing has a class twice.
_CLASSES = "SELECT ?class (COUNT(*) AS ?n) { ?thing a ?class } GROUP BY ?class"
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?n) { ?s ?property ?o } GROUP BY ?property"
_GRAPHS = "SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many things each class has, and how many triples each property and each graph."""

    classes: dict[str, int]
    properties: dict[str, int]
    graphs: dict[str, int]

    @property
    def triples(self) -> int:
        """How many triples the union has."""
        return sum(self.properties.values())


def counts(store: Store) -> Counts:
    """Return what a store holds: as it was counted, or as it is counted now and kept."""
    if known := counted(store):
        return known
    found = _count(store)
    with suppress(UsageError):  # a store that may only be read
        write_whole(store.path / COUNTS, msgspec.json.encode(found))
    return found


def counted(store: Store) -> Counts | None:
    """Return what a store holds if it was counted before."""
    kept = store.path / COUNTS
    return msgspec.json.decode(kept.read_bytes(), type=Counts) if kept.is_file() else None


def _count(store: Store) -> Counts:
    """Count; the engine works outside of Python, so that two threads use two cores."""
    with ThreadPoolExecutor(2) as threads:
        graphs = threads.submit(_numbers, store, _GRAPHS)
        classes, properties = (_numbers(store, query) for query in (_CLASSES, _PROPERTIES))
        known = {name: n for name, n in graphs.result().items() if name != LEDGER.value}
    return Counts(classes=classes, properties=properties, graphs=known)


def _numbers(store: Store, query: str) -> dict[str, int]:
    found = store.database.query(query)
    if not isinstance(found, QuerySolutions):
        raise TypeError("counts are asked for by SELECT only")
    return dict(sorted(_number(name, n) for name, n in found))


def _number(name: object, n: object) -> tuple[str, int]:
    if not (isinstance(name, NamedNode) and isinstance(n, Literal)):
        raise TypeError("what is counted has an IRI")
    return name.value, int(n.value)
