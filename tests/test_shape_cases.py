"""Each shape against graphs that pass and graphs that fail: tests/shapes/CODE/*.ttl.

A comment `# expect OUTCOME NODE WORD…` says what must be found, and which words its Chinese
message must have; `# repair NODE certain|uncertain NUMBER…` which repair. A file that expects
nothing must give no finding of its code.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize
from rdflib import BNode, Dataset, Graph, URIRef
from rdflib.namespace import DCTERMS, SH
from rdflib.plugins.sparql import prepareQuery

from jixiao.checks.rule_files import rule_files
from jixiao.checks.run import check, rules, shapes
from jixiao.model.finding import Finding, Report
from jixiao.model.record import Record
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.rdflib_graph import graph

CASES = Path(__file__).parent / "shapes"
FILES = sorted(CASES.glob("*/*.ttl"))
ID = "https://w3id.org/jixiao/id/"
SHORT = {file.name.removesuffix(".toml") for file in rule_files()}  # `lint` tries their examples
TRIED = {file.parent.name for file in FILES}
CODES = sorted(set(rules()) & TRIED | set(rules()) - SHORT)


def of_file(file: Path) -> Dataset:
    dataset = Dataset(default_union=True)
    dataset.graph(URIRef(f"{ID}doc/1/facts")).parse(file, format="turtle")
    return dataset


@cache
def report_of(file: Path) -> Report:
    """Return what is found in a graph, which several tests look at."""
    return check(of_file(file))


def comments(file: Path, kind: str) -> Iterator[list[str]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"# {kind} "):
            yield line.split()[2:]


@pytest.fixture(scope="session")
def julu_report(julu: Record) -> Report:
    return check(graph(julu))


def of_code(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_graph_gives_the_expected_findings(file: Path) -> None:
    left = of_code(report_of(file), file.parent.name)
    for outcome, node, *words in comments(file, "expect"):
        matching = [
            finding
            for finding in left
            if (finding.outcome, finding.focus) == (outcome, ID + node)
            and all(word in finding.message.zh for word in words)
        ]
        assert matching, (outcome, node, words, [(f.focus, f.message.zh) for f in left])
        left.remove(matching[0])
    assert not left


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_graph_gives_the_expected_repair(file: Path) -> None:
    findings = of_code(report_of(file), file.parent.name)
    found = [finding.repair for finding in findings if finding.repair]
    expected = list(comments(file, "repair"))
    assert [repair.culprit for repair in found] == [ID + node for node, *_ in expected]
    for repair, (_, certain, stated, repaired) in zip(found, expected, strict=True):
        assert repair.certain == (certain == "certain")
        assert (repair.values["stated_wan"], repair.values["repaired_wan"]) == (stated, repaired)
        assert stated in repair.message.zh and stated in repair.message.en


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_a_graph_that_passes_and_one_that_fails(code: str) -> None:
    names = {file.name for file in (CASES / code).glob("*.ttl")}
    assert {"valid.ttl", "invalid.ttl"} <= names
    expectations = list(comments(CASES / code / "invalid.ttl", "expect"))
    # A fault of structure is the reader's: nothing is told of the document.
    expected = "cannot-tell" if rules()[code].of_reader else "failed"
    assert expectations and all(outcome == expected for outcome, *_ in expectations)
    assert not list(comments(CASES / code / "valid.ttl", "expect"))


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_described_and_counted(code: str) -> None:
    graph_of_shapes = shapes()
    of_this = list(graph_of_shapes.subjects(DCTERMS.identifier, None))
    assert of_this
    rule = rules()[code]
    told = [rule.name, rule.dimension]
    if not rule.of_reader:
        told += [rule.why, rule.advice]
    for text in told:
        assert text.zh and text.en and text.zh != text.en
    assert rule.certainty in ("exact", "wording", "heuristic")
    (rate,) = (rate for rate in report_of(CASES / code / "invalid.ttl").rates if rate.code == code)
    assert 0 < (rate.cannot_tell if rule.of_reader else rate.failed) <= rate.checked


def test_every_message_is_in_both_languages() -> None:
    for node in set(shapes().subjects(SH.message)):
        languages = {
            str(getattr(text, "language", "")) for text in shapes().objects(node, SH.message)
        }
        assert {language.lower() for language in languages} == {"zh-hans", "en"}, node


def test_every_variable_of_a_message_is_asked_for(julu_report: Report) -> None:
    reports = [report_of(file) for file in FILES] + [julu_report]
    for finding in (finding for report in reports for finding in report.findings):
        told = [finding.message, *([finding.repair.message] if finding.repair else [])]
        for message in told:
            assert "{" not in message.zh + message.en, message


def test_every_query_of_the_shapes_parses() -> None:
    prefixes = "".join(
        f"PREFIX {shapes().value(node, SH.prefix)}: <{shapes().value(node, SH.namespace)}>\n"
        for node in shapes().objects(None, SH.declare)
    )
    queries = list(shapes().objects(None, SH.select))
    assert queries
    for query in queries:
        prepareQuery(prefixes + str(query))


def test_julu_names_the_amount_with_a_digit_too_many(julu_report: Report) -> None:
    (finding,) = of_code(julu_report, "X01")
    for number in ("2663.07", "663.07", "2000"):
        assert number in finding.message.zh and number in finding.message.en
    assert finding.repair and finding.repair.certain
    assert Decimal(finding.repair.values["stated"]) == 23_129_200
    assert Decimal(finding.repair.values["repaired"]) == 3_129_200
    assert "办公运转经费" in finding.repair.message.zh and "312.92" in finding.repair.message.zh
    assert finding.where and finding.where.page == 23 and finding.evidence == ("2312.92万元",)


def test_julu_blanks_are_where_they_are_printed(julu_report: Report) -> None:
    blanks = of_code(julu_report, "C04")
    assert [f.where and (f.where.page, f.where.bbox is not None) for f in blanks] == [
        (32, True),
        (32, True),
        (32, True),
        (32, True),
        (33, True),
    ]
    assert all("疫情期间流调工作队办公食宿费用" in f.message.zh for f in blanks)


def test_julu_rates_have_their_denominators(julu_report: Report) -> None:
    rates = {rate.code: (rate.checked, rate.failed, rate.cannot_tell) for rate in julu_report.rates}
    assert rates["C00"] == (1, 0, 0)
    assert rates["C01"] == rates["C02"] == (23, 0, 0)
    assert rates["C04"] == (161, 5, 0)
    assert rates["X01"] == (1, 1, 0)


def test_findings_are_quads_that_do_not_change(julu: Record, julu_report: Report) -> None:
    document = document_iri(julu.document.sha256)
    quads = list(finding_quads(julu_report, document))
    assert quads == list(finding_quads(check(graph(julu)), document))
    assert {quad.graph_name for quad in quads} == {graphs(document)[2]}
    text = serialize(quads, format=RdfFormat.N_QUADS)
    assert set(parse(text or b"", format=RdfFormat.N_QUADS)) == set(quads)
    assert b"_:" not in (text or b"")


def test_shapes_are_a_graph_of_shacl() -> None:
    assert isinstance(shapes(), Graph)
    assert set(shapes().subjects(SH.targetClass)) <= set(shapes().subjects(DCTERMS.identifier))


def test_property_paths_are_paths() -> None:
    """With an IRI in the place of its list a path would be a predicate that nothing has."""
    for path in set(shapes().objects(None, SH.path)):
        assert isinstance(path, BNode) or "/.well-known/" not in str(path)
