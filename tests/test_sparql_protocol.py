"""The W3C's tests of the SPARQL 1.1 Protocol: all queries are answered, all updates are refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.protocol import CASES, asked, expected, refused, send, served, table

DOCUMENT = Path(__file__).parents[1] / "docs" / "workbench.md"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("protocol")) as url:
        yield url


KINDS = {
    "boolean": ("application/sparql-results+json",),
    "tabular": ("application/sparql-results+json",),
    "RDF": ("text/turtle",),
}


def test_the_suite_is_whole() -> None:
    assert len(CASES) == 34


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rpartition("#")[2])
def test_protocol(address: str, case: str) -> None:
    for node in asked(case):
        response = send(address, node)
        boolean, classes, kind = expected(node)
        if refused(case):
            assert response.status_code == 403, response.text
            assert response.headers["content-type"] == "application/problem+json"
            return  # what follows asks for what the update would have written
        assert str(response.status_code)[0] in classes, response.text
        if kind:
            assert response.headers["content-type"].partition(";")[0] in KINDS[kind]
        if boolean is not None:
            assert response.json()["boolean"] is boolean.toPython()


def test_the_page_of_the_workbench_has_all_results(address: str) -> None:
    """`scripts/workbench` rewrites it."""
    assert table(address) in DOCUMENT.read_text(encoding="utf-8")
