"""What a reviewer finds in the disclosure of Julu, rule by rule: the catalogue of 71 rules.

Where the count is not the catalogue's, the reason stands beside it.
"""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Literal

from jixiao.checks.run import check, check_quads, rules
from jixiao.extraction import read
from jixiao.model.finding import Report
from jixiao.model.record import Record
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.iris import document_iri, indicator_iris
from jixiao.rdf.mapping import quads
from jixiao.rdf.rdflib_graph import graph
from jixiao.rdf.terms import value_of

COUNTS = {
    "C00": 0,
    "C01": 0,
    "C02": 0,
    "C03": 0,
    "C04": 5,
    "C05": 112,
    "C06": 56,
    "C07": 1,  # of the document: it has no such column, so all 161 indicators lack a weight
    "C08": 2,
    "C09": 1,
    "C10": 23,
    "M01": 35,
    "M02": 11,
    "M03": 19,
    "M04": 7,
    "M05": 8,
    "M06": 51,
    "M07": 12,
    "M08": 18,
    "M09": 0,  # not 1: 每月25日前 is a deadline that comes again, which has a kind of its own
    "R01": 11,
    "R02": 26,  # not 28: the catalogue's stop words are not given; ours leave R03 as it is there
    "R03": 18,
    "R04": 3,
    "R05": 2,
    "R06": 16,
    "R07": 8,
    "R08": 2,
    "R09": 3,
    "R10": 5,
    "T01": 16,
    "T02": 15,
    "K01": 4,
    "K02": 16,
    "K03": 5,
    "K04": 1,
    "A01": 16,
    "A02": 4,
    "A03": 30,
    "A04": 1,
    "S01": 5,
    "S02": 11,
    "S03": 23,
    "S04": 0,
    "B01": 96,
    "B02": 19,
    "B03": 161,
    "B04": 22,
    "P01": 45,
    "P02": 5,
    "P03": 69,
    "P04": 13,
    "X01": 1,
    "X02": 1,
    "X03": 1,
    "X04": 4,  # not 4 and a prefix: （上年结转） is no part of the name, X06 speaks of it
    "X05": 0,
    "X06": 1,
    "X07": 3,
    "X08": 0,
    "X09": 0,
    "X10": 1,  # cannot be told: parts of the fixed assets are blank
    "X11": 0,
    "X12": 1,
    "X13": 3,
    "X14": 1,
    "X15": 1,
    "X16": 1,
    "X17": 1,  # 名词解释 1 and 7 in one: the same words are one finding that counts its places
    "X18": 2,
    "X19": 4,  # four terms that drift; section 九 is not empty, it says that there is nothing
    "D01": 10,  # 法制 (23.g1 and 23.5) is one
}

# Project and indicator, as the catalogue lists them.
PLACES = {
    "C04": "14.2 14.3 14.4 14.5 14.6",
    "M01": "2.2 2.3 2.5 2.6 3.2 3.5 5.3 5.5 6.5 7.3 8.5 9.2 9.3 9.5 10.5 10.6 12.2 12.5 13.5 13.6 "
    "14.6 15.3 15.5 15.6 17.5 18.5 18.6 19.5 19.6 20.3 20.5 20.6 21.5 21.6 23.3",
    "M02": "1.5 1.6 6.6 7.5 8.2 11.5 14.5 16.5 16.6 22.5 23.2",
    "M03": "2.5 3.5 4.5 6.5 8.5 10.5 13.6 14.5 14.6 15.5 15.6 17.5 18.6 19.5 19.6 20.5 21.5 21.6 "
    "22.5",
    "M04": "2.3 5.3 7.3 9.3 15.3 20.3 23.3",
    "M05": "3.5 6.5 8.5 15.5 16.5 17.5 20.5 22.5",
    "M07": "1.1 1.4 4.4 9.4 10.1 10.4 11.1 12.6 14.1 17.6 22.1 22.4",
    "R01": "1.5 2.1 6.5 7.6 8.1 10.5 14.5 20.6 21.5 21.6 23.5",
    "R03": "2.5 2.6 4.6 5.3 10.3 10.6 13.1 13.5 13.6 14.6 15.2 16.5 17.6 21.1 21.2 22.2 22.6 23.6",
    "R04": "7.6 8.6 21.6",
    "R05": "4.5 13.5",
    "R07": "3.6 4.6 9.6 11.6 12.6 17.6 22.6 23.6",
    "R09": "10.1 21.1 22.1",
    "R10": "6.2 10.2 15.2 21.2 22.2",
    "T01": "1.3 3.3 4.3 5.3 6.3 8.3 10.3 11.3 12.3 13.3 14.3 17.3 18.3 19.3 21.3 22.3",
    "K01": "4.4 9.4 10.4 22.4",
    "K02": "1.4 2.4 3.4 5.4 6.4 7.4 8.4 11.4 12.4 13.4 16.4 17.4 18.4 19.4 21.4 23.4",
    "K03": "11.4 14.4 16.4 19.4 20.4",
    "K04": "15.4",
    "A04": "14.1",
    "S01": "12.7 13.7 14.7 22.7 23.7",
    "S02": "1.7 2.7 3.7 4.7 8.7 10.7 11.7 16.7 17.7 19.7 21.7",
}


