"""Each rule passes the graph that meets it, and fails the one that a small change makes wrong."""

from pathlib import Path

import pytest
import rdflib

from jixiao.findings import Finding, Report, finding_quads
from jixiao.iris import document_iri
from jixiao.ontology import graph, quads
from jixiao.record import Record
from jixiao.shapes import check, check_quads, rules, shapes

CASES = Path(__file__).parent / "shapes"
BROKEN = sorted(CASES.glob("*.ru"))


def _checked(change: str = "") -> Report:
    dataset = rdflib.Dataset(default_union=True)
    facts = dataset.graph(rdflib.URIRef("urn:test:document/facts"))
    facts.parse(CASES / "valid.ttl")
    if change:
        facts.update(change)
    return check(dataset)


def _short(iri: str) -> str:
    return iri.replace("urn:test:", ":")


def test_the_valid_graph_meets_every_rule() -> None:
    assert _checked().findings == ()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.stem)
def test_a_change_breaks_its_rule_only(case: Path) -> None:
    text = case.read_text(encoding="utf-8")
    code, severity, outcome, focus, *culprit = text.splitlines()[0].removeprefix("# ").split()
    found = [f for f in _checked(text).findings if not _follows(f, case.stem)]
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


def test_every_rule_has_a_case_that_breaks_it() -> None:
    broken = {case.read_text(encoding="utf-8").split()[1] for case in BROKEN}
    assert {rule.code for rule in rules().values()} == broken


def test_every_rule_says_what_it_is_in_both_languages() -> None:
    for rule in rules().values():
        assert rule.name.zh != rule.name.en
        assert rule.dimension.startswith("https://w3id.org/jixiao/code/dimension/")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    for node in set(shapes().subjects(sh.message)):
        languages = {text.language for text in shapes().objects(node, sh.message)}  # type: ignore[attr-defined]
        assert languages == {"zh-hans", "en"} or languages == {"zh-Hans", "en"}


def test_the_repair_says_which_value_and_what_instead() -> None:
    text = (CASES / "one-amount-wrong.ru").read_text(encoding="utf-8")
    (finding,) = _checked(text).findings
    assert finding.repair
    values = finding.repair.values
    assert (values["stated_wan"], values["repaired_wan"]) == ("205", "5")
    assert "213" in finding.message.en
    assert "a difference of 200 " in finding.message.en


def test_julu(julu: Record) -> None:
    report = check(graph(julu))
    codes = [finding.code for finding in report.findings]
    assert codes == ["X01", *["C04"] * 5]
    first = report.findings[0]
    for figure in ("2663.07", "663.07", "2000"):
        assert figure in first.message.zh
        assert figure in first.message.en
    assert first.repair
    values = first.repair.values
    assert (values["stated_wan"], values["repaired_wan"]) == ("2312.92", "312.92")
    assert first.where
    assert (first.where.page, first.evidence) == (23, ("2312.92万元",))
    rates = {rate.code: (rate.checked, rate.failed, rate.cannot_tell) for rate in report.rates}
    assert rates["C01"] == (23, 0, 0)
    assert rates["C04"] == (161, 5, 0)
    assert check_quads(quads(julu)) == report


def test_findings_are_the_same_triples_each_time(julu: Record) -> None:
    document = document_iri(julu.document.sha256)
    report = check_quads(quads(julu))
    found = list(finding_quads(report, document))
    assert found == list(finding_quads(check_quads(quads(julu)), document))
    assert {quad.graph_name.value for quad in found} == {f"{document.value}/findings"}  # type: ignore[union-attr]
    graphed = rdflib.Graph().parse(
        data="\n".join(f"{q.subject} {q.predicate} {q.object} ." for q in found), format="turtle"
    )
    rows = graphed.query("""
        PREFIX earl: <http://www.w3.org/ns/earl#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?code (COUNT(DISTINCT ?finding) AS ?count) WHERE {
            ?finding a earl:Assertion ; dct:identifier ?code ; earl:result ?result .
            ?result earl:outcome earl:failed
        } GROUP BY ?code ORDER BY ?code""")
    assert [tuple(str(value) for value in row) for row in rows] == [("C04", "5"), ("X01", "1")]  # type: ignore[union-attr]
