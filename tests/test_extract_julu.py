# pyright: basic
"""The real disclosure of 巨鹿县人民政府办公室, in four kinds of file, against its truth."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pypdfium2
import pytest

from jixiao.extraction import read
from jixiao.model.record import Record, Where, from_json, json_schema, to_json
from jixiao.text import squeeze

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data" / "juluxian-2023"
PDF = ROOT / "examples" / "juluxian-2023.pdf"
FILES = [PDF, *(DATA / f"juluxian-2023.{suffix}" for suffix in ("docx", "html", "txt"))]
FIELDS = ("level1", "level2", "level3", "description", "value", "basis")


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.suffix[1:])
def record(request: pytest.FixtureRequest) -> Record:
    return read(request.param)


@pytest.fixture(scope="module")
def truth() -> Any:
    return json.loads((DATA / "truth.json").read_text(encoding="utf-8"))


def test_every_indicator_field_is_exact(record: Record, truth: Any) -> None:
    got = [
        (
            squeeze(p.name),
            p.order,
            [tuple(squeeze(getattr(i, f)) for f in FIELDS) for i in p.indicators],
        )
        for p in record.projects
    ]
    want = [
        (
            squeeze(p["name"]),
            p["order"],
            [tuple(squeeze(i[f]) for f in FIELDS) for i in p["indicators"]],
        )
        for p in truth["projects"]
    ]
    assert got == want
    assert sum(len(indicators) for _, _, indicators in got) == 161


def test_every_goal_is_exact(record: Record, truth: Any) -> None:
    got = [[squeeze(goal.text) for goal in project.goals] for project in record.projects]
    assert got == [[squeeze(goal) for goal in project["goals"]] for project in truth["projects"]]
    assert sum(map(len, got)) == 69


def test_prose_amounts_are_as_stated(record: Record, truth: Any) -> None:
    amounts = [a for p in record.projects for a in p.amounts if a.source == "prose"]
    want = {a["name"]: Decimal(a["amount_wan"]) * 10000 for a in truth["narrative_amounts"]}
    assert {squeeze(a.name or ""): a.yuan for a in amounts} == want
    assert len(amounts) == 23


def test_renamed_projects_keep_their_amounts(record: Record) -> None:
    by_order = {project.order: project.amounts[0] for project in record.projects}
    renamed = {
        4: ("督察室经费项目", "10万元", "similar-name"),
        14: ("疫情期间流调工作队食宿费用", "146万元", "similar-name"),
        19: ("县委县政府信息化建设费项目", "13.68万元", "similar-name"),
        22: ("办公运转经费项目", "2312.92万元", "elimination"),
    }
    for order, (name, text, decided) in renamed.items():
        amount = by_order[order]
        assert amount.alignment
        assert (amount.name, amount.text, amount.alignment.decided_by) == (name, text, decided)
        assert amount.alignment.confidence < 1
    sure = [a.alignment.confidence for o, a in by_order.items() if o not in renamed and a.alignment]
    assert sure == [1.0] * 19
    assert by_order[22].alignment and by_order[22].alignment.evidence == ("≠ 312.92万元",)


def test_document_head(record: Record) -> None:
    document = record.document
    assert (document.department, document.department_code) == ("巨鹿县人民政府办公室", "434")
    assert document.region and (document.region.code, document.region.name) == ("130529", "巨鹿县")
    assert (document.fiscal_year, document.kind, document.amount_unit) == (2023, "budget", "万元")


def test_department_goals_have_their_inline_indicators(record: Record) -> None:
    assert [goal.name for goal in record.goals] == [
        "提升政务服务与管理水平",
        "提升政务值班值守工作水平",
        "提升政府电子政务管理水平",
        "提升综合业务事务管理水平",
    ]
    numbers = [
        (i.level3, i.value)
        for goal in record.goals
        for i in goal.indicators
        if i.target and i.target.kind == "number"
    ]
    assert numbers == [
        ("拟办意见", "90%以上"),
        ("会议计划执行", "100%"),
        ("大型会议圆满完成率", "达到100%"),
        ("对重点工作任务目标督办率", "达到100%"),
        ("值班室正常运转事件占全年", "99%以上"),
        ("各项值班工作任务完成率", "达到99%以上"),
        ("电子政务网络对各个应用系统提供支撑的满足情况", "达到99%以上"),
        ("年电路可用率", "达到99%"),
        ("用户满意度", "达到95%"),
        ("日常运转和各类服务保障工作得到有效落实", "100%"),
        ("重大工作失误和安全事故", "0"),
        ("设备可用率", "100%"),
    ]
    assert sum(len(goal.indicators) for goal in record.goals) == 15


TARGETS = {
    ("number", "ge", "percent"): 91,
    ("number", "ge", "ci"): 18,
    ("date", "eq", None): 15,
    ("number", "le", "CNY-wan"): 13,
    ("number", "ge", "year"): 6,
    ("number", "eq", "CNY-wan"): 5,
    ("number", "lt", "CNY-wan"): 5,
    ("number", "eq", "tao"): 2,
    ("number", "eq", "lei"): 2,
    ("number", "eq", "year"): 2,
    ("number", "eq", "day"): 1,
    ("recurring", "le", None): 1,
}


def test_every_target_is_parsed(record: Record) -> None:
    counts = dict[tuple[str, str | None, str | None], int]()
    for project in record.projects:
        for indicator in project.indicators:
            assert indicator.target
            key = indicator.target.kind, indicator.target.comparator, indicator.target.unit
            counts[key] = counts.get(key, 0) + 1
            if indicator.target.lower or indicator.target.upper:
                assert str(indicator.target.lower or indicator.target.upper) in indicator.value
    assert counts == TARGETS


def test_recurring_deadline(record: Record) -> None:
    target = record.projects[21].indicators[2].target
    assert target and (target.kind, target.per, target.date) == ("recurring", "月", "---25")


def test_statements_have_every_printed_amount(record: Record) -> None:
    """Every number in the body of the transcription's budget tables is a value of some row."""
    kinds = [statement.kind for statement in record.statements]
    assert len(kinds) == len(set(kinds)) == 12
    got = sorted(
        cell.text
        for s in record.statements
        for row in s.rows
        for cell in row.values.values()
        if cell.yuan is not None or cell.number is not None
    )
    text = (DATA / "juluxian-2023.txt").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line and "目标" not in line]
    money = [c for row in rows for c in row if re.fullmatch(r"\d+\.\d\d", c)]
    assets = ["5210", "4500", "6", "1341"]
    assert got == sorted(money + assets)