@pytest.fixture(scope="module")
def report(wholly_read: Record) -> Report:
    return check_quads(quads(wholly_read))


def test_the_counts_are_the_catalogues(report: Report) -> None:
    failed = Counter(finding.code for finding in report.findings)
    assert {code: failed[code] for code in COUNTS} == COUNTS
    assert {code for code in rules() if not rules()[code].of_reader} == set(COUNTS)
    assert not {code for code in failed if code not in COUNTS}
    told = {finding.code for finding in report.findings if finding.outcome == "cannot-tell"}
    assert told == {"X10"}


@pytest.mark.parametrize("code", sorted(PLACES))
def test_the_indicators_are_the_catalogues(code: str, julu: Record, report: Report) -> None:
    numbers = {
        iri: f"{project.order}.{number}"
        for project in julu.projects
        for number, iri in enumerate(indicator_iris(julu)[project.id], 1)
    }
    found = {numbers[finding.focus] for finding in report.findings if finding.code == code}
    assert found == set(PLACES[code].split())


def test_a_graph_of_rdflib_gives_the_same(wholly_read: Record, report: Report) -> None:
    assert check(graph(wholly_read)) == report


def test_every_finding_of_an_indicator_is_shown_on_its_page(report: Report) -> None:
    for finding in report.findings:
        if "/ind/" in finding.focus:
            assert finding.where and finding.where.bbox, finding
            assert finding.evidence or finding.code == "C04"


def test_the_first_that_matters_is_money(report: Report) -> None:
    first = [finding.code for finding in report.findings[:4]]
    assert first == ["X01", "X02", "X03", "X06"]
    (sums,) = (finding for finding in report.findings if finding.code == "X01")
    assert sums.repair and sums.repair.certain
    assert [o.wan for o in sums.operands if o.role == "whole"] == ["663.07"]
    assert len([o for o in sums.operands if o.role == "part"]) == 23
    (largest,) = (o for o in sums.operands if o.wan == "2312.92")
    assert largest.name == "办公运转经费项目"


def test_rates_keep_their_denominators(report: Report) -> None:
    rates = {rate.code: (rate.checked, rate.failed, rate.cannot_tell) for rate in report.rates}
    assert rates["C01"] == (23, 0, 0)
    assert rates["C05"] == (161, 112, 0)
    assert rates["M01"] == (91, 35, 0)
    assert rates["T01"] == (23, 16, 0)
    assert rates["R04"] == (4, 3, 0)
    assert rates["X11"] == (7, 0, 0)
    # One sum cannot be judged: some parts of the fixed assets are blank.
    assert rates["X10"][0] > 19 and rates["X10"][1:] == (0, 1)
    levels = {rate.code.removeprefix("2015/"): rate for rate in report.levels}
    assert set(levels) == {
        *("output.quantity", "output.quality", "output.timeliness", "output.cost"),
        *("benefit.economic", "benefit.social", "benefit.sustainable", "satisfaction.recipient"),
    }
    assert all(0 < rate.failed < rate.checked for rate in levels.values())


def test_the_best_indicator_is_the_one_about_plans(julu: Record, report: Report) -> None:
    scores = [score for score in report.scores if score.scope == "indicator"]
    assert len(scores) == 161
    best = scores[0]
    assert best.node == indicator_iris(julu)[julu.projects[0].id][1]
    assert best.name == "编制方案的合格率"
    assert sorted(best.lost) == ["A03", "B03", "C06"]
    assert best.score is not None and scores[1].score is not None
    assert best.score > scores[1].score


