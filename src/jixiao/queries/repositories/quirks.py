"""What kinds of SPARQL servers there are, and in what each of them differs from the standard.

All that is peculiar to one product is here: where its other services are, what it must be told so
that the default graph is the union, and how it hides that an answer is not whole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Services(NamedTuple):
    """How the URLs of services that belong together end."""

    query: str
    update: str
    graphs: str


@dataclass(frozen=True, slots=True)
class Server:
    """A kind of server.

    `sign` is looked for in its Server header. `union` are parameters of the protocol that make
    the default graph the union. `cut` tells by the headers of an answer why it is not whole, and
    `mend` corrects its JSON.
    """

    name: str
    sign: str
    services: tuple[Services, ...] = ()
    union: Mapping[str, str] = field(default_factory=dict[str, str])
    graph_parameter: str = "graph"
    cut: Callable[[Mapping[str, str]], str] = lambda headers: ""
    mend: Callable[[bytes], bytes] = lambda answer: answer

    def other(self, endpoint: str, service: Literal["update", "graphs"]) -> str:
        """Return the URL of another service from that of queries."""
        url = endpoint.rstrip("/")
        for known in self.services:
            if url.endswith(known.query):
                ending = known.update if service == "update" else known.graphs
                return url.removesuffix(known.query) + ending
        return endpoint


def _virtuoso_cut(headers: Mapping[str, str]) -> str:
    """Virtuoso answers 200 with what it had when time or rows ran out."""
    if "S1TAT" in headers.get("x-sql-state", ""):
        return "X-SQL-State: S1TAT"
    if rows := headers.get("x-sparql-maxrows"):
        return f"X-SPARQL-MaxRows: {rows}"
    return ""


def _virtuoso_mend(answer: bytes) -> bytes:
    """Virtuoso says "typed-literal" as drafts of SPARQL did, and writes bare line breaks."""
    return re.sub(rb'("type"\s*:\s*)"typed-literal"', rb'\1"literal"', answer)


SERVERS = (
    Server(
        name="Oxigraph",
        sign="oxigraph",
        services=(Services("/query", "/update", "/store"),),
        union={"union-default-graph": ""},
    ),
    Server(
        name="Virtuoso",
        sign="virtuoso",
        services=(
            Services("/sparql", "/sparql", "/sparql-graph-crud"),
            Services("/sparql-auth", "/sparql-auth", "/sparql-graph-crud-auth"),
        ),
        graph_parameter="graph-uri",
        cut=_virtuoso_cut,
        mend=_virtuoso_mend,
    ),
    Server(
        name="Fuseki",
        sign="fuseki",
        services=(Services("/sparql", "/update", "/data"), Services("/query", "/update", "/data")),
        union={"default-graph-uri": "urn:x-arq:UnionGraph"},
    ),
)
STANDARD = Server(name="SPARQL 1.1", sign="")
KINDS = {server.sign: server for server in SERVERS} | {"standard": STANDARD}


def known(header: str) -> Server:
    """Return the kind of server by its Server header; what is not known follows the standard."""
    found = (server for server in SERVERS if server.sign in header.lower())
    return next(found, STANDARD)
