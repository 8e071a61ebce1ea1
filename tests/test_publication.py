"""What catalogues and browsers are given: DCAT-AP, VoID, and the static site."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast
from urllib.parse import unquote, urljoin
from urllib.request import urlopen

import pyshacl
import pytest
import rdflib
from click.testing import CliRunner
from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, parse
from rdflib.namespace import DCAT, SH, VOID
from tests.answers import ROOT, stored

from jixiao.cli import cli
from jixiao.errors import UsageError
from jixiao.publishing.dcat import Publication, publication, write
from jixiao.publishing.site import write as write_site
from jixiao.rdf.namespaces import SKOS
from jixiao.store.store import Store

SUITE = ROOT / "tests" / "suites" / "dcat-ap"
WHERE = Publication(
    "https://data.example.org/jixiao",
    "某研究所",
    "data@example.org",
    "https://data.example.org/sparql",
)
# The EU's tables have neither Chinese counties nor their publishers.
NOT_IN_EUROPE = {"http://purl.org/dc/terms/publisher", "http://purl.org/dc/terms/spatial"}


@pytest.fixture(scope="module")
def catalogue(corpus: Store, tmp_path_factory: pytest.TempPathFactory) -> rdflib.Graph:
    path = tmp_path_factory.mktemp("catalogue") / "catalog.ttl"
    write(corpus, path, WHERE)
    return rdflib.Graph().parse(path)


def _results(graph: rdflib.Graph, shapes: str) -> Iterator[tuple[str, str]]:
    rules = rdflib.Graph().parse(SUITE / f"{shapes}.ttl")
    rules.remove((None, rdflib.OWL.imports, None))
    known = graph + rdflib.Graph().parse(SUITE / "vocabularies.ttl")
    validate = cast("Callable[..., Any]", pyshacl.validate)  # pyright: ignore[reportUnknownMemberType]
    report = validate(known, shacl_graph=rules, advanced=True)[1]
    assert isinstance(report, rdflib.Graph)
    for result in report.objects(None, SH.result):
        severity = str(report.value(result, SH.resultSeverity)).rpartition("#")[2]
        yield severity, str(report.value(result, SH.resultPath))


@pytest.mark.parametrize("shapes", ["shapes", "range", "deprecateduris"])
def test_the_catalogue_is_dcat_ap(shapes: str, catalogue: rdflib.Graph) -> None:
    assert list(_results(catalogue, shapes)) == []


def test_its_vocabularies_are_those_of_dcat_ap(catalogue: rdflib.Graph) -> None:
    found = set(_results(catalogue, "mdr-vocabularies.shape"))
    assert {severity for severity, _ in found} == {"Warning"}
    assert {path for _, path in found} == NOT_IN_EUROPE


def test_nothing_recommended_is_violated(catalogue: rdflib.Graph) -> None:
    found = set(_results(catalogue, "shapes_recommended"))
    assert {severity for severity, _ in found} == {"Warning"}


@pytest.mark.parametrize(("subject", "predicate"), [
    ("catalog", "http://purl.org/dc/terms/title"),
    ("dump/jixiao.trig#distribution", "http://www.w3.org/ns/dcat#accessURL"),
])  # fmt: skip
def test_the_check_notices_what_is_missing(
    catalogue: rdflib.Graph, subject: str, predicate: str
) -> None:
    spoilt = rdflib.Graph() + catalogue
    spoilt.remove((rdflib.URIRef(f"{WHERE.at}/{subject}"), rdflib.URIRef(predicate), None))
    assert ("Violation", predicate) in set(_results(spoilt, "shapes"))


def test_void_counts_what_there_is(corpus: Store, catalogue: rdflib.Graph) -> None:
    dataset = rdflib.URIRef(f"{WHERE.at}/dataset")
    triples = {quad.triple for quad in corpus.union()}
    counts = {
        VOID.triples: len(triples),
        VOID.properties: len({t.predicate for t in triples}),
        VOID.classes: len({t.object for t in triples if t.predicate.value == str(rdflib.RDF.type)}),
    }
    for term, count in counts.items():
        assert catalogue.value(dataset, term) == rdflib.Literal(count), term
    partitions = {
        str(catalogue.value(part, VOID.property)): int(str(catalogue.value(part, VOID.triples)))
        for part in catalogue.objects(dataset, VOID.propertyPartition)
    }
    assert sum(partitions.values()) == len(triples)
    sizes = {str(g): int(str(catalogue.value(g, VOID.triples)))
             for g in catalogue.objects(dataset, VOID.subset)}  # fmt: skip
    assert sizes == {g.value: len(list(corpus.quads([g]))) for g in corpus.graphs()}


def test_a_document_is_a_dataset_of_its_region_and_year(catalogue: rdflib.Graph) -> None:
    datasets = list(catalogue.subjects(rdflib.RDF.type, DCAT.Dataset))
    assert len(datasets) == 1 + 14
    periods = set(catalogue.objects(None, DCAT.startDate))
    assert rdflib.Literal("2019-01-01", datatype=rdflib.XSD.date) in periods


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links, self.anchors = list[str](), set[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "href" and value:
                self.links.append(value)
            if name == "id" and value:
                self.anchors.add(value)


def _links(path: Path) -> _Links:
    parser = _Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of one paper: its site has a page for each of its things."""
    with stored(tmp_path_factory.mktemp("shown") / "store", "services-2023.html") as store:
        yield store


