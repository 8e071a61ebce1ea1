"""What the graph says of how a document was read, and of who receives a part of a transfer."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
import rdflib
from rdflib.namespace import ORG, RDF, SKOS
from tests.test_ontology import SMALL, indicator, project

from jixiao.model.record import (
    Coverage,
    Found,
    Goal,
    Other,
    Recipient,
    Record,
    Region,
    Target,
    Unread,
    Where,
)
from jixiao.rdf.code_lists import codes
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.iris import budget_iri, department_iri, document_iri, project_iris
from jixiao.rdf.mapping import map_record
from jixiao.rdf.rdflib_graph import graph

JX = rdflib.Namespace("https://w3id.org/jixiao/ns#")
CODE = rdflib.Namespace("https://w3id.org/jixiao/code/")
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")


def record(**changes: Any) -> Record:
    return msgspec.structs.replace(SMALL, **changes)


def at(table: int, row: int) -> Where:
    return Where(page=table, table=table, row=row, bbox=(1.0, 2.0, 3.0, 4.0))


def form(name: str, table: int, row: int) -> Any:
    """Return a project whose form has its title in this row, and an indicator in the next."""
    goal = Goal(text="提高能力", where=at(table, row))
    return project(name, indicator(where=at(table, row + 1)), goals=(goal,), where=at(table, row))


def node(value: object) -> rdflib.URIRef:
    return rdflib.URIRef(getattr(value, "value", str(value)))


def number(found: rdflib.Dataset, subject: object, of: rdflib.URIRef) -> Decimal:
    value = found.value(node(subject), of)
    assert isinstance(value, rdflib.Literal)
    return Decimal(str(value))


READ = record(
    projects=(form("aaaaaaaaaa", 3, 1), form("bbbbbbbbbb", 3, 10), form("cccccccccc", 4, 1)),
    coverage=(
        Coverage(kind="table", value=14, label=4, heading=1, furniture=1, unread=0, where=at(2, 1)),
        Coverage(kind="table", value=10, label=5, heading=1, unread=4, where=at(3, 1)),
        Coverage(kind="table", value=8, label=2, where=at(4, 1)),
        Coverage(kind="prose", value=100, unread=900, where=Where(page=1)),
    ),
    unread=(
        Unread("增减原因", "unknown-column", at(3, 4)),
        Unread("见附件", "no-label", at(3, 12)),
        Unread("备注", "no-label", at(3, 30)),
        Unread("附表", "unknown-table", at(9, 1)),
    ),
)


def test_coverage_counts_each_table_and_page() -> None:
    found = graph(READ)
    nodes = list(found.objects(node(document_iri(SMALL.document.sha256)), JX.hasCoverage))
    assert len(nodes) == 4
    by_table = {str(found.value(n, JX.table)): n for n in nodes}
    assert number(found, by_table["3"], JX.valueCount) == 10
    assert number(found, by_table["3"], JX.unreadCount) == 4
    assert number(found, by_table["2"], JX.furnitureCount) == 1
    assert (by_table["3"], JX.coverageKind, CODE["coverage-kind/table"]) in found
    assert (by_table["None"], JX.coverageKind, CODE["coverage-kind/prose"]) in found


def test_a_budget_and_its_projects_know_how_far_they_were_read() -> None:
    found, projects = graph(READ), project_iris(READ)
    budget = budget_iri(SMALL.document)
    assert number(found, budget, JX.readShare) == Decimal("0.92")  # 46 of 50 cells
    assert number(found, budget, JX.unreadCount) == 4
    assert number(found, projects["aaaaaaaaaa"], JX.unreadCount) == 1
    assert number(found, projects["bbbbbbbbbb"], JX.unreadCount) == 2
    assert number(found, projects["cccccccccc"], JX.unreadCount) == 0
    assert number(found, projects["aaaaaaaaaa"], JX.readShare) == Decimal("0.8")
    assert number(found, projects["cccccccccc"], JX.readShare) == 1


def test_without_coverage_nothing_is_said_of_it() -> None:
    found = graph(SMALL)
    assert not list(found.subject_objects(JX.readShare))
    assert not list(found.subject_objects(JX.unreadCount))


def test_prose_counts_where_there_is_no_table() -> None:
    prose = Coverage(kind="prose", value=100, unread=300, where=Where(page=1))
    found = graph(record(coverage=(prose,)))
    assert number(found, budget_iri(SMALL.document), JX.readShare) == Decimal("0.25")


def test_what_is_unread_is_found_on_its_page_and_by_its_project() -> None:
    found, projects = graph(READ), project_iris(READ)
    unread = {str(found.value(n, JX.stated)): n for n in found.objects(None, JX.hasUnread)}
    assert (unread["增减原因"], JX.unreadReason, CODE["unread-reason/unknown-column"]) in found
    assert (unread["增减原因"], JX.unreadIn, node(projects["aaaaaaaaaa"])) in found
    assert (unread["见附件"], JX.unreadIn, node(projects["bbbbbbbbbb"])) in found
    assert (unread["附表"], JX.unreadIn, node(budget_iri(SMALL.document))) in found
    (printed,) = EvidenceIndex.from_quads(map_record(READ).evidence).printed(str(unread["见附件"]))
    assert (printed.text, printed.where) == ("见附件", at(3, 12))


def test_reading_is_evidence_and_its_share_a_fact() -> None:
    mapped = map_record(READ)
    facts = {quad.predicate.value for quad in mapped.facts}
    evidence = {quad.predicate.value for quad in mapped.evidence}
    assert str(JX.readShare) in facts
    assert {str(JX.hasCoverage), str(JX.hasUnread)} <= evidence - facts


def test_other_content_keeps_its_own_words() -> None:
    label = "绩效指标设定依据"
    other = (Other(label, "上年实际", at(3, 5)), Other(label, "标准", at(3, 6)))
    of_goal = Goal(text="目标", other=other[:1], where=at(3, 3))
    one = project("aaaaaaaaaa", indicator(other=other), other=other, goals=(of_goal,))
    found = graph(record(projects=(one,), goals=()))
    contents = list(found.objects(None, JX.hasOther))
    texts = sorted(str(found.value(n, JX.text)) for n in contents)
    assert texts == ["上年实际", "上年实际", "上年实际", "标准", "标准"]
    assert {str(found.value(n, SKOS.prefLabel)) for n in contents} == {label}


TRANSFER = record(
    document=msgspec.structs.replace(SMALL.document, region=Region("130500", "邢台市")),
    goals=(),
    projects=(
        project(
            "aaaaaaaaaa",
            indicator(
                value="300亩",
                recipients=(
                    Recipient("巨鹿县", "≥100亩", Target("number", "ge", Decimal(100)), at(3, 5)),
                    Recipient("市林场", "200亩", None, at(3, 5)),
                    Recipient("威县", "", None, at(3, 5)),
                ),
            ),
            subject="transfer",
        ),
    ),
)


def test_a_transfer_has_a_target_for_each_recipient() -> None:
    found = graph(TRANSFER)
    fund = node(project_iris(TRANSFER)["aaaaaaaaaa"])
    assert (fund, RDF.type, JX.TransferFund) in found
    assert (fund, RDF.type, JX.BudgetProject) in found
    assert (fund, JX.subjectKind, CODE["subject/transfer"]) in found
    names = {str(found.value(r, SKOS.prefLabel)) for r in found.objects(fund, JX.transfersTo)}
    assert names == {"巨鹿县", "市林场", "威县"}
    targets = {
        str(found.value(found.value(t, JX.forRecipient), SKOS.prefLabel)): t
        for t in found.objects(None, JX.hasRecipientTarget)
    }
    assert set(targets) == {"巨鹿县", "市林场"}
    county = targets["巨鹿县"]
    assert (county, RDF.type, JX.NumericTarget) in found
    assert number(found, county, JX.lowerBound) == 100
    assert (targets["市林场"], RDF.type, JX.UnparsedTarget) in found
    (printed,) = EvidenceIndex.from_quads(map_record(TRANSFER).evidence).printed(str(county))
    assert (printed.text, printed.where) == ("≥100亩", at(3, 5))


def test_a_recipient_that_is_a_division_leads_to_its_prefecture() -> None:
    found = graph(TRANSFER)
    county = CODE["region/130529"]
    (recipient,) = found.subjects(rdflib.DCTERMS.spatial, county)
    assert (recipient, RDF.type, JX.Recipient) in found
    assert (county, SKOS.broader, CODE["region/130500"]) in found
    assert (CODE["region/130500"], SKOS.broader, CODE["region/130000"]) in found


def test_regions_lead_up_to_the_province() -> None:
    found = graph(SMALL)
    assert (CODE["region/130529"], SKOS.broader, CODE["region/130500"]) in found
    labels = {str(label) for label in found.objects(CODE["region/130000"], SKOS.prefLabel)}
    assert labels == {"河北省"}


def test_a_body_has_one_name_and_the_budget_that_of_its_paper() -> None:
    document = msgspec.structs.replace(
        SMALL.document, department="巨鹿县司法局（本级）", body_kind="unit"
    )
    found = graph(record(document=document))
    department, budget = node(department_iri(document)), node(budget_iri(document))
    assert str(found.value(department, SKOS.prefLabel)) == "巨鹿县司法局"
    assert str(found.value(department, ORG.identifier)) == "434"
    assert str(found.value(budget, JX.departmentName)) == "巨鹿县司法局（本级）"
    assert (budget, JX.bodyKind, CODE["body-kind/unit"]) in found


def test_how_a_document_was_identified_is_told() -> None:
    cover = Where(page=1, bbox=(1.0, 2.0, 3.0, 4.0))
    document = msgspec.structs.replace(
        SMALL.document,
        found={
            "department": Found("cover", "县人民政府办公室", cover),
            "fiscal_year": Found("manifest", "2023", None),
        },
    )
    evidence = map_record(record(document=document)).evidence
    printed = EvidenceIndex.from_quads(evidence).printed(budget_iri(document).value)
    told = {
        p.field.value.rpartition("#")[2]: (
            p.found_by.value.rpartition("/")[2] if p.found_by else "",
            p.text,
            p.where,
        )
        for p in printed
    }
    assert told == {
        "departmentName": ("cover", "县人民政府办公室", cover),
        "budgetYear": ("manifest", "", Where()),
    }


def test_everything_used_is_defined() -> None:
    defined = {str(quad.subject) for quad in codes()}
    for each in (READ, TRANSFER):
        quads = [*map_record(each).facts, *map_record(each).evidence]
        used = {str(term) for quad in quads for term in (quad.predicate, quad.object)}
        own = {iri for iri in used if iri.startswith((f"<{JX}", f"<{CODE}"))}
        assert {iri for iri in own - defined if "/code/region/" not in iri} == set()
