"""The kinds of SPARQL servers, and how each of them differs from the standard.

Everything that is peculiar to one product is in this module: where its other services are, which
parameter makes the default graph the union, and how it hides that an answer is incomplete.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Services(NamedTuple):
    """The endings of the URLs of services that belong together."""

    query: str
    update: str
    graphs: str


@dataclass(frozen=True, slots=True)
class Server:
    """A kind of server.

    Attributes:
        name: The product's name, for messages.
        sign: A part of its Server header, in lower case; also its name on the command line.
        services: The endings of its services' URLs.
        union: Parameters of the protocol that make the default graph the union of all graphs.
        graph_parameter: The name of the Graph Store Protocol's parameter for a graph.
        cut: From the headers of an answer, the reason why it is incomplete; blank if it is whole.
        mend: Corrects the JSON of an answer.

    """

    name: str
    sign: str
    services: tuple[Services, ...] = ()
    union: Mapping[str, str] = field(default_factory=dict[str, str])
    graph_parameter: str = "graph"
    cut: Callable[[Mapping[str, str]], str] = lambda headers: ""
    mend: Callable[[bytes], bytes] = lambda answer: answer

    def other(self, endpoint: str, service: Literal["update", "graphs"]) -> str:
        """Return the URL of another service.

        Args:
            endpoint: The URL of the query service.
            service: The service wanted.

        Returns:
            Its URL; that of the query service if its ending is not one of this kind's.

        """
        url = endpoint.rstrip("/")
        for endings in self.services:
            if url.endswith(endings.query):
                ending = endings.update if service == "update" else endings.graphs
                return url.removesuffix(endings.query) + ending
        return endpoint


def _virtuoso_cut(headers: Mapping[str, str]) -> str:
    # Virtuoso 7.2 answers 200 with partial rows when its time (S1TAT) or its row cap runs out; only
    # these headers say so.
    if "S1TAT" in headers.get("x-sql-state", ""):
        return "X-SQL-State: S1TAT"
    if rows := headers.get("x-sparql-maxrows"):
        return f"X-SPARQL-MaxRows: {rows}"
    return ""


def _virtuoso_mend(answer: bytes) -> bytes:
    # "typed-literal" is from a draft of SPARQL 1.0's JSON results; SPARQL 1.1 has "literal" only.
    # https://www.w3.org/TR/sparql11-results-json/#select-encode-terms
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
            # the services that ask for a password
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
        # https://jena.apache.org/documentation/tdb/dynamic_datasets.html
        union={"default-graph-uri": "urn:x-arq:UnionGraph"},
    ),
)
STANDARD = Server(name="SPARQL 1.1", sign="")
KINDS = {server.sign: server for server in SERVERS} | {"standard": STANDARD}


def recognise(header: str) -> Server:
    """Return the kind of server from its Server header, `STANDARD` if it is none of `SERVERS`."""
    return next((server for server in SERVERS if server.sign in header.lower()), STANDARD)
