"""The W3C's tests of the SPARQL 1.1 Protocol: all queries are answered, all updates are refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
import requests
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node, URIRef
from tests.servers import workbench

from jixiao.store import create_store

SUITE = Path(__file__).parent / "suites" / "sparql11" / "protocol"
MANIFEST = rdflib.Graph().parse(SUITE / "manifest.ttl")
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
CASES = sorted(str(case) for case in MANIFEST.subjects(RDF.type, MF.ProtocolTest))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("protocol")
    with create_store(folder / "store") as store:
        for node in set(MANIFEST.objects(None, UT.graphData)):
            name = NamedNode(str(MANIFEST.value(node, rdflib.RDFS.label)))
            file = Path(str(MANIFEST.value(node, UT.graph))).name
            for quad in parse((SUITE / file).read_bytes(), RdfFormat.N_TRIPLES):
                store.database.add(Quad(quad.subject, quad.predicate, quad.object, name))
    with workbench(folder / "store", folder / "server") as served:
        yield served.url


def _requests(case: str) -> list[Node]:
    action = MANIFEST.value(URIRef(case), MF.action)
    return _list(action, HT.requests)


def _list(node: Node | None, predicate: URIRef) -> list[Node]:
    return list(Collection(MANIFEST, MANIFEST.value(node, predicate) or RDF.nil))


def _send(address: str, node: Node) -> requests.Response:
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


def _expected(node: Node) -> tuple[Any, set[str], str]:
    response = MANIFEST.value(node, HT.resp)
    statuses = MANIFEST.objects(response, MF.expectedStatus)
    classes = {str(s).rpartition("StatusCode")[2][0] for s in statuses}
    boolean = MANIFEST.value(response, MF.expectedBoolean)
    return boolean, classes, str(MANIFEST.value(response, MF.expectedFormat) or "")


KINDS = {
    "boolean": ("application/sparql-results+json",),
    "tabular": ("application/sparql-results+json",),
    "RDF": ("text/turtle",),
}


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 34


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rpartition("#")[2])
def test_protocol(address: str, case: str) -> None:
    updates = "#update_" in case
    for node in _requests(case):
        response = _send(address, node)
        boolean, classes, kind = _expected(node)
        if updates and classes & {"2", "3"} and not boolean:
            assert response.status_code == 403, response.text
            assert response.headers["content-type"] == "application/problem+json"
            return  # what follows asks for what the update would have written
        assert str(response.status_code)[0] in classes, response.text
        if kind:
            assert response.headers["content-type"].partition(";")[0] in KINDS[kind]
        if boolean is not None:
            assert response.json()["boolean"] is boolean.toPython()