def test_statement_rows(record: Record) -> None:
    statements = {statement.kind: statement for statement in record.statements}
    rows = {row.code or row.name: row for row in statements["expenditure"].rows}
    operation = rows["2010301"]
    assert (operation.name, operation.line) == ("行政运行", "4")
    assert {k: v.yuan for k, v in operation.values.items()} == {
        "合计": Decimal(7995100),
        "基本支出": Decimal(3863000),
        "项目支出": Decimal(4132100),
    }
    assert rows["2010399"].values.keys() == {"合计", "项目支出"}, "a blank is not 0"
    assert rows["合计"].total and rows["合计"].values["项目支出"].yuan == Decimal(6630700)
    split = {row.code: row.name for row in statements["revenue"].rows}
    assert split["2080505"] == "机关事业单位基本养老保险缴费支出", "a row cut by a page break"
    assert len(split) == 22
    assert len(statements["revenue-expenditure-summary"].rows) == 46
    assert [row.section for row in statements["revenue-expenditure-summary"].rows[:2]] == [
        "收入",
        "支出",
    ]
    assert [row.name for row in statements["assets"].rows][-2:] == [
        "3、单价在20万元以上的设备",
        "4、其他固定资产",
    ]
    assert statements["institutions"].rows[0].values["经费保障形式"].text == "财政拨款"
    for empty in ("government-fund-expenditure", "state-capital-expenditure", "procurement"):
        assert not statements[empty].rows and "空表列示" in (statements[empty].note or "")


def test_stated_figures(record: Record) -> None:
    figures = {figure.kind: figure.text for figure in record.figures}
    assert figures["project-expenditure"] == "663.07万元"
    assert figures["carry-over"] == "0.00万元"
    assert figures["three-public"] == "24万元"
    assert len(figures) == 15


