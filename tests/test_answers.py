"""The questions on fourteen documents: kept answers, and answers counted by hand or in Python."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.answers import ANSWERS, Answers, columns, kept

from jixiao.model.record import Indicator, Project, Record
from jixiao.queries.answering import ask
from jixiao.rdf.questions import questions
from jixiao.store.store import Store

NAMES = [question.name for question in questions()]
# No paper of the corpus has a transfer, nor text that was not read: see test_reading_questions.py.
ASKED_ELSEWHERE = {"transfer-recipients", "unread-passages"}


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_the_kept_one(name: str, answers: Answers) -> None:
    expected = (ANSWERS / f"{name}.csv").read_text(encoding="utf-8")
    assert kept(answers(name)) == expected
    if name not in ASKED_ELSEWHERE:
        assert expected.count("\n") > 1, "the corpus has an answer to every question"


def test_the_corpus_is_varied(corpus_records: list[Record]) -> None:
    regions = {r.document.region.code for r in corpus_records if r.document.region}
    years = {r.document.fiscal_year for r in corpus_records}
    formats = {r.document.format for r in corpus_records}
    layouts = {p.layout.name for r in corpus_records for p in r.projects if p.layout}
    assert len(corpus_records) == 14
    assert len(regions) >= 5 and len(years) >= 5 and len(formats) >= 4 and len(layouts) >= 6


def _projects(records: list[Record]) -> Iterator[tuple[Record, Project]]:
    for record in records:
        for project in record.projects:
            yield record, project


def _indicators(records: list[Record]) -> Iterator[tuple[Record, Project, Indicator]]:
    for record, project in _projects(records):
        for indicator in project.indicators:
            yield record, project, indicator


def test_projects(corpus: Store, corpus_records: list[Record]) -> None:
    names = [(r.document.department, p.name) for r, p in _projects(corpus_records)]
    rows = columns(ask(corpus, "projects"), "department_name", "project_name")
    assert set(rows) == set(names)


def test_percent_targets(corpus: Store, corpus_records: list[Record]) -> None:
    counted = Counter[tuple[str | None, Decimal]]()
    every = [i for _, _, i in _indicators(corpus_records)]
    goals = [g for r in corpus_records for g in (*r.goals, r.overall_goal) if g]
    every += [i for goal in goals for i in goal.indicators]
    for i in every:
        if i.target and i.target.unit == "percent" and i.target.lower is not None:
            counted[i.category, i.target.lower.normalize()] += 1
    rows = ask(corpus, "percent-targets").rows
    assert {(row[0], Decimal(str(row[1])).normalize()): row[2] for row in rows} == counted


def test_same_target(corpus: Store, corpus_records: list[Record]) -> None:
    users = defaultdict[tuple[str | None, str], set[tuple[str, str]]](set)
    for record, project, i in _indicators(corpus_records):
        if i.value:
            users[i.category, i.value].add((record.document.file, project.id))
    counted = {(*key, len(of)) for key, of in users.items() if len(of) >= 4}
    assert set(ask(corpus, "same-target", minimum=4).rows) == counted


def test_practice_by_function(corpus: Store, corpus_records: list[Record]) -> None:
    """A budget counts under the class on which its expenditure table has the most."""
    counted = {"201": "巨鹿县人民政府办公室", "214": "鄄城县交通运输局"}
    rows = columns(ask(corpus, "practice-by-function"), "class_code", "projects", "indicators")
    for code, projects, indicators in rows:
        mine = [r for r in corpus_records if r.document.department == counted[str(code)]]
        assert projects == len(list(_projects(mine)))
        assert indicators == len(list(_indicators(mine)))
    assert {row[0] for row in rows} == set(counted)
    assert ask(corpus, "practice-by-function", year="2022").rows == ()


def test_shared_names(corpus: Store, corpus_records: list[Record]) -> None:
    users = defaultdict[str, set[str]](set)
    for record, _, i in _indicators(corpus_records):
        users["".join((i.level3 or "").split())].add(record.document.department)
    most = max(len(of) for name, of in users.items() if name)
    rows = columns(ask(corpus, "shared-names", minimum=most), "name", "departments")
    assert rows and set(rows) == {(n, most) for n, of in users.items() if n and len(of) == most}


def test_indicators_about_hotlines(corpus: Store, corpus_records: list[Record]) -> None:
    """How do counties measure their hotlines?"""
    told = {
        (r.document.department, i.level3)
        for r, p, i in _indicators(corpus_records)
        if any("热线" in (text or "") for text in (p.name, i.level3, i.description))
    }
    rows = ask(corpus, "indicators-about", word="热线")
    assert set(columns(rows, "department_name", "indicator_name")) == told
    assert {department for department, _ in told} == {
        "巨鹿县人民政府办公室", "睢宁县政务服务管理局", "睢宁县数据局",
    }  # fmt: skip


def test_what_was_made_wrong_is_found(corpus: Store) -> None:
    """The papers of 鄄城 are wrong in three places (see benchmarks/corpus.py)."""
    here = "鄄城县交通运输局"
    differing = columns(ask(corpus, "figures-that-differ"), "department_name", "difference")
    assert differing == [(here, Decimal(100000))]
    sums = columns(ask(corpus, "sums-that-differ"), "whole_yuan", "parts_yuan")
    assert set(sums) == {(5100000, 5000000), (3100000, 3000000)}
    budgets = ask(corpus, "income-and-expenditure").rows
    assert [row for row in budgets if row[-1] != 0] == [
        (here, "2019", Decimal(5200000), Decimal(5100000), Decimal(100000))
    ]
    late = ask(corpus, "deadlines-outside-year")
    assert columns(late, "department_name", "target_stated") == [
        ("平乡县农业农村局", "2023年12月底前")
    ]


def test_departments_that_were_renamed_and_merged(corpus: Store) -> None:
    changed = columns(ask(corpus, "department-changes"), "earlier_name", "later_name")
    assert set(changed) == {
        ("平乡县文化局", "平乡县文化和旅游局"),
        ("平乡县旅游局", "平乡县文化和旅游局"),
        ("睢宁县政务服务管理局", "睢宁县数据局"),
    }


def test_a_project_carried_over_is_found_in_the_year_before(corpus: Store) -> None:
    rows = columns(ask(corpus, "carried-over"), "project_name", "earlier_name")
    assert ("（上年结转）高标准农田建设项目", "高标准农田建设项目") in rows


def test_a_parameter_narrows(corpus: Store) -> None:
    whole = ask(corpus, "indicators-about").rows
    assert len(ask(corpus, "indicators-about", word="坐席").rows) < len(whole)
    assert ask(corpus, "projects", year="2019", department="交通").rows
    assert not ask(corpus, "projects", year="2019", department="农业").rows