def test_projects_are_ranked_and_the_department_is_scored(
    wholly_read: Record, report: Report
) -> None:
    projects = [score for score in report.scores if score.scope == "project"]
    assert len(projects) == 23
    ranked = [score.score or Decimal(0) for score in projects]
    assert ranked == sorted(ranked, reverse=True)
    assert projects[-1].name == "专项运转保障经费"
    (department,) = (score for score in report.scores if score.scope == "department")
    assert department.score is not None and 0 < department.score < 100
    assert report.scores == check_quads(quads(wholly_read)).scores


def test_scores_and_counts_are_measurements(julu: Record, report: Report) -> None:
    triples = {
        (value_of(q.subject), q.predicate.value.rpartition("#")[2], value_of(q.object))
        for q in finding_quads(report, document_iri(julu.document.sha256))
    }
    measured = {s: o for s, p, o in triples if p == "computedOn"}
    values = {measured[s]: o for s, p, o in triples if p == "value" and s in measured}
    failed = {measured[s]: int(o) for s, p, o in triples if p == "failed" and "/score-" in s}
    assert set(failed) == {score.node for score in report.scores}
    for score in report.scores:
        assert (values[score.node], failed[score.node]) == (str(score.score), score.failed)


# The identities that hold: each of the catalogue's is among those that are checked.
HOLD = [
    *(("codes", code) for code in ("301", "302", "303", "20103", "208", "20805", "20827", "210")),
    *(("rows", "合计"), ("columns", "合计"), ("assets", "资产总额")),
]


@pytest.mark.parametrize(("name", "row"), HOLD)
def test_the_identities_of_the_catalogue_are_checked(name: str, row: str, julu: Record) -> None:
    facts = graph(julu)
    found = facts.query(
        """PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX dct: <http://purl.org/dc/terms/>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        ASK { ?identity a jx:Identity ; dct:identifier ?name ; jx:whole/jx:inRow ?row .
              { ?row skos:notation ?key }
              UNION { ?row skos:prefLabel ?label . BIND(STR(?label) AS ?key) }
        }""",
        initBindings={"name": Literal(name), "key": Literal(row)},
    )
    assert found.askAnswer


PUTUO = sorted((Path(__file__).parent / "data" / "putuo").glob("*.pdf"))


@pytest.mark.parametrize("file", PUTUO, ids=lambda file: file.stem)
def test_another_provinces_sums_hold(file: Path) -> None:
    """Published tables that add up give no contradiction: other columns, codes in parts, yuan."""
    found = check_quads(quads(read(file)))
    rates = {rate.code: rate for rate in found.rates}
    assert rates["X10"].checked > 50
    assert rates["X11"].checked >= 5
    assert not [f for f in found.findings if f.severity == "error" and f.code != "C00"]
    assert {f.code for f in found.findings} <= {"C00", "X01", "X12", "P03"}


@pytest.mark.parametrize("wrong", ["38,497.47", "4,000,000.00"])
def test_a_wrong_figure_is_found_where_it_stands(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(ADDS_UP.replace("<td>900</td>", f"<td>{wrong}</td>", 1))
    found = check_quads(quads(read(tmp_path / "a.html"))).findings
    sums = [f for f in found if f.code == "X10"]
    assert sums
    assert all(f.where and f.where.table == 1 for f in sums)
    stated = {o.wan for f in sums for o in f.operands}
    assert f"{(Decimal(wrong.replace(',', '')) / 10000).normalize():f}" in stated


def test_a_table_that_adds_up_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(ADDS_UP, encoding="utf-8")
    found = check_quads(quads(read(tmp_path / "a.html"))).findings
    assert not [f for f in found if f.code == "X10"]


ADDS_UP = """<p>2025年部门支出预算总表</p><p>编制部门：上海市普陀区甲局</p><p>单位：元</p><table>
<tr><th colspan=3>功能分类科目编码</th><th rowspan=2>功能分类科目名称</th>
<th colspan=3>支出预算</th></tr>
<tr><th>类</th><th>款</th><th>项</th><th>合计</th><th>基本支出</th><th>项目支出</th></tr>
<tr><td>204</td><td></td><td></td><td>公共安全支出</td><td>900</td><td>400</td><td>500</td></tr>
<tr><td>204</td><td>06</td><td></td><td>司法</td><td>900</td><td>400</td><td>500</td></tr>
<tr><td>204</td><td>06</td><td>01</td><td>行政运行</td><td>400</td><td>400</td><td></td></tr>
<tr><td>204</td><td>06</td><td>05</td><td>普法宣传</td><td>500</td><td></td><td>500</td></tr>
<tr><td colspan=4>合计</td><td>900</td><td>400</td><td>500</td></tr></table>"""
