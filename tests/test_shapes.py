"""Each rule passes the graph that meets it, and fails the one that a small change makes wrong."""

from collections import Counter
from pathlib import Path

import pytest
import rdflib

from jixiao.checks.run import check, check_quads
from jixiao.model.finding import Finding, Report
from jixiao.model.record import Record
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.iris import document_iri
from jixiao.rdf.mapping import quads

CASES = Path(__file__).parent / "shapes"
BROKEN = sorted(CASES.glob("*.ru"))


def _checked(change: str = "") -> Report:
    dataset = rdflib.Dataset(default_union=True)
    facts = dataset.graph(rdflib.URIRef("urn:test:document/facts"))
    facts.parse(CASES / "valid.ttl")
    if change:
        facts.update(change)
    return check(dataset)


BROKEN_CODES = {case.read_text(encoding="utf-8").split()[1] for case in BROKEN}


def _short(iri: str) -> str:
    return iri.replace("urn:test:", ":")


def test_the_valid_graph_meets_every_one_of_their_rules() -> None:
    assert not [f for f in _checked().findings if f.code in BROKEN_CODES]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.stem)
def test_a_change_breaks_its_rule_only(case: Path) -> None:
    text = case.read_text(encoding="utf-8")
    code, severity, outcome, focus, *culprit = text.splitlines()[0].removeprefix("# ").split()
    broken = [f for f in _checked(text).findings if f.code in BROKEN_CODES]
    found = [f for f in broken if not _follows(f, case.stem)]
    assert [(f.code, f.severity, f.outcome, _short(f.focus)) for f in found] == [
        (code, severity, outcome, focus)
    ] * len(found)
    assert found
    repairs = [_short(f.repair.culprit) for f in found if f.repair]
    assert repairs == culprit
    for finding in found:
        assert "{" not in finding.message.zh + finding.message.en, "every variable is filled in"
        assert finding.message.zh != finding.message.en


def _follows(finding: Finding, case: str) -> bool:
    """A missing total or name is noticed by the sum as well."""
    return case == "observation-without-amount" and finding.code == "X01"


def test_the_repair_says_which_value_and_what_instead() -> None:
    text = (CASES / "one-amount-wrong.ru").read_text(encoding="utf-8")
    (finding,) = (f for f in _checked(text).findings if f.code == "X01")
    assert finding.repair
    values = finding.repair.values
    assert (values["stated_wan"], values["repaired_wan"]) == ("205", "5")
    assert "213" in finding.message.en
    assert "a difference of 200 " in finding.message.en


def test_findings_are_the_same_triples_each_time(julu: Record) -> None:
    document = document_iri(julu.document.sha256)
    report = check_quads(quads(julu))
    found = list(finding_quads(report, document))
    assert found == list(finding_quads(check_quads(quads(julu)), document))
    assert {quad.graph_name.value for quad in found} == {f"{document.value}/findings"}  # type: ignore[union-attr]
    graphed = rdflib.Graph().parse(
        data="\n".join(f"{q.subject} {q.predicate} {q.object} ." for q in found), format="turtle"
    )
    earl = rdflib.Namespace("http://www.w3.org/ns/earl#")
    counts = Counter(
        str(code)
        for finding in graphed.subjects(rdflib.RDF.type, earl.Assertion)
        for code in graphed.objects(finding, rdflib.DCTERMS.identifier)
    )
    assert (counts["C04"], counts["X01"]) == (5, 1)
    assert sum(counts.values()) == len(report.findings)
