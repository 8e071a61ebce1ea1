"""Copies a store to a SPARQL store at the other end of HTTP, graph by graph.

The other store keeps, in a graph of its own, the digest of each graph that it holds whole. So only
graphs that changed are sent, and what was broken off is taken up where it stopped: a digest is
taken away before its graph is touched, and written when the graph is whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import NamedNode, Quad, QuerySolutions

from jixiao.remote import Endpoint
from jixiao.store import Store
from jixiao.vocabulary import HOME, SPDX

PUBLISHED = HOME + "graph/published"
_BATCH = 20_000  # triples in one request


@dataclass(frozen=True, slots=True)
class Published:
    """How many graphs were sent, had not changed, and were deleted."""

    sent: int
    unchanged: int
    deleted: int


def publish(
    store: Store,
    endpoint: Endpoint,
    *,
    batch: int = _BATCH,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Published:
    """Make the other store hold what this one does; raises `StoreError`.

    What it holds besides, and was not published from a jixiao store, is left alone.
    """
    known, names, sent = there(endpoint), store.graphs(), 0
    for done, name in enumerate(names, 1):
        lines = _lines(store, name)
        digest = sha256("".join(lines).encode()).hexdigest()
        if known.pop(name.value, "") != digest:
            _send(endpoint, name.value, lines, digest, batch)
            sent += 1
        progress(done, len(names))
    for gone in sorted(known):
        _forget(endpoint, gone)
        endpoint.delete(gone)
    return Published(sent, len(names) - sent, len(known))


def there(endpoint: Endpoint) -> dict[str, str]:
    """Return the digests of the graphs that were published before."""
    found = endpoint.query(
        f"SELECT ?graph ?digest WHERE {{ GRAPH <{PUBLISHED}> "
        f"{{ ?graph {SPDX.checksumValue} ?digest }} }}"
    )
    if not isinstance(found, QuerySolutions):
        raise TypeError("a SELECT has rows")
    return {str(_value(row["graph"])): str(_value(row["digest"])) for row in found}


def _value(term: object) -> object:
    return getattr(term, "value", "")


def _lines(store: Store, name: NamedNode) -> list[str]:
    return sorted(_line(quad) for quad in store.quads([name]))


def _line(quad: Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object} .\n"


def _send(endpoint: Endpoint, name: str, lines: list[str], digest: str, batch: int) -> None:
    _forget(endpoint, name)
    for number, part in enumerate(_parts(lines, batch)):
        endpoint.put(name, part, more=number > 0)
    endpoint.update(
        f'INSERT DATA {{ GRAPH <{PUBLISHED}> {{ <{name}> {SPDX.checksumValue} "{digest}" }} }}'
    )


def _parts(lines: list[str], batch: int) -> Iterator[bytes]:
    for at in range(0, len(lines), batch):
        yield "".join(lines[at : at + batch]).encode()


def _forget(endpoint: Endpoint, name: str) -> None:
    endpoint.update(
        f"DELETE WHERE {{ GRAPH <{PUBLISHED}> {{ <{name}> {SPDX.checksumValue} ?digest }} }}"
    )
