"""Nothing is said to be missing where something was not read, and nothing of it is scored."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import RDF
from tests.test_ontology import SMALL
from tests.test_reading_graph import JX, READ, form, record

from jixiao.checks import profiles
from jixiao.checks.catalogue import by_source, rules
from jixiao.checks.run import check, check_quads
from jixiao.model.finding import Report
from jixiao.model.record import Coverage, Record, Where
from jixiao.rdf.iris import budget_iri, project_iris
from jixiao.rdf.mapping import quads

CASES = Path(__file__).parent / "shapes"
DOUBTED = sorted({shape.code for shape in by_source().values() if shape.doubts})
KINDS = (JX.DepartmentBudget, JX.BudgetProject, JX.Statement)
Engine = Literal["pyshacl", "fast"]


def partly_read(facts: Graph, unread: int) -> None:
    """State of each budget, project and table how many of its cells were not read."""
    # The cases are short: real facts have these links.
    for indicator, of in list(facts.subject_objects(JX.indicatorOf)):
        facts.add((of, JX.hasIndicator, indicator))
    for table in facts.subjects(JX.statementKind):
        for row in facts.subjects(RDF.type, JX.StatementRow):
            facts.add((table, JX.hasRow, row))
    things = {thing for kind in KINDS for thing in facts.subjects(RDF.type, kind)}
    things |= set(facts.subjects(JX.statementKind)) | set(facts.objects(None, JX.indicatorOf))
    for thing in things:
        facts.set((thing, JX.unreadCount, RdfLiteral(unread)))


@pytest.mark.parametrize("engine", ["pyshacl", "fast"])
@pytest.mark.parametrize("code", DOUBTED)
def test_what_is_missing_cannot_be_told_where_something_is_unread(
    code: str, engine: Engine
) -> None:
    if not (CASES / code / "invalid.ttl").exists():
        pytest.skip("its example is in its own file")
    outcomes = list[set[str]]()
    for unread in (0, 1):
        dataset = Dataset(default_union=True)
        facts = dataset.graph(URIRef("https://w3id.org/jixiao/id/doc/1/facts"))
        facts.parse(CASES / code / "invalid.ttl")
        partly_read(facts, unread)
        found = [f for f in check(dataset, engine=engine).findings if f.code == code]
        outcomes.append({f.outcome for f in found})
        told = {"不能判定" in f.message.zh and "cannot be told" in f.message.en for f in found}
        assert told == {bool(unread)}
    assert outcomes == [{"failed"}, {"cannot-tell"}]


def test_the_rules_about_what_is_missing_are_doubted() -> None:
    assert {"C00", "C01", "C02", "C03", "C04", "C07", "C10", "R08", "X07"} <= set(DOUBTED)
    # What is printed is printed, whatever else was not read.
    assert not {"C05", "M01", "M02", "A03", "K03"} & set(DOUBTED)


def outcomes(report: Report, code: str) -> dict[str, str]:
    return {finding.focus: finding.outcome for finding in report.findings if finding.code == code}


@pytest.mark.parametrize("engine", ["pyshacl", "fast"])
def test_only_the_form_with_something_unread_is_in_doubt(engine: Engine) -> None:
    report = check_quads(quads(READ), engine)
    projects = project_iris(READ)
    found = outcomes(report, "C01")
    assert {name: found[projects[name]] for name in ("aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc")} == {
        "aaaaaaaaaa": "cannot-tell",
        "bbbbbbbbbb": "cannot-tell",
        "cccccccccc": "failed",
    }


def test_an_unread_cell_of_a_budget_table_hides_no_indicator() -> None:
    none = record(projects=(), goals=(), overall_goal=None)
    table = none.statements[0]
    place = Where(page=8, table=6, row=1)
    statement = msgspec.structs.replace(table, where=place)
    in_table = Coverage(kind="table", value=20, unread=1, where=place)
    elsewhere = Coverage(kind="table", value=1, unread=1, where=Where(page=9, table=7, row=1))
    found = list[str]()
    for coverage in ((in_table,), (in_table, elsewhere)):
        one = msgspec.structs.replace(none, statements=(statement,), coverage=coverage)
        found += outcomes(check_quads(quads(one)), "C00").values()
    assert found == ["failed", "cannot-tell"]


def test_a_column_in_doubt_is_in_doubt() -> None:
    doubtful = form("aaaaaaaaaa", 3, 1)
    indicator = msgspec.structs.replace(doubtful.indicators[0], confidence=0.4)
    doubtful = msgspec.structs.replace(doubtful, indicators=(indicator,))
    one = record(projects=(doubtful, form("cccccccccc", 4, 1)))
    found, projects = outcomes(check_quads(quads(one)), "C01"), project_iris(one)
    assert found[projects["aaaaaaaaaa"]] == "cannot-tell"
    assert found[projects["cccccccccc"]] == "failed"


def test_structure_is_never_the_fault_of_the_department() -> None:
    structure = [code for code, rule in rules().items() if rule.of_reader]
    assert structure
    for shape in by_source().values():
        if shape.code in structure:
            assert (shape.outcome, shape.severity) == ("cannot-tell", "warning")


def scores(one: Record, profile: str = "default") -> dict[tuple[str, str], Decimal | None]:
    report = check_quads(quads(one), profile=profile)
    return {(score.scope, score.node): score.score for score in report.scores}


def test_there_is_no_score_without_coverage() -> None:
    assert set(scores(SMALL).values()) == {None}


def test_what_was_read_far_enough_is_scored() -> None:
    found, projects = scores(READ), project_iris(READ)
    assert found["department", budget_iri(SMALL.document).value] is not None  # 0.92 of the cells
    assert found["project", projects["aaaaaaaaaa"]] is None  # 0.8
    assert found["project", projects["cccccccccc"]] is not None  # 1
    of = {
        node.rpartition("/ind/")[0]: s for (kind, node), s in found.items() if kind == "indicator"
    }
    assert of[projects["aaaaaaaaaa"]] is None
    assert of[projects["cccccccccc"]] is not None


def test_the_profile_says_how_far_is_far_enough() -> None:
    assert scores(READ, "strict")["department", budget_iri(SMALL.document).value] is None
    low = msgspec.structs.replace(
        profiles.load("default"),
        thresholds=profiles.load("default").thresholds | {"scored-from": Decimal("0.5")},
    )
    report = check_quads(quads(READ), profile=low)
    assert None not in {score.score for score in report.scores if score.scope == "project"}


def test_a_project_in_prose_is_scored_with_its_document() -> None:
    prose = Coverage(kind="prose", value=95, unread=5, where=Where(page=1))
    found = scores(record(coverage=(prose,)))
    assert None not in {score for (scope, _), score in found.items() if scope == "project"}