def test_rulings_tell_a_blank_basis_from_a_merged_one(record: Record) -> None:
    blank = [i for i in record.projects[13].indicators if not i.basis]
    assert len(blank) == 5
    unseen = record.document.format == "txt"  # a transcription has no rulings
    assert {i.basis_inherited for i in blank} == {None if unseen else False}
    doubts = [problem for problem in record.problems if problem.code == "blank-or-merged"]
    assert len(doubts) == (5 if unseen else 0)


def test_every_value_has_its_place(record: Record) -> None:
    for place in _places(record):
        assert place.bbox or place.path or place.line


def test_record_fits_its_published_schema_and_comes_back(record: Record) -> None:
    text = to_json(record)
    published = json.loads((ROOT / "docs" / "record.schema.json").read_bytes())
    assert published == json.loads(json.dumps(json_schema())), "run scripts/schema"
    jsonschema.validate(json.loads(text), published)
    assert from_json(text) == record


def test_both_pdf_readers_give_the_same_record(julu: Record) -> None:
    other = read(PDF, reader="pdfplumber")
    assert other.document.reader.name == "pdfplumber"
    _same(msgspec.to_builtins(julu.projects), msgspec.to_builtins(other.projects))
    _same(msgspec.to_builtins(julu.goals), msgspec.to_builtins(other.goals))
    _same(msgspec.to_builtins(julu.statements), msgspec.to_builtins(other.statements))
    _same(msgspec.to_builtins(julu.figures), msgspec.to_builtins(other.figures))
    assert julu.problems == other.problems


def _same(one: Any, other: Any) -> None:
    """Compare two plain values; rectangles may differ by a point."""
    if isinstance(one, float):
        assert abs(one - other) <= 1
    elif isinstance(one, dict):
        _same(list(one.items()), list(other.items()))
    elif isinstance(one, list | tuple):
        for a, b in zip(one, other, strict=True):
            _same(a, b)
    else:
        assert one == other


def _places(record: Record) -> list[Where]:
    goals = [*record.goals, *(goal for project in record.projects for goal in project.goals)]
    rows = [row for statement in record.statements for row in statement.rows]
    return [
        *(goal.where for goal in goals),
        *(project.where for project in record.projects),
        *(i.where for project in record.projects for i in project.indicators),
        *(row.where for row in rows),
        *(figure.where for figure in record.figures),
    ]


class Crops:
    """The text that PDFium finds within rectangles of the page: what a reader would see there."""

    def __init__(self, path: Path) -> None:
        self._document = pypdfium2.PdfDocument(path)

    def text(self, where: Where) -> str:
        return squeeze("".join(self._one(place) for place in (where, *where.continued)))

    def _one(self, where: Where) -> str:
        assert where.page and where.bbox
        page = self._document[where.page - 1]
        x0, top, x1, bottom = where.bbox
        height = page.get_height()
        box = (x0 - 1, height - bottom - 1, x1 + 1, height - top + 1)
        text: str = page.get_textpage().get_text_bounded(*box)
        return text


def test_cropping_the_page_finds_the_text(julu: Record) -> None:
    crops = Crops(PDF)
    for project in julu.projects:
        named = project.amounts[0]
        assert squeeze(project.name) in crops.text(project.where)
        assert squeeze(f"{named.name}{named.text}") in crops.text(named.where)
    for goal in [*julu.goals, *(goal for project in julu.projects for goal in project.goals)]:
        assert squeeze(goal.text) in crops.text(goal.where)
    for indicator in (i for project in julu.projects for i in project.indicators):
        seen = crops.text(indicator.where)
        assert not _missing("".join(getattr(indicator, f) for f in FIELDS[1:]), seen)
        assert squeeze(indicator.value) in crops.text(indicator.where.cells["value"])


def test_cropping_the_page_finds_the_budget_tables(julu: Record) -> None:
    crops = Crops(PDF)
    for statement in julu.statements:
        assert squeeze(statement.title) in crops.text(statement.where)
        for row in statement.rows:
            seen = crops.text(row.where)
            assert all(cell.text in seen for cell in row.values.values())
            assert not _missing(row.name, seen)


def _missing(wanted: str, seen: str) -> Counter[str]:
    """Return the characters that are not there: a split row's cells are read in pieces."""
    return Counter(squeeze(wanted)) - Counter(seen)
