"""What others' checks say: ROBOT's report on the terms, Skosify on the code lists."""

import logging
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SKOS
from tests.answers import ROOT

from jixiao.queries.answering import ask
from jixiao.store.store import Store

REPORT = ROOT / "tests" / "suites" / "robot-report"
ONTOLOGY = ROOT / "ontology"
TERMS = [ONTOLOGY / "jixiao.ttl", *sorted((ONTOLOGY / "alignments").glob("*.ttl"))]
LISTS = sorted((ONTOLOGY / "codes").glob("*.ttl"))
ERRORS = re.findall(
    r"^\| ERROR.*\]\((\w+)\)", (REPORT / "levels.md").read_text(encoding="utf-8"), re.MULTILINE
)


@cache
def _terms(language: str) -> rdflib.Graph:
    """Return the terms as one reads them who has this language only."""
    graph = rdflib.Graph()
    for file in TERMS:
        graph.parse(file)
    for triple in list(graph):
        said = triple[2]
        if isinstance(said, rdflib.Literal) and said.language and said.language.lower() != language:
            graph.remove(triple)
    return graph


def _found(query: str, graph: rdflib.Graph) -> list[str]:
    asked = (REPORT / f"{query}.rq").read_text(encoding="utf-8")
    return [str(row) for row in graph.query(asked)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("query", ERRORS)
def test_robot_reports_no_error(query: str, language: str) -> None:
    assert _found(query, _terms(language)) == []


def test_robot_would_report_an_error() -> None:
    assert len(ERRORS) >= 15
    spoilt = rdflib.Graph() + _terms("en")
    term = rdflib.URIRef("https://w3id.org/jixiao/ns#amount")
    spoilt.remove((term, RDFS.label, None))
    assert len(_found("missing_label", spoilt)) == 1
    spoilt.add((term, RDFS.label, rdflib.Literal("unit", lang="en")))
    assert len(_found("duplicate_label", spoilt)) == 2


@pytest.fixture
def codes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in LISTS:
        graph.parse(file)
    return graph


def _warnings(graph: rdflib.Graph, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    skosify: Any = import_module("skosify.check")  # it has no type hints
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        skosify.hierarchy_cycles(graph)
        skosify.disjoint_relations(graph)
        skosify.hierarchical_redundancy(graph)
        skosify.label_overlap(graph)
        skosify.preflabel_uniqueness(graph, policy="shortest")
    return (record.getMessage() for record in caplog.records)


def test_skosify_finds_nothing_to_mend(
    codes: rdflib.Graph, caplog: pytest.LogCaptureFixture
) -> None:
    assert list(_warnings(codes, caplog)) == []


def test_skosify_would_find_a_cycle(codes: rdflib.Graph, caplog: pytest.LogCaptureFixture) -> None:
    narrower, broader = next(iter(codes.subject_objects(SKOS.broader)))
    codes.add((broader, SKOS.broader, narrower))
    assert any("cycle" in told for told in _warnings(codes, caplog))


@pytest.mark.parametrize("file", LISTS, ids=lambda path: path.stem)
def test_a_code_list_is_whole(file: Path) -> None:
    """A scheme has a title in both languages; a code is in it, and its broader codes are too."""
    graph = rdflib.Graph().parse(file)
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    assert schemes
    for scheme in schemes:
        labels = [*graph.objects(scheme, SKOS.prefLabel), *graph.objects(scheme, RDFS.label)]
        languages = {str(getattr(label, "language", "")).lower() for label in labels}
        assert languages == {"zh-hans", "en"}
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        own = set(graph.objects(concept, SKOS.inScheme))
        assert own & schemes
        for broader in graph.objects(concept, SKOS.broader):
            if (broader, RDF.type, SKOS.Concept) in graph:
                assert own & set(graph.objects(broader, SKOS.inScheme))


@pytest.mark.parametrize("file", TERMS[1:], ids=lambda path: path.stem)
def test_an_alignment_links_own_terms_and_imports_nothing(file: Path) -> None:
    graph = rdflib.Graph().parse(file)
    terms = rdflib.Graph().parse(ONTOLOGY / "jixiao.ttl")
    assert not list(graph.triples((None, OWL.imports, None)))
    for subject in set(graph.subjects()):
        own = str(subject).startswith("https://w3id.org/jixiao/ns#")
        assert (subject, None, None) in terms if own else (subject, RDF.type, OWL.Ontology) in graph


ONCE = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    PREFIX jx: <https://w3id.org/jixiao/ns#>
    SELECT ?thing ?one ?other WHERE {
    VALUES ?property { skos:prefLabel skos:notation jx:checked jx:failed jx:amount jx:budgetYear }
    ?thing ?property ?one, ?other .
    FILTER(STR(?one) < STR(?other) && LANG(?one) = LANG(?other)) }"""


def test_what_is_told_once_is_told_once(corpus: Store) -> None:
    """Papers that write a name differently give a thing no second label in a language."""
    assert ask(corpus, ONCE).rows == ()


def test_the_documentation_tells_the_version_and_what_has_changed() -> None:
    terms = rdflib.Graph().parse(ONTOLOGY / "jixiao.ttl")
    ontology = terms.value(None, RDF.type, OWL.Ontology)
    version = str(terms.value(ontology, OWL.versionInfo))
    iri = str(terms.value(ontology, OWL.versionIRI))
    assert iri.endswith(f"/{version}") and (ONTOLOGY / "releases" / version).is_dir()
    page = (ROOT / "docs" / "ontology" / "index.html").read_text(encoding="utf-8")
    assert iri in page and f"<p>{version}</p>" in page
    notes = [o for o in terms.objects(ontology, SKOS.historyNote) if isinstance(o, rdflib.Literal)]
    assert {str(note.language).lower() for note in notes} == {"zh-hans", "en"}
    assert [str(n.language).lower() for n in notes if n.startswith(version)] in (
        ["zh-hans", "en"],
        ["en", "zh-hans"],
    )
    for note in notes:
        assert f"<p>{note}</p>" in page
