"""What Apache makes of the rules that are shipped: those of a site, and those for w3id.org."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
import requests
from rdflib.namespace import OWL
from tests import servers
from tests.answers import ROOT

from jixiao.pipeline.build import build
from jixiao.publishing.dcat import Publication
from jixiao.publishing.site import write
from jixiao.store.store import open_store

ONTOLOGY = ROOT / "ontology"
TURTLE, BROWSER = "text/turtle", "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a site, and of a w3id.org that leads to it."""
    folder = tmp_path_factory.mktemp("identifiers")
    build([ROOT / "tests" / "data" / "corpus" / "culture-2023.xlsx"], folder / "store")
    root = folder / "root"
    root.mkdir()
    with open_store(folder / "store") as store:
        write(store, root / "data", Publication("http://127.0.0.1/data", "x"), "zh")
    with servers.apache(folder / "apache", root) as served:
        (root / "jixiao").mkdir()
        rules = (ONTOLOGY / "w3id" / ".htaccess").read_text(encoding="utf-8")
        assert rules.count("https://jixiao.example.org") == 1
        rules = rules.replace("https://jixiao.example.org", f"{served.url}data")
        (root / "jixiao" / ".htaccess").write_text(rules, encoding="utf-8")
        yield f"{served.url}data/", f"{served.url}jixiao/"


def _get(url: str, accept: str) -> requests.Response:
    answer = requests.get(url, headers={"Accept": accept}, timeout=10)
    assert answer.status_code == 200, answer.url
    return answer


THINGS = ("id/dept/130532-e78ac9303e", "code/comparator/ge", "ns", "query/projects")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("path", THINGS)
def test_who_asks_for_turtle_is_given_turtle(
    path: str, which: int, addresses: tuple[str, str]
) -> None:
    answer = _get(addresses[which] + path, TURTLE)
    assert answer.headers["Content-Type"].startswith("text/turtle")
    graph = rdflib.Graph().parse(data=answer.content, format="turtle")
    assert (rdflib.URIRef(f"https://w3id.org/jixiao/{path}"), None, None) in graph
    assert answer.history[-1].status_code == 303, "a thing is not its description"


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("path", THINGS)
def test_a_browser_is_given_a_page(path: str, which: int, addresses: tuple[str, str]) -> None:
    answer = _get(addresses[which] + path, BROWSER)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert f"https://w3id.org/jixiao/{path}" in answer.text


def test_versions_context_and_evidence(addresses: tuple[str, str]) -> None:
    site, identifiers = addresses
    version = _get(identifiers + "ns/0.1.0", TURTLE)
    assert rdflib.Graph().parse(data=version.content, format="turtle")
    assert json.loads(_get(identifiers + "context.jsonld", "*/*").content)["@context"]
    page = rdflib.Graph().parse(data=_get(site + "catalog.ttl", TURTLE).content, format="turtle")
    graphs = [str(s) for s in page.subjects() if str(s).endswith("/evidence")]
    path = graphs[0].removeprefix("https://w3id.org/jixiao/")
    for asked in (path, path.replace("/evidence", "/ev/0123456789abcdef")):
        answer = _get(identifiers + asked, TURTLE)
        assert answer.url.endswith("/evidence.ttl") and len(answer.content) > 1000
    assert _get(site + ".well-known/void", TURTLE).headers["Content-Type"] == "text/turtle"


def test_a_release_does_not_change() -> None:
    """The terms are those of their version's release; what changes them raises the version."""
    terms = rdflib.Graph().parse(ONTOLOGY / "jixiao.ttl")
    version = str(next(terms.objects(None, OWL.versionInfo)))
    released = ONTOLOGY / "releases" / version
    for file in [*released.rglob("*.ttl"), released / "context.jsonld"]:
        current = ONTOLOGY / file.relative_to(released)
        assert current.read_bytes() == file.read_bytes(), f"{current}: raise owl:versionInfo"
    for folder in (ONTOLOGY / "releases").iterdir():
        own = rdflib.Graph().parse(folder / "jixiao.ttl")
        assert str(next(own.objects(None, OWL.versionIRI))).endswith(f"/ns/{folder.name}")


def test_the_documentation_is_of_this_version() -> None:
    page = (ROOT / "docs" / "ontology" / "index.html").read_text(encoding="utf-8")
    terms = rdflib.Graph().parse(ONTOLOGY / "jixiao.ttl")
    for term in terms.subjects(rdflib.RDF.type, OWL.Class):
        assert f"{str(term).rpartition('#')[2]}" in page
    assert str(next(terms.objects(None, OWL.versionIRI))) in page
    assert page.count("Example</a>") == len(set(terms.subjects(rdflib.RDF.type, OWL.Class)))
    assert Path(ROOT / "docs" / "ontology" / "diagram.svg").stat().st_size > 10_000
