"""The W3C's suite of the SPARQL 1.1 Protocol: its cases, what they send and what they expect."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rdflib
import requests
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node, URIRef
from tests.servers import workbench

from jixiao.store.store import create_store

SUITE = Path(__file__).parent / "suites" / "sparql11" / "protocol"
MANIFEST = rdflib.Graph().parse(SUITE / "manifest.ttl")
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
CASES = sorted(str(case) for case in MANIFEST.subjects(RDF.type, MF.ProtocolTest))


def asked(case: str) -> list[Node]:
    """Return the requests of a case."""
    action = MANIFEST.value(URIRef(case), MF.action)
    return _list(action, HT.requests)


def _list(node: Node | None, predicate: URIRef) -> list[Node]:
    return list(Collection(MANIFEST, MANIFEST.value(node, predicate) or RDF.nil))


def send(address: str, node: Node) -> requests.Response:
    """Send a request as the suite says."""
    path = str(MANIFEST.value(node, HT.absolutePath))
    headers = {
        str(MANIFEST.value(h, HT.fieldName)): str(MANIFEST.value(h, HT.fieldValue))
        for h in _list(node, HT.headers)
    }
    body = MANIFEST.value(node, HT.body)
    text = str(MANIFEST.value(body, CNT.chars)) if body else ""
    encoding = str(MANIFEST.value(body, CNT.characterEncoding) or "utf-8") if body else "utf-8"
    method = str(MANIFEST.value(node, HT.methodName))
    return requests.request(
        method, address + path, data=text.encode(encoding), headers=headers, timeout=30
    )


def expected(node: Node) -> tuple[Any, set[str], str]:
    """Return the boolean, the classes of status, and the kind of answer that are expected."""
    response = MANIFEST.value(node, HT.resp)
    statuses = MANIFEST.objects(response, MF.expectedStatus)
    classes = {str(s).rpartition("StatusCode")[2][0] for s in statuses}
    boolean = MANIFEST.value(response, MF.expectedBoolean)
    return boolean, classes, str(MANIFEST.value(response, MF.expectedFormat) or "")


def refused(case: str) -> bool:
    """Tell whether a case would change the data: a server that only reads refuses it."""
    return "#update_" in case and any(
        classes & {"2", "3"} and not boolean for boolean, classes, _ in map(expected, asked(case))
    )


@contextmanager
def served(folder: Path) -> Generator[str]:
    """Serve the suite's data, give the address."""
    with create_store(folder / "store") as store:
        for node in set(MANIFEST.objects(None, UT.graphData)):
            name = NamedNode(str(MANIFEST.value(node, rdflib.RDFS.label)))
            file = Path(str(MANIFEST.value(node, UT.graph))).name
            for quad in parse((SUITE / file).read_bytes(), RdfFormat.N_TRIPLES):
                store.database.add(Quad(quad.subject, quad.predicate, quad.object, name))
    with workbench(folder / "store", folder / "server") as server:
        yield server.url


def table(address: str) -> str:
    """Return what a server answers in each case, as Markdown."""
    rows = "".join(f"| `{c.rpartition('#')[2]}` | {_told(address, c)} |\n" for c in CASES)
    return f"| case | the workbench answers |\n|---|---|\n{rows}"


def _told(address: str, case: str) -> str:
    if refused(case):
        return f"{send(address, asked(case)[0]).status_code}: it only reads"
    return ", ".join(_result(send(address, node)) for node in asked(case))


def _result(response: requests.Response) -> str:
    kind = response.headers["content-type"].partition(";")[0]
    if kind == "application/sparql-results+json" and "boolean" in response.json():
        return f"{response.status_code} {str(response.json()['boolean']).lower()}"
    return f"{response.status_code} `{kind}`"