@pytest.fixture(scope="module")
def site(shown: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    assert write_site(shown, folder, WHERE, "zh") > 500
    return folder


def test_no_link_leads_nowhere(site: Path) -> None:
    """Every link of every page leads to a file of the site, at its #name; or elsewhere."""
    anchors = dict[Path, set[str]]()
    pages = list(site.rglob("index.html"))
    for page in pages:
        for link in _links(page).links:
            if re.match(r"[a-z]+:", link):
                assert not link.startswith("https://w3id.org/jixiao/"), "ours are in the site"
                continue
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path).resolve()
            assert target.is_file(), (page, link)
            if anchor:
                known = anchors.setdefault(target, set()) or _links(target).anchors
                anchors[target] = known
                assert anchor in known, (page, link)


def test_a_thing_is_served_as_a_page_and_as_turtle(site: Path, shown: Store) -> None:
    called = Literal("12345政务服务便民热线运行项目", language="zh-Hans")
    (named,) = shown.database.quads_for_pattern(None, SKOS.prefLabel, called, DefaultGraph())
    project = str(named.subject).strip("<>")
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    handler.func.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}/"
        with urlopen(base + project.removeprefix("https://w3id.org/jixiao/")) as answer:
            page = answer.read().decode()
            turtle = urljoin(answer.url, "index.ttl")
        with urlopen(turtle) as answer:
            triples = list(parse(answer.read(), RdfFormat.TURTLE))
        with urlopen(base) as answer:
            first = answer.read().decode()
        server.shutdown()
        thread.join()
    assert called.value in page and "6,384,500" in page and project in page
    wanted = shown.database.quads_for_pattern(NamedNode(project), None, None, None)
    assert {str(t.triple) for t in triples} == {str(q.triple) for q in wanted}
    assert "睢宁县政务服务管理局 2023" in first and WHERE.publisher in first


def test_the_terms_share_a_page(site: Path) -> None:
    page = (site / "ns" / "index.html").read_text(encoding="utf-8")
    assert 'id="PerformanceIndicator"' in page and "绩效指标" in page
    graph = rdflib.Graph().parse(site / "ns" / "index.ttl")
    assert (rdflib.URIRef("https://w3id.org/jixiao/ns#amount"), None, None) in graph


def test_the_site_holds_the_whole(site: Path, shown: Store) -> None:
    dump = parse((site / "dump" / "jixiao.nq").read_bytes(), RdfFormat.N_QUADS)
    assert sum(1 for _ in dump) == len(list(shown.quads()))
    assert (site / ".well-known" / "void").read_bytes() == (site / "catalog.ttl").read_bytes()
    described = rdflib.Graph().parse(site / "catalog.ttl")
    for address in described.objects(None, DCAT.downloadURL):
        path = str(address).removeprefix(WHERE.at + "/")
        assert (site / path).is_file(), "what the catalogue offers is there"


FINE = {"at": WHERE.at, "publisher": "x", "contact": "", "endpoint": "", "licence": WHERE.licence}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("at", "data.example.org"),
        ("at", "ftp://data.example.org"),
        ("at", "https://data.example.org/?a=b"),
        ("at", "https://data.example.org/#top"),
        ("at", "https://data.example.org/a b"),
        ("at", "https://me:secret@data.example.org/"),
        ("contact", "nobody"),
        ("contact", "a@b> <c"),
        ("contact", "http:/x"),
        ("licence", "CC BY"),
        ("licence", 'https://x.org/">'),
        ("endpoint", "urn:sparql"),
    ],
)
def test_what_is_no_address_is_told_before_anything_is_written(
    option: str, value: str, corpus_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=f"--{option} "):
        publication(**{**FINE, option: value})
    words = ["--lang", "en", "export", "--store", str(corpus_folder), "--site", str(tmp_path / "a")]
    told = [word for name, is_ in {**FINE, option: value}.items() for word in (f"--{name}", is_)]
    done = CliRunner().invoke(cli, [*words, *told])
    assert done.exit_code == 2 and f"--{option} " in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("contact", "predicate"),
    [
        ("data@example.org", "hasEmail"),
        ("mailto:data@example.org", "hasEmail"),
        ("https://example.org/contact?a=b#c", "hasURL"),
    ],
)
def test_a_contact_is_a_mailbox_or_a_page(
    contact: str, predicate: str, corpus: Store, tmp_path: Path
) -> None:
    write(corpus, tmp_path / "a.ttl", publication(**{**FINE, "contact": contact}))
    graph = rdflib.Graph().parse(tmp_path / "a.ttl")
    wanted = contact if predicate == "hasURL" else f"mailto:{contact.removeprefix('mailto:')}"
    property_ = rdflib.URIRef(f"http://www.w3.org/2006/vcard/ns#{predicate}")
    assert {str(o) for o in graph.objects(None, property_)} == {wanted}


@pytest.mark.parametrize("words", [["--format", "turtle"], ["--format", "dcat"], ["-o", "x"]])
def test_a_site_has_formats_of_its_own(
    words: list[str], corpus_folder: Path, tmp_path: Path
) -> None:
    told = ["--at", WHERE.at, "--publisher", "x", "--site", str(tmp_path / "site")]
    command = ["export", "--store", str(corpus_folder), *told, *words]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 2 and "--site" in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_export_tells_what_its_endpoint_is() -> None:
    told = " ".join(CliRunner().invoke(cli, ["export", "--help"]).output.split())
    assert "never contacted" in told or "不会访问" in told
    assert "JIXIAO_ENDPOINT" not in told


def test_the_commands(corpus_folder: Path, tmp_path: Path) -> None:
    run = partial(CliRunner().invoke, cli)
    words = ["export", "--store", str(corpus_folder)]
    refused = run([*words, "--site", str(tmp_path / "site")])
    assert refused.exit_code == 2 and "--publisher" in refused.output
    told = ["--at", WHERE.at, "--publisher", "某研究所", "--format", "dcat"]
    done = run([*words, *told, "-o", str(tmp_path / "catalog.ttl")])
    assert done.exit_code == 0
    assert rdflib.Graph().parse(tmp_path / "catalog.ttl")
