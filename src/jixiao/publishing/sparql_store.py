"""Copies a store to a SPARQL store at the other end of HTTP, graph by graph.

The other store keeps, in a graph of its own, which stores sent each graph, and the digest of each
graph that it holds whole. So only graphs that changed are sent, what was broken off is taken up
where it stopped, and a store only deletes what no other one has sent as well.

Whatever is touched is known before and after: who sent a graph is written down before its first
triple is sent, and struck out after its last one is deleted. In between it has no digest.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from pyoxigraph import NamedNode, Quad, QuerySolutions

from jixiao.queries.repositories.sparql_http import Endpoint
from jixiao.rdf.namespaces import HOME, PROV, SPDX
from jixiao.store.store import Store
from jixiao.store.versions import identity

_log = logging.getLogger(__name__)
PUBLISHED = HOME + "graph/published"
_BATCH = 20_000  # triples in one request


@dataclass(frozen=True, slots=True)
class Published:
    """How many graphs were sent, had not changed, and were deleted."""

    sent: int
    unchanged: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Held:
    """A graph that the other store holds: its digest, blank for a part of it, and who sent it."""

    digest: str
    senders: frozenset[str]


_NOTHING = Held("", frozenset())


def publish(
    store: Store,
    endpoint: Endpoint,
    *,
    name: str = "",
    batch: int = _BATCH,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Published:
    """Make the other store hold what this one does; raises `StoreError`.

    What others put there is left alone: what was published under the same `name` is this store's,
    by default what this very store has published.
    """
    sender = sender_iri(name or identity(store.path))
    known, names, sent = there(endpoint), store.graphs(), 0
    for done, graph in enumerate(names, 1):
        lines = _lines(store, graph)
        digest = sha256("".join(lines).encode()).hexdigest()
        held = known.pop(graph.value, _NOTHING)
        if sender not in held.senders:
            _insert(endpoint, graph.value, f"{PROV.wasAttributedTo} <{sender}>")
        if held.digest != digest:
            _log.debug("sends %s: %d triples", graph.value, len(lines))
            _send(endpoint, graph.value, lines, digest, batch)
            sent += 1
        progress(done, len(names))
    own = {graph: held for graph, held in sorted(known.items()) if sender in held.senders}
    deleted = [_withdraw(endpoint, graph, held, sender) for graph, held in own.items()]
    unchanged, removed = len(names) - sent, deleted.count(True)
    _log.info("published: %d sent, %d unchanged, %d deleted", sent, unchanged, removed)
    return Published(sent, len(names) - sent, deleted.count(True))


def sender_iri(name: str) -> str:
    """Return the IRI that a name stands for in what is written down of a publication."""
    return f"{PUBLISHED}/{quote(name, safe='')}"


def there(endpoint: Endpoint) -> dict[str, Held]:
    """Return the graphs that were published before."""
    found = endpoint.query(
        f"SELECT ?graph ?sender ?digest WHERE {{ GRAPH <{PUBLISHED}> "
        f"{{ ?graph {PROV.wasAttributedTo} ?sender "
        f"OPTIONAL {{ ?graph {SPDX.checksumValue} ?digest }} }} }}",
        union=False,
    )
    if not isinstance(found, QuerySolutions):
        raise TypeError("a SELECT has rows")
    held = dict[str, Held]()
    for row in found:
        graph, sender, digest = (_value(row[name]) for name in ("graph", "sender", "digest"))
        held[graph] = Held(digest, held.get(graph, _NOTHING).senders | {sender})
    return held


def _value(term: object) -> str:
    return str(getattr(term, "value", ""))


def _lines(store: Store, name: NamedNode) -> list[str]:
    return sorted(_line(quad) for quad in store.quads([name]))


def _line(quad: Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object} .\n"


def _send(endpoint: Endpoint, graph: str, lines: list[str], digest: str, batch: int) -> None:
    _strike(endpoint, graph, f"{SPDX.checksumValue} ?digest")
    for number, part in enumerate(_parts(lines, batch)):
        endpoint.put(graph, part, more=number > 0)
    _insert(endpoint, graph, f'{SPDX.checksumValue} "{digest}"')


def _parts(lines: list[str], batch: int) -> Iterator[bytes]:
    for at in range(0, len(lines), batch):
        yield "".join(lines[at : at + batch]).encode()


def _withdraw(endpoint: Endpoint, graph: str, held: Held, sender: str) -> bool:
    """Take back that a graph was sent; delete it, if no other store has sent it."""
    last = held.senders <= {sender}
    if last:
        _strike(endpoint, graph, f"{SPDX.checksumValue} ?digest")
        endpoint.delete(graph)
    _strike(endpoint, graph, f"{PROV.wasAttributedTo} <{sender}>")
    return last


def _insert(endpoint: Endpoint, graph: str, told: str) -> None:
    endpoint.update(f"INSERT DATA {{ GRAPH <{PUBLISHED}> {{ <{graph}> {told} }} }}")


def _strike(endpoint: Endpoint, graph: str, told: str) -> None:
    endpoint.update(f"DELETE WHERE {{ GRAPH <{PUBLISHED}> {{ <{graph}> {told} }} }}")
