"""Copies a store to a SPARQL server, graph by graph, and keeps the copy up to date.

The server keeps a graph of its own (`PUBLISHED`) that records which stores sent each graph, and a
digest of each graph that it has completely. So only graphs that changed are sent, a publication
that was interrupted resumes, and a store only deletes graphs that no other store sent.

The record is written before the first triple of a graph is sent, and removed after the last one is
deleted; in between the graph has no digest. Whichever call is the last before an interruption, the
next publication finds every graph that is not whole.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat

from jixiao.queries.repositories.sparql_http import Endpoint
from jixiao.rdf.namespaces import HOME, PROV, SPDX
from jixiao.store.store import Store
from jixiao.store.versions import identity

_log = logging.getLogger(__name__)
PUBLISHED = HOME + "graph/published"
_BATCH = 20_000  # triples in one request: some megabytes, which servers and proxies accept


@dataclass(frozen=True, slots=True)
class Published:
    """How many graphs were sent, were unchanged, and were deleted."""

    sent: int
    unchanged: int
    deleted: int


@dataclass(frozen=True, slots=True)
class RemoteGraph:
    """A graph on the server.

    Attributes:
        digest: The digest of its triples; blank if it is not whole.
        senders: The IRIs of the stores that sent it.

    """

    digest: str
    senders: frozenset[str]


_ABSENT = RemoteGraph("", frozenset())


def publish(
    store: Store,
    endpoint: Endpoint,
    *,
    name: str = "",
    batch: int = _BATCH,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Published:
    """Make a server have the graphs of a store.

    Graphs of other senders are left alone.

    Args:
        store: The store.
        endpoint: The server.
        name: The name of the sender, shared by stores that replace each other; by default the
            identity of this store.
        batch: How many triples one request has at most.
        progress: Called with the number of graphs done and in all.

    Raises:
        StoreError: The server does not answer, or refuses. Publishing again resumes.

    """
    sender = sender_iri(name or identity(store.path))
    remote, names, sent = remote_graphs(endpoint), store.graphs(), 0
    for done, graph in enumerate(names, 1):
        lines = _lines(store, graph)
        digest = sha256(b"".join(lines)).hexdigest()
        published = remote.pop(graph.value, _ABSENT)
        if sender not in published.senders:
            _insert(endpoint, graph.value, f"{PROV.wasAttributedTo} <{sender}>")
        if published.digest != digest:
            _log.debug("sending %s: %d triples", graph.value, len(lines))
            _remove(endpoint, graph.value, f"{SPDX.checksumValue} ?digest")
            for start in range(0, len(lines), batch):
                part = b"".join(lines[start : start + batch])
                endpoint.put(graph.value, part, more=start > 0)
            _insert(endpoint, graph.value, f'{SPDX.checksumValue} "{digest}"')
            sent += 1
        progress(done, len(names))
    deleted = 0
    for graph_iri, published in sorted(remote.items()):
        if sender not in published.senders:
            continue
        if published.senders <= {sender}:
            _remove(endpoint, graph_iri, f"{SPDX.checksumValue} ?digest")
            endpoint.delete(graph_iri)
            deleted += 1
        _remove(endpoint, graph_iri, f"{PROV.wasAttributedTo} <{sender}>")
    unchanged = len(names) - sent
    _log.info("published: %d sent, %d unchanged, %d deleted", sent, unchanged, deleted)
    return Published(sent, unchanged, deleted)


def sender_iri(name: str) -> str:
    """Return the IRI of a sender in the record of publications."""
    return f"{PUBLISHED}/{quote(name, safe='')}"


def remote_graphs(endpoint: Endpoint) -> dict[str, RemoteGraph]:
    """Return the graphs that were published to a server, by their IRIs; raises `StoreError`."""
    rows = endpoint.query(
        f"SELECT ?graph ?sender ?digest WHERE {{ GRAPH <{PUBLISHED}> "
        f"{{ ?graph {PROV.wasAttributedTo} ?sender "
        f"OPTIONAL {{ ?graph {SPDX.checksumValue} ?digest }} }} }}",
        union=False,
    )
    if not isinstance(rows, QuerySolutions):
        raise TypeError("a SELECT has rows")
    graphs = dict[str, RemoteGraph]()
    for row in rows:
        graph, sender, digest = (_value(row[name]) for name in ("graph", "sender", "digest"))
        graphs[graph] = RemoteGraph(digest, graphs.get(graph, _ABSENT).senders | {sender})
    return graphs


def _value(term: object) -> str:
    return str(getattr(term, "value", ""))


def _lines(store: Store, name: NamedNode) -> list[bytes]:
    text = store.database.dump(format=RdfFormat.N_TRIPLES, from_graph=name) or b""
    return sorted(text.splitlines(keepends=True))


def _insert(endpoint: Endpoint, graph: str, properties: str) -> None:
    endpoint.update(f"INSERT DATA {{ GRAPH <{PUBLISHED}> {{ <{graph}> {properties} }} }}")


def _remove(endpoint: Endpoint, graph: str, properties: str) -> None:
    endpoint.update(f"DELETE WHERE {{ GRAPH <{PUBLISHED}> {{ <{graph}> {properties} }} }}")
