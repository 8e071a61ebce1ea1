"""What goes on from year to year: by what is alike, never by place; and comparing in time."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answers import ROOT

from jixiao.comparison.continuity import Budget, Link, Project, links
from jixiao.pipeline.build import build
from jixiao.queries.answering import ask
from jixiao.store.store import COMPARISON, LEDGER, Store, create_store, open_store

CORPUS = ROOT / "tests" / "data" / "corpus"
pytestmark = pytest.mark.usefixtures("in_process")


def _budget(year: int, *names: str, department: str = "d", called: str = "水利局") -> Budget:
    projects = tuple(
        Project(f"{department}/{year}/{name}", name, frozenset({f"{name[:4]}数量", "满意度"}))
        for name in names
    )
    return Budget(f"{department}/{year}", department, "平乡县", called, year, projects)


def _projects(found: Iterator[Link]) -> dict[str, Link]:
    return {link.later.split("/")[-1]: link for link in found if link.later.count("/") == 2}


def test_a_renamed_project_goes_on_by_its_likeness() -> None:
    found = _projects(
        links([
            _budget(2023, "农村饮水安全巩固项目", "河道清淤项目", "防汛物资储备项目"),
            _budget(2024, "防汛物资储备项目", "城区路灯改造", "2024年农村饮水安全提升项目"),
        ])
    )  # fmt: skip
    assert set(found) == {"防汛物资储备项目", "2024年农村饮水安全提升项目"}
    same, renamed = found["防汛物资储备项目"], found["2024年农村饮水安全提升项目"]
    assert same.evidence == ("same-name", "like-indicators") and same.confidence == 1
    assert renamed.earlier.endswith("农村饮水安全巩固项目")
    assert renamed.evidence == ("like-name", "like-indicators")
    assert 0.5 <= renamed.confidence < 1


@given(seed=st.integers())
def test_place_says_nothing(seed: int) -> None:
    earlier = ["农村饮水安全项目", "河道清淤项目", "防汛物资储备项目", "水库除险加固项目"]
    later = ["水库除险加固工程项目", "防汛物资储备项目", "河道清淤疏浚项目", "节水宣传项目"]
    Random(seed).shuffle(earlier)
    Random(seed + 1).shuffle(later)
    found = _projects(links([_budget(2023, *earlier), _budget(2024, *later)]))
    assert {name: link.earlier.split("/")[-1] for name, link in found.items()} == {
        "水库除险加固工程项目": "水库除险加固项目",
        "防汛物资储备项目": "防汛物资储备项目",
        "河道清淤疏浚项目": "河道清淤项目",
    }


def test_each_project_goes_on_once() -> None:
    found = list(links([_budget(2023, "公路养护"), _budget(2024, "公路养护", "公路养护（二）")]))
    assert [link.later for link in found] == ["d/2024", "d/2024/公路养护"]


def test_a_department_that_ends_goes_on_where_its_projects_do() -> None:
    tourism = _budget(2023, "景区标识项目", "旅游推广项目", department="t", called="旅游局")
    culture = _budget(2023, "图书馆开放项目", "送戏下乡项目", department="c", called="文化局")
    merged = _budget(
        2024, "景区标识项目", "旅游推广项目", "图书馆开放项目", "送戏下乡项目",
        department="ct", called="文化和旅游局",
    )  # fmt: skip
    other = _budget(2024, "大数据平台项目", department="o", called="数据局")
    found = [link for link in links([tourism, culture, merged, other]) if link.departments]
    assert {link.departments for link in found} == {("ct", "t"), ("ct", "c")}
    assert all(link.evidence == ("name-contained", "projects-continue") for link in found)


def test_what_everyone_has_joins_nobody() -> None:
    """Many departments have a project for running the office; that does not make them one."""
    ended = [
        _budget(2023, "办公运转经费", department=f"a{n}", called=name)
        for n, name in enumerate(("水利局", "交通局", "教育局"))
    ]
    begun = _budget(2024, "办公运转经费", department="b", called="数据局")
    assert not [link for link in links([*ended, begun]) if link.departments]


def test_links_have_evidence_and_confidence(corpus: Store) -> None:
    rows = ask(
        corpus,
        """PREFIX jx: <https://w3id.org/jixiao/ns#>
        SELECT ?later ?earlier ?confidence (COUNT(?evidence) AS ?n) WHERE {
        ?later jx:continues ?earlier .
        OPTIONAL { ?link jx:earlier ?earlier ; jx:later ?later ; jx:confidence ?confidence ;
        jx:evidence ?evidence } } GROUP BY ?later ?earlier ?confidence""",
    ).rows
    assert len(rows) >= 12
    assert all(row[2] and int(str(row[3])) >= 1 for row in rows)
    renamed = [row for row in rows if row[2] and 0 < float(str(row[2])) < 1]
    assert len(renamed) >= 3


@pytest.fixture
def two_years(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    for year in (2023, 2024):
        shutil.copy(CORPUS / f"farming-{year}.docx", folder)
    return folder


def test_what_goes_on_follows_the_papers(two_years: Path, tmp_path: Path) -> None:
    linked = "PREFIX jx: <https://w3id.org/jixiao/ns#> SELECT * { ?a jx:continues ?b }"
    later = two_years / "farming-2024.docx"
    kept = later.rename(tmp_path / later.name)
    build([two_years], tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        assert ask(store, linked).rows == ()
    kept.rename(later)
    build([two_years], tmp_path / "store")
    with open_store(tmp_path / "store") as store:
        assert len(ask(store, linked).rows) == 5


def test_a_build_that_broke_off_before_comparing_is_made_up_for(
    two_years: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    build([two_years], folder)
    with create_store(folder) as store:
        store.replace_comparison(set())
        told = store.database.quads_for_pattern(COMPARISON, None, None, LEDGER)
        for quad in list(told):
            store.database.remove(quad)  # as a killed build leaves it
        assert not store.is_compared()
        del store, told  # they keep the database open
    assert build([two_years], folder).built == ()
    with open_store(folder) as store:
        assert store.is_compared()
        assert ask(store, "ASK { ?a <https://w3id.org/jixiao/ns#continues> ?b }").rows[0][0]
