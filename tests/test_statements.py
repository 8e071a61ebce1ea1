"""Budget tables and final accounts are read by their columns and codes, whatever their titles."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import msgspec
import openpyxl
import pytest

from jixiao.documents.model import Table, Text
from jixiao.documents.open import open_file
from jixiao.extraction import read
from jixiao.extraction.assemble import assemble
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.segments import split
from jixiao.extraction.statements import budget_tables
from jixiao.model.record import Figure, Reader, Record, Statement, StatementRow, Where
from jixiao.rdf.derived.accounting_identities import Cell, Place, find_identities

DATA = Path(__file__).parent / "data" / "statements"
NINE = [
    "revenue-expenditure-summary",
    "revenue",
    "expenditure",
    "fiscal-appropriation-summary",
    "general-public-expenditure",
    "government-fund-expenditure",
    "state-capital-expenditure",
    "general-public-basic-expenditure",
    "three-public-expenses",
]
DOUBTS = {"unknown-table", "doubtful-statement", "no-number", "no-unit"}
DECIMALS = re.compile(r"-?[\d,]+\.\d\d")


def doubts(record: Record) -> list[str]:
    return [problem.code for problem in record.problems if problem.code in DOUBTS]


def by_kind(record: Record, kind: str) -> Statement:
    (found,) = (statement for statement in record.statements if statement.kind == kind)
    return found


def row(statement: Statement, name: str) -> StatementRow:
    (found,) = (row for row in statement.rows if name in (row.name, row.code))
    return found


def texts(statement: Statement, name: str) -> list[str]:
    return [cell.text for cell in row(statement, name).values.values()]


# Real papers


@pytest.mark.parametrize(
    "name",
    [
        "social-work-accounts-2024.pdf",
        "commerce-unit-2025.pdf",
        "shiquan-unit-2026.xlsx",
        "shiquan-unit-2026.html",
        "culture-2026.xlsx",
        "construction-2026.xlsx",
    ],
)
def test_every_figure_and_every_cell_of_a_real_paper(name: str) -> None:
    """Every printed figure is a value of some row, every cell is claimed, and nothing is told."""
    content = split(open_file(DATA / name, "pdfium")[2])
    ledger = Ledger()
    statements, problems = budget_tables.read(content, set(), ledger)
    assert not problems
    cells = {
        id(cell): cell.text.text
        for table in content.blocks
        if isinstance(table, Table)
        for line in table.grid
        for cell in line
        if cell
    }
    printed = Counter(text for text in cells.values() if DECIMALS.fullmatch(text))
    stated = Counter(cell.text for s in statements for r in s.rows for cell in r.values.values())
    assert printed == Counter({t: n for t, n in stated.items() if DECIMALS.fullmatch(t)})
    tables = [c for c in ledger.close(content.blocks)[0] if c.kind == "table"]
    assert tables and not any(coverage.unread for coverage in tables)
    for statement in statements:
        for line in statement.rows:
            assert line.name or statement.kind == "three-public-expenses"
            assert {"name"} <= set(line.where.cells) or not line.name
            assert set(line.values) <= set(line.where.cells)


@pytest.mark.parametrize(
    "name",
    [
        "commerce-unit-2025.pdf",
        "shiquan-unit-2026.xlsx",
        "culture-2026.xlsx",
        "construction-2026.xlsx",
    ],
)
def test_a_budget_of_a_department_or_a_unit_has_its_nine_tables(name: str) -> None:
    record = read(DATA / name)
    assert [statement.kind for statement in record.statements] == NINE
    assert not doubts(record)
    assert [s.unit for s in record.statements] == ["元"] * 8 + ["万元"]


def test_a_sheet_of_nine_tables_is_read_like_nine_tables() -> None:
    """One sheet holds title, unit, table, title, unit, table: the record is that of the page."""

    def facts(name: str) -> list[object]:
        return [
            (
                *(s.kind, s.title, s.unit, s.columns, s.note),
                *((r.code, r.name, r.section, r.total, r.values) for r in s.rows),
            )
            for s in read(DATA / name).statements
        ]

    assert facts("shiquan-unit-2026.xlsx") == facts("shiquan-unit-2026.html")
    assert read(DATA / "shiquan-unit-2026.xlsx").statements[1].rows[0].where.path == "Sheet1!A116"


def test_final_accounts() -> None:
    record = read(DATA / "social-work-accounts-2024.pdf")
    assert [(s.kind, len(s.rows)) for s in record.statements] == [
        ("institutions", 2),
        ("revenue-expenditure-summary", 42),
        ("revenue", 18),
        ("expenditure", 18),
        ("fiscal-appropriation-summary", 38),
        ("general-public-expenditure", 18),
        ("general-public-basic-expenditure", 67),
        ("three-public-expenses", 0),
        ("government-fund-revenue-expenditure", 0),
        ("state-capital-revenue-expenditure", 0),
    ]
    assert not doubts(record)
    assert texts(by_kind(record, "expenditure"), "合计") == ["307.82", "105.58", "202.24"]
    basic = by_kind(record, "general-public-basic-expenditure")
    assert basic.classification == "economic"
    assert (row(basic, "301").values["决算数"].yuan, row(basic, "302").values["决算数"].yuan) == (
        Decimal("953600.00"),
        Decimal("102300.00"),
    )
    assert texts(basic, "人员经费合计") == ["95.36"]
    three = by_kind(record, "three-public-expenses")
    assert "本表无数据" in (three.note or "")
    assert [column.dimensions.get("budgetStage") for column in three.columns[:2]] == [
        "budget",
        "executed",
    ]


# Invented papers: each is of a kind that real papers have


def tr(*cells: str | tuple[str, str]) -> str:
    pairs = [(cell, "") if isinstance(cell, str) else cell for cell in cells]
    return "<tr>" + "".join(f"<td {span}>{text}</td>" for text, span in pairs) + "</tr>"


def paper(folder: Path, *blocks: str | list[str]) -> Record:
    """Read a page of paragraphs, and tables as lists of their rows."""
    body = "".join(
        f"<p>{block}</p>" if isinstance(block, str) else f"<table>{''.join(block)}</table>"
        for block in blocks
    )
    path = folder / "a.html"
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return read(path)


CODED = [
    tr("205", "教育支出", "1,000.00", "600.00", "400.00"),
    tr("20502", "普通教育", "1,000.00", "600.00", "400.00"),
    tr("2050202", "小学教育", "1,000.00", "600.00", "400.00"),
    tr("", "合计", "1,000.00", "600.00", "400.00"),
]
HEADER = tr("科目编码", "科目名称", "合计", "基本支出", "项目支出")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("2025年预算单位支出预算总表", "expenditure"),
        ("部门支出总体情况表", "expenditure"),
        ("支出决算表", "expenditure"),
        ("附表3 部门支出总表", "expenditure"),
        ("一般公共预算支出表", "general-public-expenditure"),
        ("一般公共预算财政拨款支出决算表", "general-public-expenditure"),
        ("2024年部门一般公共预算支出预算表（按功能分类科目）", "general-public-expenditure"),
        ("政府性基金预算财政拨款支出表", "government-fund-expenditure"),
        ("政府性基金预算财政拨款收入支出决算表", "government-fund-revenue-expenditure"),
        ("国有资本经营预算支出预算表", "state-capital-expenditure"),
    ],
)
def test_titles_of_one_table(tmp_path: Path, title: str, kind: str) -> None:
    record = paper(tmp_path, title, "单位：万元", [HEADER, *CODED])
    [statement] = record.statements
    assert (statement.kind, statement.title, statement.unit) == (kind, title, "万元")
    assert row(statement, "2050202").values["项目支出"].yuan == Decimal(4000000)
    assert not doubts(record)


@pytest.mark.parametrize(
    "above",
    [
        [tr(("支出预算总表", "colspan=5"))],
        [tr(("表三", "colspan=5")), tr(("支出预算总表", "colspan=5"))],
        [
            tr(("支出预算总表", "colspan=5")),
            tr(("单位：某局", "colspan=3"), ("单位：万元", "colspan=2")),
        ],
        [
            tr(("公开03表", "colspan=5")),
            tr(("支出预算总表", "colspan=5")),
            tr("单位：万元", "", "", "", ""),
        ],
    ],
)
@pytest.mark.parametrize(
    "numbers", [[], [tr("1", "2", "3", "4", "5")], [tr("栏次", "", "1", "2", "3")]]
)
def test_titles_units_and_numbers_inside_the_table(
    tmp_path: Path, above: list[str], numbers: list[str]
) -> None:
    record = paper(tmp_path, "金额单位：万元", [*above, HEADER, *numbers, *CODED])
    [statement] = record.statements
    assert (statement.kind, statement.title, statement.unit) == (
        "expenditure",
        "支出预算总表",
        "万元",
    )
    assert [line.code for line in statement.rows] == ["205", "20502", "2050202", None]
    assert statement.rows[-1].total
    assert not doubts(record)


def test_the_unit_behind_the_title_or_in_a_table_of_its_own(tmp_path: Path) -> None:
    behind = paper(tmp_path, "表3 部门支出总表 单位：万元", [HEADER, *CODED])
    apart = paper(
        tmp_path,
        "部门支出总表",
        [tr("编制单位：某局", "单位：万元")],
        [HEADER, tr("205", "教育支出", "10万元", "6", "4"), *CODED[1:]],
    )
    for record in (behind, apart):
        [statement] = record.statements
        assert (statement.kind, statement.unit) == ("expenditure", "万元")
        assert not doubts(record)
    assert row(apart.statements[0], "205").values["合计"].yuan == Decimal(100000)


def test_a_title_of_unknown_words_is_told(tmp_path: Path) -> None:
    """The columns and the codes tell the kind; the doubt is told with the title."""
    header = tr("科目编码", "科目名称", "合计", "人员经费", "公用经费")
    body = [
        tr("301", "工资福利支出", "5.00", "5.00", ""),
        tr("30101", "基本工资", "5.00", "5.00", ""),
        tr("302", "商品和服务支出", "2.00", "", "2.00"),
    ]
    record = paper(tmp_path, "甲乙丙丁一览", "单位：万元", [header, *body])
    [statement] = record.statements
    assert (statement.kind, statement.title) == ("general-public-basic-expenditure", "甲乙丙丁一览")
    assert doubts(record) == ["doubtful-statement"]
    assert "甲乙丙丁一览" in record.problems[-1].message.zh


def test_a_table_of_no_known_kind_keeps_its_title(tmp_path: Path) -> None:
    header = tr("甲", "乙", "丙")
    body = [tr("子", "1.00", "2.00"), tr("丑", "3.00", "4.00"), tr("寅", "5.00", "6.00")]
    record = paper(tmp_path, "财政拨款结余情况表", "单位：万元", [header, *body])
    [statement] = record.statements
    assert (statement.kind, statement.title) == ("other", "财政拨款结余情况表")
    assert texts(statement, "丑") == ["3.00", "4.00"]
    assert doubts(record) == ["doubtful-statement"]


def test_headers_of_unknown_words(tmp_path: Path) -> None:
    """Codes, names and figures are known by their shape; the words of the header are kept."""
    header = tr("甲甲", "乙乙", "丙丙", "丁丁", "戊戊")
    record = paper(tmp_path, "部门支出预算表", "单位：元", [header, *CODED])
    [statement] = record.statements
    assert [(line.code, line.name) for line in statement.rows][1] == ("20502", "普通教育")
    assert [column.label for column in statement.columns] == ["丙丙", "丁丁", "戊戊"]
    assert texts(statement, "205") == ["1,000.00", "600.00", "400.00"]


def test_columns_in_another_order_and_codes_before_the_names(tmp_path: Path) -> None:
    header = tr("科目", "项目支出", "基本支出", "总计", "备注")
    body = [
        tr("合计", "100", "200", "300", ""),
        tr("205教育支出", "100", "150", "250", "含结转"),
        tr("20502 普通教育", "100", "150", "250", ""),
        tr("[2050202]小学教育", "100", "150", "250", ""),
        tr("", "", "", "", ""),
        tr("208社会保障和就业支出", "", "50", "50", ""),
    ]
    record = paper(tmp_path, "部门支出总体情况表", "单位：千元", [header, *body])
    [statement] = record.statements
    assert [(line.code, line.name) for line in statement.rows] == [
        (None, "合计"),
        ("205", "教育支出"),
        ("20502", "普通教育"),
        ("2050202", "小学教育"),
        ("208", "社会保障和就业支出"),
    ]
    assert row(statement, "205").values["项目支出"].yuan == Decimal(100000)
    assert row(statement, "205").values["备注"].text == "含结转"
    assert not doubts(record)


def test_parts_of_a_code_budget_and_final_columns_and_a_rate(tmp_path: Path) -> None:
    header = tr("类", "款", "科目名称", "年初预算数", "决算数", "完成率（%）")
    body = [
        tr("301", "", "工资福利支出", "100", "90", "90.00"),
        tr("301", "01", "基本工资", "60", "50", "83.33"),
        tr("301", "2", "津贴补贴", "40", "40", "100.00"),
        tr("302", "", "商品和服务支出", "10", "—", ""),
    ]
    record = paper(tmp_path, "一般公共预算财政拨款基本支出决算明细表", "单位：元", [header, *body])
    [statement] = record.statements
    assert [line.code for line in statement.rows] == ["301", "30101", "30102", "302"]
    assert [column.dimensions.get("budgetStage") for column in statement.columns] == [
        "budget",
        "executed",
        None,
    ]
    rate = row(statement, "30101").values["完成率（%）"]
    assert (rate.yuan, rate.number) == (None, Decimal("83.33"))
    assert row(statement, "302").values["决算数"].yuan is None
    assert not doubts(record)


def test_final_accounts_with_numbered_lines(tmp_path: Path) -> None:
    summary = [
        tr(("收入", "colspan=3"), ("支出", "colspan=3")),
        tr("项目", "行次", "金额", "项目", "行次", "金额"),
        tr("栏次", "", "1", "栏次", "", "2"),
        tr("一、财政拨款收入", "1", "500.00", "一、教育支出", "32", "300.00"),
        tr("年初结转和结余", "29", "", "年末结转和结余", "60", "200.00"),
        tr("总计", "31", "500.00", "总计", "62", "500.00"),
    ]
    revenue = [
        tr(
            ("项目", "colspan=4"),
            ("本年收入合计", "rowspan=2"),
            ("财政拨款收入", "rowspan=2"),
            ("事业收入", "rowspan=2"),
        ),
        tr(("功能分类科目编码", "colspan=3"), "科目名称"),
        tr("类", "款", "项", "栏次", "1", "2", "3"),
        tr("", "", "", "合计", "500.00", "500.00", ""),
        tr(("205", "colspan=3"), "教育支出", "500.00", "500.00", ""),
        tr(("2050202", "colspan=3"), "小学教育", "500.00", "500.00", ""),
    ]
    three = [
        tr("项目", "行次", "预算数", "决算数"),
        tr("（一）支出合计", "1", "5.00", "4.50"),
        tr("3．公务接待费", "2", "1.00", "0.50"),
        tr("5．国内公务接待批次（个）", "3", "—", "12"),
    ]
    record = paper(
        tmp_path,
        "收入支出决算总表",
        "公开01表",
        "金额单位：万元",
        summary,
        "收入决算表",
        "公开02表",
        "金额单位：万元",
        revenue,
        "“三公”经费支出决算表",
        "公开07表",
        "金额单位：万元",
        three,
    )
    assert [s.kind for s in record.statements] == [
        "revenue-expenditure-summary",
        "revenue",
        "three-public-expenses",
    ]
    first = record.statements[0].rows
    assert [(r.line, r.section, r.name) for r in first[:2]] == [
        ("1", "收入", "一、财政拨款收入"),
        ("32", "支出", "一、教育支出"),
    ]
    codes = [(r.code, r.name) for r in record.statements[1].rows]
    assert codes == [(None, "合计"), ("205", "教育支出"), ("2050202", "小学教育")]
    counted = row(record.statements[2], "5．国内公务接待批次（个）").values["决算数"]
    assert (counted.yuan, counted.number) == (None, Decimal(12))
    assert not doubts(record)


def test_revenue_beside_expenditure_of_two_classifications(tmp_path: Path) -> None:
    body = [
        tr(("收入", "colspan=2"), ("支出", "colspan=4")),
        tr("项目", "本年预算", "项目（按经济分类）", "本年预算", "项目（按功能分类）", "本年预算"),
        tr("一、一般公共预算拨款收入", "100.00", "一、基本支出", "80.00", "一、教育支出", "100.00"),
        tr("", "", "二、项目支出", "20.00", "二、外交支出", ""),
        tr("收入总计", "100.00", "支出总计", "100.00", "支出总计", "100.00"),
    ]
    record = paper(tmp_path, "收支预算总表", "单位：万元", body)
    [statement] = record.statements
    assert not [i for i in find_identities(record) if len(i.parts) > 1], "one total, printed twice"
    assert [line.name for line in statement.rows if line.values] == [
        "一、一般公共预算拨款收入",
        "一、基本支出",
        "一、教育支出",
        "二、项目支出",
        "收入总计",
        "支出总计",
        "支出总计",
    ]


@pytest.mark.parametrize(
    "empty",
    [
        [tr("", "", "", "", "")],
        [tr("无", "", "", "", "")],
        [tr(("本单位无政府性基金预算，故本表为空。", "colspan=5"))],
    ],
)
def test_an_empty_table_has_no_rows_and_its_note(tmp_path: Path, empty: list[str]) -> None:
    note = "注：本单位无政府性基金预算，故本表为空。"
    record = paper(tmp_path, "政府性基金预算支出表", "单位：万元", [HEADER, *empty], note)
    [statement] = record.statements
    assert (statement.kind, statement.rows) == ("government-fund-expenditure", ())
    assert note in (statement.note or "")
    assert not doubts(record)


def test_without_a_unit_no_yuan(tmp_path: Path) -> None:
    record = paper(tmp_path, "部门支出总表", [HEADER, *CODED])
    [statement] = record.statements
    assert {cell.yuan for line in statement.rows for cell in line.values.values()} == {None}
    assert texts(statement, "205") == ["1,000.00", "600.00", "400.00"]
    assert doubts(record) == ["no-unit"]


def test_a_heading_above_something_else_is_no_statement(tmp_path: Path) -> None:
    body = [tr("索引号", "11500", "发文字号", ""), tr("主题", "城乡", "体裁", "其他")]
    record = paper(tmp_path, "支出情况表", body)
    assert not record.statements
    assert doubts(record) == ["unknown-table"]


def test_figures_beside_the_wrong_subject_do_not_add_up(tmp_path: Path) -> None:
    """A row that slipped is found by the sums of the codes."""

    def differing(rows: list[str]) -> int:
        record = paper(tmp_path, "部门支出总表", "单位：元", [HEADER, *rows])
        [statement] = record.statements

        def total(places: tuple[Place, ...]) -> Decimal:
            cells = [p for p in places if isinstance(p, Cell)]
            values = [statement.rows[cell.row].values[cell.column].yuan for cell in cells]
            return sum((yuan for yuan in values if yuan is not None), Decimal(0))

        sums = [identity for identity in find_identities(record) if identity.name == "codes"]
        return sum(total(identity.wholes) != total(identity.parts) for identity in sums)

    rows = [
        tr("205", "教育支出", "300", "300", ""),
        tr("20502", "普通教育", "300", "300", ""),
        tr("2050201", "学前教育", "100", "100", ""),
        tr("2050202", "小学教育", "200", "200", ""),
        tr("208", "社会保障", "40", "40", ""),
        tr("20805", "养老", "40", "40", ""),
    ]
    slipped = [*rows[:3], rows[3].replace("200", "40"), rows[4].replace("40", "200"), rows[5]]
    assert differing(rows) == 0
    assert differing(slipped) > 0


@pytest.mark.parametrize(
    ("text", "table", "agrees"),
    [
        ("328,661万元", "3,286,618,082.20", True),  # cut off
        ("328,662万元", "3,286,618,082.20", True),  # rounded
        ("328,660万元", "3,286,618,082.20", False),
        ("328,663万元", "3,286,618,082.20", False),
        ("328,661.81万元", "3,286,618,082.20", True),
        ("328,661.80万元", "3,286,618,082.20", True),
        ("328,661.70万元", "3,286,618,082.20", False),
    ],
)
def test_a_figure_agrees_with_its_rounding(
    tmp_path: Path, text: str, table: str, agrees: bool
) -> None:
    header = tr("科目编码", "科目名称", "合计", "财政拨款收入", "其他收入")
    rows = [tr("212", "城乡社区支出", table, table, ""), tr("", "合计", table, table, "")]
    prose = f"2026年，某局收入预算{text}，其中：财政拨款收入{text}。"
    record = paper(tmp_path, prose, "部门收入总表", "单位：元", [header, *rows])
    [identity] = [i for i in find_identities(record) if i.name == "text-income"]
    assert identity.within_precision is agrees


@pytest.mark.parametrize(
    ("whole", "agrees"), [("105.58", True), ("105.60", True), ("105.57", False), ("105.61", False)]
)
def test_rounded_parts_add_up_to_a_rounded_sum(tmp_path: Path, whole: str, agrees: bool) -> None:
    """95.36 + 10.23 may be 105.58 to 105.60, for each of the three is rounded to 0.01."""
    stated = {"basic-expenditure": whole, "personnel": "95.36", "public": "10.23"}
    figures = tuple(
        Figure(kind=kind, yuan=Decimal(text) * 10000, text=f"{text}万元", where=Where())
        for kind, text in stated.items()
    )
    record = msgspec.structs.replace(paper(tmp_path, "某局2024年度部门决算"), figures=figures)
    [identity] = [i for i in find_identities(record) if i.name == "text-basic-parts"]
    assert identity.within_precision is agrees


# Sheets


def sheet(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in rows:
        page.append(line)
    book.save(path)
    return path


def test_a_sheet_without_merged_cells(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.xlsx",
        ["某县水利局2024年部门预算"],
        ["附表1"],
        ["部门收支总体情况表"],
        ["编制单位：某县水利局", None, None, "单位：万元"],
        ["收入", None, "支出", None],
        ["项目", "预算数", "项目", "预算数"],
        ["一、财政拨款收入", 10, "一、农林水支出", 10],
        ["收入合计", 10, "支出合计", 10],
        ["附表2"],
        ["部门支出总体情况表"],
        [None, None, None, None, "单位：元"],
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        [213, "农林水支出", 100000, 60000, 40000],
        [2130301, "行政运行", 60000, 60000, None],
        ["合计", None, 100000, 60000, 40000],
        ["附表3"],
        ["政府性基金预算支出表"],
        ["单位：元"],
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["注：本单位2024年无政府性基金预算，故本表为空。"],
        ["张三李四的表"],
        ["单位：万元"],
        ["类", "款", "科目名称", "小计", "人员经费", "公用经费"],
        [301, None, "工资福利支出", 6, 6, None],
        [301, 1, "基本工资", 4, 4, None],
        [301, 2, "津贴补贴", 2, 2, None],
        [None, None, "合计", 6, 6, None],
    )
    record = read(path)
    assert [(s.kind, s.unit, len(s.rows)) for s in record.statements] == [
        ("revenue-expenditure-summary", "万元", 4),
        ("expenditure", "元", 3),
        ("government-fund-expenditure", "元", 0),
        ("general-public-basic-expenditure", "万元", 4),
    ]
    assert [line.code for line in record.statements[3].rows] == ["301", "30101", "30102", None]
    assert "故本表为空" in (record.statements[2].note or "")
    assert doubts(record) == ["doubtful-statement"], "a title that says nothing"


def test_a_form_is_cut_from_the_next_one_and_not_in_itself(tmp_path: Path) -> None:
    """Titles met again begin a form; its overview and its headings stay in it."""
    path = sheet(
        tmp_path / "a.xlsx",
        ["项目支出绩效目标申报表", None, None, None],
        ["（2024年度）"],
        ["项目名称", "甲项目", "主管部门", "某局"],
        ["项目概况"],
        ["本项目用于建设学校一所，改善办学条件。"],
        ["绩效指标表"],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "学校", "1所"],
        ["项目支出绩效目标申报表"],
        ["（2024年度）"],
        ["项目名称", "乙项目", "主管部门", "某局"],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "桥", "2座"],
    )
    blocks = split(open_file(path, "pdfium")[2]).blocks
    shown = [block.text if isinstance(block, Text) else len(block.grid) for block in blocks]
    title = ["项目支出绩效目标申报表", "（2024年度）"]
    assert shown == [*title, 6, *title, 3]


def test_parts_of_a_table_tell_its_places() -> None:
    path = DATA / "shiquan-unit-2026.xlsx"
    content = open_file(path, "pdfium")[2]
    record = assemble(content, file="a", sha256="", kind="xlsx", reader=Reader("xlsx", "0"))
    [whole] = [block for block in content.blocks if isinstance(block, Table)]
    for statement in record.statements:
        for line in statement.rows:
            assert line.where.table == 1 and line.where.row
            cells = [cell.text.text for cell in whole.grid[line.where.row - 1] if cell]
            assert line.name in cells or statement.kind == "three-public-expenses"
