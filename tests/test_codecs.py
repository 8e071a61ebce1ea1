"""What is written into the graph is read back equal: places, findings, index entries."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from tests import papers

from jixiao.checks.run import check_quads
from jixiao.model.finding import Finding, Repair, Report
from jixiao.model.message import Message
from jixiao.model.record import Where
from jixiao.rdf.evidence import (
    EvidenceIndex,
    StatedValue,
    annotations,
    as_written,
    read_annotation,
)
from jixiao.rdf.findings import (
    READ_PROPERTIES,
    as_stored,
    finding_quads,
    read_findings,
)
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.mapping import MappedRecord, map_record
from jixiao.rdf.namespaces import OA, RDF, SKOS
from jixiao.rdf.terms import value_of
from jixiao.store.index_entries import index_entries_of
from jixiao.store.search_index import index_entries

ROOT = Path(__file__).parents[1]
DOCUMENT = document_iri("0" * 64)
# The Julu disclosure in other files, and further PDF files of Putuo: more of the same.
LONG = {
    *(f"juluxian-2023.{kind}" for kind in ("docx", "html", "txt")),
    *("wanli-subdistrict-2024.pdf", "commerce-commission-2025.pdf"),
}
SAMPLES = sorted(
    path
    for folder in ("examples", "tests/data/corpus", "tests/data/juluxian-2023", "tests/data/putuo")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".pdf", ".docx", ".xlsx", ".html", ".txt"} and path.name != "encrypted.pdf"
)


@lru_cache(maxsize=2)
def _checked(path: Path) -> tuple[MappedRecord, Report]:
    """Return a document's graph, and what is found in it."""
    mapped = map_record(papers.record(path))
    return mapped, check_quads(mapped.facts)


# Places

numbers = st.none() | st.integers(1, 10_000)
edges = st.integers(-100_000, 500_000).map(lambda hundredths: hundredths / 100)
boxes = st.tuples(edges, edges, edges, edges)
any_boxes = st.tuples(*[st.floats(-1e4, 1e4)] * 4)
characters = st.characters(exclude_categories=["Cs"])
places = st.one_of(
    st.builds(Where, page=numbers, table=numbers, row=numbers),
    st.builds(Where, page=numbers, table=numbers, row=numbers, bbox=boxes),
    st.builds(Where, table=numbers, row=numbers, line=st.integers(1, 100_000)),
    st.builds(Where, table=numbers, row=numbers, path=st.text(characters)),
)


@st.composite
def wheres(draw: st.DrawFn) -> Where:
    """Return a place with any number of further ones, as rows over page breaks have them."""
    first, *others = draw(st.lists(places, min_size=1, max_size=12))
    return msgspec.structs.replace(first, continued=tuple(others))


def read_back(value: StatedValue) -> StatedValue:
    """Write a value as an annotation, and read that."""
    triples = list(annotations(DOCUMENT, [value]))
    (node,) = {s.value for s, p, o in triples if p == RDF.type and o == OA.Annotation}

    def values(subject: str, predicate: NamedNode) -> Sequence[str]:
        return [value_of(o) for s, p, o in triples if (s.value, p) == (subject, predicate)]

    annotation = read_annotation(node, values)
    assert annotation is not None
    assert (annotation.iri, annotation.document) == (node, DOCUMENT.value)
    return annotation.stated


@given(wheres(), st.text(characters))
def test_a_place_that_is_written_is_read_back_equal(where: Where, words: str) -> None:
    stated = StatedValue(NamedNode("urn:project"), SKOS.prefLabel, words, where)
    assert read_back(stated) == stated
    assert as_written(where) == where


@settings(max_examples=30)
@given(any_boxes, st.dictionaries(st.text(), st.builds(Where, bbox=any_boxes)))
def test_finer_rectangles_are_read_back_in_hundredths(
    box: tuple[float, float, float, float], cells: dict[str, Where]
) -> None:
    where = Where(page=1, bbox=box, cells=cells)
    stated = StatedValue(NamedNode("urn:project"), SKOS.prefLabel, "危房改造", where)
    back = read_back(stated).where
    assert back == as_written(where)
    assert back.bbox == pytest.approx(box, abs=0.011)


def test_the_index_from_values_is_the_index_from_quads() -> None:
    mapped, _ = _checked(SAMPLES[0])
    direct = EvidenceIndex.from_values(mapped.stated)
    decoded = EvidenceIndex.from_quads(mapped.evidence)
    things = {value.subject.value for value in mapped.stated}
    assert len(things) > 100
    for thing in things:
        assert direct.printed(thing) == decoded.printed(thing)


# Findings

texts = st.text(characters)
messages = st.builds(Message, zh=texts, en=texts)
iris = st.integers(1, 50).map(lambda number: f"urn:thing:{number}")
findings = st.builds(
    Finding,
    code=texts,
    severity=st.sampled_from(["error", "warning", "info"]),
    outcome=st.sampled_from(["failed", "cannot-tell"]),
    dimension=st.sampled_from(["urn:dimension/consistency", "urn:dimension/quality"]),
    focus=iris,
    name=texts,
    shape=iris,
    message=messages,
    where=st.none(),
    evidence=st.just(()),
    repair=st.none()
    | st.builds(Repair, culprit=iris, message=messages, values=st.just({}), certain=st.booleans()),
)


@settings(max_examples=30)
@given(st.lists(findings, unique_by=lambda f: (f.focus, f.shape, f.message.en)))
def test_findings_that_are_written_are_read_back_equal(written: list[Finding]) -> None:
    quads = list(finding_quads(Report(tuple(written), ()), DOCUMENT))
    stored = sorted((as_stored(f, DOCUMENT) for f in written), key=lambda f: f.iri)
    assert read_findings(quads) == stored
    assert read_findings(q for q in quads if q.predicate in READ_PROPERTIES) == stored


def test_only_findings_are_read_of_a_whole_report() -> None:
    mapped, report = _checked(SAMPLES[0])
    assert report.findings
    assert report.scores
    stored = sorted((as_stored(f, mapped.document) for f in report.findings), key=lambda f: f.iri)
    assert read_findings(finding_quads(report, mapped.document)) == stored


# Index entries


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=pytest.mark.exhaustive) if p.name in LONG else p for p in SAMPLES],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_index_entries_from_the_record_are_those_from_the_quads(path: Path) -> None:
    record = papers.record(path)
    mapped, report = _checked(path)
    in_findings = graphs(mapped.document)[2]
    of_findings = [q for q in finding_quads(report, mapped.document) if q.graph_name == in_findings]
    decoded = index_entries(mapped.facts, of_findings)
    direct = index_entries_of(record, report)
    assert direct.hits == decoded.hits
    assert direct.budgets == decoded.budgets
    assert direct.worded == decoded.worded
    assert direct.failed == decoded.failed
