"""What prose says of projects: reports, sums of money, indicators in sentences.

The documents in `tests/data/wild/forms` are real, with truth set by hand; the papers of other
provinces below are invented after real ones.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from jixiao.documents.model import Text
from jixiao.documents.open import open_file
from jixiao.extraction import read
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.narrative import descriptions, prose, reports
from jixiao.extraction.narrative.merging import Told, merge
from jixiao.extraction.narrative.outline import outline
from jixiao.extraction.narrative.sums import sums, wholes_and_parts
from jixiao.extraction.passages import Passage
from jixiao.model.record import Indicator, Project, Record, Where
from jixiao.text import fold

WILD = Path(__file__).parent / "data" / "wild" / "forms"


def page(folder: Path, title: str, *blocks: str) -> Path:
    """Write a web page of a title and of paragraphs; a block that begins with < is HTML."""
    body = "".join(b if b.startswith("<") else f"<p>{b}</p>\n" for b in blocks)
    path = folder / "paper.html"
    path.write_text(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>\n'
        f"<h1>{title}</h1>\n{body}</body></html>",
        encoding="utf-8",
    )
    return path


def wild(name: str) -> tuple[Record, dict[str, Any]]:
    (path,) = WILD.glob(f"{name}-*.html")
    truth = json.loads(path.with_suffix("").with_suffix(".truth.json").read_text(encoding="utf-8"))
    return read(path), truth


def stated(indicators: tuple[Indicator, ...]) -> list[tuple[str, str, str | None]]:
    return [(i.level3, i.value, i.actual) for i in indicators]


def money(project: Project) -> list[tuple[str, str | None, str | None, int | None, bool]]:
    return [(a.text, a.scope, a.stage, a.year, a.part) for a in project.amounts]


@pytest.mark.parametrize("name", ["33", "50", "51", "52", "68"])
def test_a_real_report_is_read_as_its_truth_says(name: str) -> None:
    record, truth = wild(name)
    (want,) = truth["subjects"]
    (project,) = record.projects
    assert project.name in (want["name"], *want["aliases"])
    assert {Decimal(yuan) for yuan in want["amounts"]} <= {a.yuan for a in project.amounts}
    goals = "".join(fold(g.text) for g in project.goals)
    assert all(fold(goal) in goals for goal in want["goals"])
    for got, due in zip(by_name(project.indicators), by_truth(want), strict=True):
        assert (fold(got.level3), fold(got.value)) == (fold(due["level3"]), fold(due["value"]))
        assert got.level1 == due["level1"]
        assert not due["level2"] or got.level2 == due["level2"]
        assert (got.actual or "") == due["actual"]


def by_name(indicators: tuple[Indicator, ...]) -> list[Indicator]:
    return sorted(indicators, key=lambda i: fold(i.level3))


def by_truth(subject: dict[str, Any]) -> list[dict[str, str]]:
    return sorted(subject["indicators"], key=lambda i: fold(i["level3"]))


def test_what_is_not_certain_is_told_and_not_read() -> None:
    record, _ = wild("51")
    told = " ".join(p.message.en for p in record.problems if p.code == "unsure-indicator")
    assert "小型农产品加工车间4个" in told
    assert "物流仓储中心约20000平方米" in told
    record, _ = wild("50")  # 552户1186人 are two quantities of one name
    assert any("552户1186人" in p.message.en for p in record.problems)


def test_a_plan_is_paired_with_the_result_of_the_same_quantity() -> None:
    record, _ = wild("52")
    (project,) = record.projects
    assert stated(project.indicators) == [("新建村内道路、连通道路", "32.63公里", "32.63公里")]
    assert ("2113.63万元", None, "executed", None, False) in money(project)
    assert ("2179万元", "total", "budget", None, False) in money(project)


def test_results_and_points_are_read_from_the_sentences_of_a_report() -> None:
    record, _ = wild("46")
    project = next(p for p in record.projects if p.name == "人才驿站补助资金")
    found = {i.level3: i for i in project.indicators}
    deadline = found["人才驿站补助资金到位时间"]
    assert (deadline.level1, deadline.level2) == ("产出目标", "时效目标")
    assert (deadline.value, deadline.actual) == ("2023年12月前", "2023年12月前")
    invested = found["项目资金投入"]
    assert (invested.value, invested.actual, invested.score) == ("10万元", "0万元", "0")
    assert project.total_score == "90"


def test_the_report_of_a_department_is_its_goal_and_not_a_project() -> None:
    record, _ = wild("72")
    (goal,) = record.goals
    assert goal.subject == "department"
    assert goal.text.startswith("县政协坚持按照县委")
    assert [(a.name, a.text, a.stage, a.part) for a in goal.amounts] == [
        ("收入", "792.22万元", "executed", False),
        ("支出", "799.12万元", "executed", False),
        ("项目支出", "286.83万元", "executed", True),
    ]
    listed = {p.name: [a.text for a in p.amounts] for p in record.projects}
    assert listed["老干部活动经费"] == ["10.5万元"]
    assert len(listed) == 5


def test_total_investment_is_no_annual_budget() -> None:
    record, _ = wild("74")
    (project,) = record.projects
    assert money(project) == [
        ("13526.06万元", "total", "budget", None, False),
        ("5000万元", None, "budget", 2025, False),
        ("11668.67万元", "total", "budget", None, True),
        ("1213.29万元", "total", "budget", None, True),
        ("644.10万元", "total", "budget", None, True),
    ]
    assert [p.code for p in record.problems] == []


def test_a_title_that_names_a_project_describes_it_with_one_section() -> None:
    record, truth = wild("75")
    assert [p.name for p in record.projects] == [truth["subjects"][0]["name"]]


def test_a_project_in_prose_and_in_a_form_is_one() -> None:
    record, _ = wild("29")
    (project,) = record.projects
    assert project.name == "拆违经费"
    first = project.amounts[0]
    assert (first.text, first.source, first.scope) == ("349.80万元", "prose", "annual")
    assert first.alignment
    assert first.alignment.decided_by == "same-name"
    assert first.alignment.evidence == ("= 3,498,000.00",)
    assert project.indicators
    assert {p.kind for p in project.particulars} >= {"overview", "goal-reference"}


# What a sentence says of each sum: (text, scope, stage, year, part).
SENTENCES = [
    (
        "项目概算总投资2.5亿元，2025年已安排3000万元，2026年计划安排8000万元，其中工程费7000万元、监理费1000万元。",
        [
            ("2.5亿元", "total", "budget", None, False),
            ("3000万元", None, "budget", 2025, False),
            ("8000万元", None, "budget", 2026, False),
            ("7000万元", None, "budget", 2026, True),
            ("1000万元", None, "budget", 2026, True),
        ],
    ),
    (
        "2022年某县水库除险加固项目批复概算总投资1,560万元，其中：中央资金1000万元，省级资金560万元。",
        [
            ("1,560万元", "total", "budget", None, False),
            ("1000万元", "total", "budget", None, True),
            ("560万元", "total", "budget", None, True),
        ],
    ),
    (
        "上年安排资金20万元，本年申请25万元，其中：中央财政资金15万元、省级资金10万元。",
        [
            ("20万元", None, "budget", 2025, False),
            ("25万元", None, "budget", 2026, False),
            ("15万元", None, "budget", 2026, True),
            ("10万元", None, "budget", 2026, True),
        ],
    ),
    (
        "2024-2026年项目总预算900万元，其中2026年安排300万元。",
        [
            ("900万元", "total", "budget", None, False),
            ("300万元", None, "budget", 2026, False),
        ],
    ),
    (
        "全年预算数为19.5万元，执行数为18.2万元，完成预算的93.3%。",
        [
            ("19.5万元", None, "adjusted", 2026, False),
            ("18.2万元", None, "executed", 2026, False),
        ],
    ),
    ("该项目603万元均已到位。", [("603万元", None, "executed", None, False)]),
    ("截至2026年9月30日，已完成拨付8010万元。", [("8010万元", None, "executed", None, False)]),
    (
        "根据《关于下达2021年资金的通知》，安排资金50万元。",
        [("50万元", None, "budget", None, False)],
    ),
]


@pytest.mark.parametrize(("text", "want"), SENTENCES)
def test_a_sum_takes_its_role_from_its_own_sentence(text: str, want: list[Any]) -> None:
    found = wholes_and_parts(sums(Passage(Text(plain=text)), 2026))
    assert [(s.text, s.scope, s.stage, s.year, part) for s, part in found] == want


@pytest.mark.parametrize(
    "text",
    [
        "按1600元/亩补助。",
        "培训标准1000元/人，每人每月补助300元。",
        "公益性岗位工资每人每年6000元。",
    ],
)
def test_a_rate_is_no_sum(text: str) -> None:
    assert sums(Passage(Text(plain=text)), 2026) == []


def test_what_a_project_brings_about_is_not_its_money() -> None:
    text = "增加特色产业产值80万元，带动群众增收360万元，较上年增加12万元。"
    assert not [s for s in sums(Passage(Text(plain=text)), 2026) if s.role and s.role.money]


def test_headings_are_known_by_their_numbers() -> None:
    lines = [
        "一、绩效目标完成情况分析",
        "（一）产出指标完成情况",
        "1.数量指标：维修房屋≥30间。",
        "2、资金到位情况分析。资金603万元已到位。",
        "3.甲项目12万元",
        "二、其他",
    ]
    found = list(outline([Text(plain=line) for line in lines]))
    assert [[h.text for h in p.headings] for p in found] == [
        ["绩效目标完成情况分析"],
        ["绩效目标完成情况分析", "产出指标完成情况"],
        ["绩效目标完成情况分析", "产出指标完成情况", "数量指标"],
        ["绩效目标完成情况分析", "产出指标完成情况", "资金到位情况分析"],
        ["绩效目标完成情况分析", "产出指标完成情况"],
        ["其他"],
    ]
    assert [p.text for p in found][2:5] == [
        "维修房屋≥30间。",
        "资金603万元已到位。",
        "甲项目12万元",
    ]


def test_a_self_evaluation_of_another_province(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "江西省某某县2022年水库除险加固项目绩效自评报告",
        "一、项目基本情况",
        "（一）项目概况。项目批复概算总投资1560万元。2022年下达资金1200万元，2021年下达资金360万元。",
        "（二）项目绩效目标", "完成3座小型水库除险加固。",
        "二、绩效目标完成情况", "（一）产出指标完成情况",
        "1.数量指标：年初指标值为加固水库3座，全年实际完成值3座。",
        "2.数量指标：培训人员，年初指标值为不低于180人，全年实际完成值164人。",
        "3.质量指标：工程验收合格率目标值为100%，实际完成值100%。",
        "（二）满意度指标", "受益群众满意度年度目标值≥90%，实际完成值95%。",
        "三、资金使用情况", "截至2022年12月31日，项目实际支出1150.5万元，预算执行率95.9%。",
        "四、自评结论", "自评得分96.5分，自评等级为优。",
    ))  # fmt: skip
    (project,) = record.projects
    assert project.name == "江西省某某县2022年水库除险加固项目"
    assert money(project) == [
        ("1560万元", "total", "budget", None, False),
        ("1200万元", "annual", "budget", None, False),
        ("360万元", None, "budget", 2021, False),
        ("1150.5万元", None, "executed", None, False),
    ]
    assert [g.text for g in project.goals] == ["完成3座小型水库除险加固。"]
    assert stated(project.indicators) == [
        ("加固水库", "3座", "3座"),
        ("培训人员", "不低于180人", "164人"),
        ("工程验收合格率", "100%", "100%"),
        ("受益群众满意度", "≥90%", "95%"),
    ]
    assert {i.level1 for i in project.indicators} == {"产出指标", "满意度指标"}
    assert project.total_score == "96.5"


def test_what_was_built_is_an_indicator_of_less_certainty_without_a_level(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "四川省某县2021年高标准农田建设项目支出绩效评价报告", "一、项目概述",
        "该项目计划总投资3000万元，建设内容：新建高标准农田1.2万亩，改建排灌沟渠15公里。每亩补助2500元。",
        "二、资金使用情况",
        "2021年到位资金3000万元。截至评价时点，累计支付2890.3万元，已新建办公室3间。",
        "三、目标完成情况", "已完成高标准农田建设1.2万亩，已改建排灌沟渠15公里，已支付2890.3万元。",
        "项目区亩均增收300元，带动群众增收360万元。", "四、评价结论", "综合得分92分。",
    ))  # fmt: skip
    (project,) = record.projects
    assert stated(project.indicators) == [
        ("高标准农田建设", "", "1.2万亩"),
        ("改建排灌沟渠", "", "15公里"),
    ]
    assert {i.confidence for i in project.indicators} == {0.8}
    assert [p.text for p in project.particulars] == ["新建高标准农田1.2万亩，改建排灌沟渠15公里"]
    assert {a.text for a in project.amounts} == {"3000万元", "2890.3万元"}


def test_results_listed_under_the_reports_own_headings(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "贵州省某县水务局关于2022年度饮水安全工程补助资金绩效的自评报告",
        "一、绩效目标分解下达情况",
        "（一）下达资金300万元，用于实施某镇饮水安全工程。绩效目标是解决500人的饮水困难。",
        "二、绩效目标完成情况分析", "（一）产出指标完成情况分析",
        "1.工程完成数量", "新建取水坝2座，蓄水池3口(5m×4m)，并铺设管道12公里等，另有100吨水塔1座。",
        "2.质量指标", "工程验收合格率100%；返工率≤1%。",
    ))  # fmt: skip
    (project,) = record.projects
    assert project.name == "饮水安全工程补助资金"
    assert [goal.text for goal in project.goals] == ["解决500人的饮水困难。"]
    assert [(i.level2, i.level3, i.value, i.actual) for i in project.indicators] == [
        ("工程完成数量", "新建取水坝", "", "2座"),
        ("工程完成数量", "蓄水池", "", "3口"),
        ("工程完成数量", "铺设管道", "", "12公里"),
        ("质量指标", "工程验收合格率", "", "100%"),
        ("质量指标", "返工率", "", "≤1%"),
    ]
    told = [p.message.zh for p in record.problems if p.code == "unsure-indicator"]
    assert len(told) == 1 and "100吨水塔1座" in told[0]


def results_of(tmp_path: Path, *paragraphs: str) -> tuple[list[Indicator], list[str]]:
    """The indicators of a report under its heading of results, and what was told."""
    record = read(page(
        tmp_path, "2023年某县消防水源建设项目支出绩效自评报告", "一、项目基本情况",
        "2023年安排消防水源建设项目资金30万元。", "二、绩效目标完成情况", *paragraphs,
    ))  # fmt: skip
    (project,) = record.projects
    told = [p.message.zh for p in record.problems if p.code == "unsure-indicator"]
    return list(project.indicators), told


@pytest.mark.parametrize(("paragraphs", "want"), [
    (["1.数量指标", "全年建成取水码头12处，完成年度任务10处的120%。"],
     [("数量指标", "取水码头", "10处", "12处")]),
    (["1.数量指标", "已组织演练6场，演练参加人数为460人，超额完成目标任务数400人的115%。"],
     [("数量指标", "演练", "", "6场"), ("数量指标", "演练参加人数", "400人", "460人")]),
    (["数量指标：消火栓数量80个，实际消火栓78个。"], [("数量指标", "消火栓数量", "80个", "78个")]),
    (["质量指标：设备故障率需控制在2%以内，实际故障率为0.5%。"],
     [("质量指标", "设备故障率", "2%以内", "0.5%")]),
    (["满意度指标：群众对消防服务的满意度应达到90%以上，实际满意度为96%"],
     [("满意度指标", "群众对消防服务的满意度", "90%以上", "96%")]),
    (["1.产出指标均已完成，巡查点位35个，巡查标准50元/次。"],
     [("产出指标", "巡查点位", "", "35个"), ("产出指标", "巡查标准", "", "50元/次")]),
    (["数量指标：开放场馆300天，指标完成率100%；接待参观4万人次，完成率为102%。"],
     [("数量指标", "开放场馆", "", "300天"), ("数量指标", "接待参观", "", "4万人次")]),
    (["社会效益指标：群众防火意识明显增强，指标完成率100%。"],
     [("社会效益指标", "群众防火意识", "", "明显增强")]),
    (["1.质量指标", "基本完成水源改造，水源达标率、器材完好率均达100%。"],
     [("质量指标", "水源达标率", "", "100%"), ("质量指标", "器材完好率", "", "100%")]),
    (["数量指标：完成管网铺设320米，已完成；", "社会效益指标：方便居民取水，已完成。"],
     [("数量指标", "管网铺设", "320米", "已完成"), ("社会效益指标", "方便居民取水", "", "已完成")]),
    (["（三）绩效指标完成情况分析。水源达标率100%，检查及时率≥90%，群众受益。"],
     [("", "水源达标率", "", "100%"), ("", "检查及时率", "", "≥90%")]),
    (["1、产出指标数量指标：", "建成水池2座。", "质量指标：验收合格率100%"],
     [("数量指标", "水池", "", "2座"), ("质量指标", "验收合格率", "", "100%")]),
    (["数量指标：事故发生率为2.4%，控制在4%以内"], [("数量指标", "事故发生率", "4%以内", "2.4%")]),
    (["3.满意度指标完成情况分析。居民满意度97%。"], [("满意度指标", "居民满意度", "", "97%")]),
    (["（1）满意度指标（服务对象满意度指标）：居民满意度大于年度指标值≥95%。"],
     [("服务对象满意度指标", "居民满意度", "≥95%", "")]),
    (["2.时效指标。春季检查完成指标为100%实际完成值为100%冬季检查完成指标为95%实际完成值为96%"],
     [("时效指标", "春季检查完成", "100%", "100%"), ("时效指标", "冬季检查完成", "95%", "96%")]),
    (["1.效益指标完成情况", "（2）社会效益。最终完成演练人口3.5万人;知晓率69.79%。"],
     [("社会效益", "演练人口", "", "3.5万人"), ("社会效益", "知晓率", "", "69.79%")]),
    (["1.器材完好率，年初目标值≥95%，实际完成值98%，自评得分20分；"],
     [("", "器材完好率", "≥95%", "98%")]),
])  # fmt: skip
def test_clauses_of_results_are_joined(
    tmp_path: Path, paragraphs: list[str], want: list[tuple[str, str, str, str]]
) -> None:
    found, _ = results_of(tmp_path, *paragraphs)
    assert [(i.level2 or i.level1, i.level3, i.value, i.actual or "") for i in found] == want


def test_points_stand_behind_a_value_or_in_the_brackets_of_a_level(tmp_path: Path) -> None:
    found, _ = results_of(
        tmp_path, "（一）完成绩效产出指标（自评得分50分）",
        "1.数量指标（自评得分20分）：完成新建水池5座。",
        "2.质量指标（15分）：工程验收合格率为100%。",
        "3.器材完好率，目标值≥95%，实际完成值98%，得15分。",
    )  # fmt: skip
    assert [(i.level1, i.level3, i.weight, i.score) for i in found] == [
        ("产出指标", "新建水池", None, "20"),
        ("产出指标", "工程验收合格率", "15", None),
        ("产出指标", "器材完好率", None, "15"),
    ]


def test_what_a_report_plans_is_no_result(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "2023年某县消防水源建设项目支出绩效自评报告", "一、项目基本情况",
        "2023年安排消防水源建设项目资金30万元。", "二、绩效目标",
        "数量指标：", "建设取水码头10处。", "时效指标：",
        "该项目建设期为2023年3月至2023年11月。", "成本指标：", "该项目需资金30万元。",
    ))  # fmt: skip
    (project,) = record.projects
    assert stated(project.indicators) == [("建设取水码头", "10处", None)]


def test_goals_with_signs_are_indicators_of_less_certainty(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "2023年某县消防水源建设项目绩效评价报告", "一、项目概况",
        "（一）绩效目标：新建水池≥5座；工程验收合格率≥100%;居民满意度≥90%。",
        "二、评价结论", "项目总投资30万元，按期完成。",
    ))  # fmt: skip
    (project,) = record.projects
    assert stated(project.indicators) == [
        ("新建水池", "≥5座", None),
        ("工程验收合格率", "≥100%", None),
        ("居民满意度", "≥90%", None),
    ]
    assert {i.confidence for i in project.indicators} == {0.8}


def test_a_quantity_of_what_was_achieved_is_read_or_told(tmp_path: Path) -> None:
    found, told = results_of(
        tmp_path, "1.数量指标", "为30个社区的2000户居民更换灭火器，完成率100%。"
    )
    assert not found
    assert len(told) == 1 and "2000户居民" in told[0]


@pytest.mark.parametrize(("lines", "want"), [
    (["某某市农村饮水维修转移支付2022年度绩效自评报告"], "某某市农村饮水维修转移支付"),
    (["某某市文化馆2022年度项目绩效自评报告（送戏下乡经费）", "某某市文化馆2022年项目绩效自评报告",
      "（送戏下乡经费）"], "送戏下乡经费"),
    (["某某市教育局2022年度项目绩效自评报告", "（校园保安补助经费项目）"], "校园保安补助经费项目"),
    (["某某县2022年度城乡医疗救助资金使用绩效自评报告"], "城乡医疗救助资金"),
])  # fmt: skip
def test_a_title_names_its_project_in_several_ways(
    tmp_path: Path, lines: list[str], want: str
) -> None:
    record = read(page(
        tmp_path, *lines, "一、绩效目标完成情况", "1.数量指标：已完成维修水源20处。",
    ))  # fmt: skip
    assert [p.name for p in record.projects] == [want]


def test_headings_of_levels_make_a_report_of_a_page_without_a_title(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某某区民政局关于管理使用情况的公开", "一、资金基本情况",
        "2021年高龄老人津贴补助资金下达我区60万元，全部发放。", "二、资金使用效果",
        "1.产出指标完成情况分析", "（1）质量指标", "津贴发放准确率100%。",
        "（2）时效指标", "100%按月发放高龄老人津贴。",
    ))  # fmt: skip
    (project,) = record.projects
    assert project.name == "2021年高龄老人津贴补助资金"
    assert [a.text for a in project.amounts] == ["60万元"]
    assert [(i.level2, i.level3, i.actual) for i in project.indicators] == [
        ("质量指标", "津贴发放准确率", "100%"),
        ("时效指标", "按月发放高龄老人津贴", "100%"),
    ]


def test_an_opening_sentence_names_the_project_of_a_report_without_a_title(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某县乡村振兴局：",
        "根据上级文件要求，现将2023年某县某乡机耕道硬化项目绩效自评报告如下：",
        "一、绩效目标分解下达情况", "我乡计划硬化机耕道，安排项目资金48万元。",
        "二、绩效目标自评完成情况分析", "下达建设资金48万元，全部用于机耕道建设。",
    ))  # fmt: skip
    (project,) = record.projects
    assert project.name == "2023年某县某乡机耕道硬化项目"
    assert {amount.yuan for amount in project.amounts} == {Decimal(480_000)}


def test_a_title_may_name_the_project_behind_and_a_label_both_levels(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某市某区残联中央转移支付2023年度绩效自评报告(残疾人康复(辅具)补助资金)",
        "一、绩效目标分解下达情况", "2023年下达资金29.6万元。",
        "二、绩效指标完成情况分析",
        "1、产出数量指标：第一，康复服务比例年初指标值为不低于85%，全年实际完成值100%。",
        "2、效益社会效益指标：第二，受助家庭满意率年初指标值为90%，全年实际完成值92%。",
    ))  # fmt: skip
    (project,) = record.projects
    assert project.name == "残疾人康复(辅具)补助资金"
    assert [(i.level1, i.level2, i.level3, i.value, i.actual) for i in project.indicators] == [
        ("产出指标", "数量指标", "康复服务比例", "不低于85%", "100%"),
        ("效益指标", "社会效益指标", "受助家庭满意率", "90%", "92%"),
    ]


def test_a_report_with_no_figures_is_about_its_project_all_the_same(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某县2024年雨露计划助学补助项目实施绩效评价自评报告",
        "一、基本情况", "项目分两季实施。", "二、存在问题", "宣传不够。",
    ))  # fmt: skip
    assert [p.name for p in record.projects] == ["某县2024年雨露计划助学补助项目"]


def test_goals_made_public_in_another_province(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "关于某某乡2024年农村饮水安全巩固提升工程绩效目标的公示",
        "某某乡2024年农村饮水安全巩固提升工程计划总投资86万元，年度目标：新建蓄水池2座，解决300人饮水困难。",
        "一、产出指标", "（一）数量指标", "指标1：新建蓄水池数量≥2座", "指标2：铺设管网长度5公里",
        "（二）时效指标", "1.工程完工时间，2024年11月底前",
        "（三）成本指标", "1.财政补助标准≤1600元/人",
        "二、满意度指标", "受益群众满意度≥90%", "某某乡人民政府", "2024年4月2日",
    ))  # fmt: skip
    (project,) = record.projects
    assert money(project) == [("86万元", "total", "budget", None, False)]
    assert [g.text for g in project.goals] == ["新建蓄水池2座，解决300人饮水困难。"]
    assert stated(project.indicators) == [
        ("新建蓄水池数量", "≥2座", None),
        ("铺设管网长度", "5公里", None),
        ("工程完工时间", "2024年11月底前", None),
        ("财政补助标准", "≤1600元/人", None),
        ("受益群众满意度", "≥90%", None),
    ]
    assert [i.category for i in project.indicators][:2] == ["output.quantity", "output.quantity"]


def test_a_whole_body_with_indicators_and_a_list_of_projects(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某某县教育体育局2021年度部门整体支出绩效自评报告",
        "一、部门基本情况",
        "2021年度总收入2,300.5万元，总支出2,280万元，其中：基本支出1,800万元，项目支出480万元。",
        "二、部门整体绩效目标", "保障义务教育均衡发展，改善办学条件。",
        "三、绩效目标实现情况", "（一）产出指标",
        "1.数量指标：新建校舍目标值为5栋，实际完成值为5栋。",
        "四、项目支出情况",
        "项目支出主要包括：1.校舍维修项目200万元；2.营养改善计划项目180万元；"
        "3.信息化建设项目100万元。",
    ))  # fmt: skip
    (goal,) = record.goals
    assert [a.text for a in goal.amounts] == ["2,300.5万元", "2,280万元", "1,800万元", "480万元"]
    assert stated(goal.indicators) == [("新建校舍", "5栋", "5栋")]
    assert [(p.name, [a.text for a in p.amounts]) for p in record.projects] == [
        ("校舍维修项目", ["200万元"]),
        ("营养改善计划项目", ["180万元"]),
        ("信息化建设项目", ["100万元"]),
    ]


def test_projects_summed_up_in_final_accounts(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某某市文化馆2023年度部门决算",
        "（1）公共文化服务免费开放项目绩效自评综述：项目绩效自评得分为97.5分。全年预算数为50万元，执行数为48.6万元，完成预算的97.2%。"
        "项目绩效目标完成情况：一是举办展览12场。发现的主要问题及原因：无。",
        "（2）非遗保护经费项目绩效自评综述：自评得分为100分。全年预算数为20万元，执行数为20万元。",
    ))  # fmt: skip
    assert [(p.name, p.total_score) for p in record.projects] == [
        ("公共文化服务免费开放项目", "97.5"),
        ("非遗保护经费项目", "100"),
    ]
    first = record.projects[0]
    assert [(a.text, a.stage) for a in first.amounts] == [
        ("50万元", "adjusted"),
        ("48.6万元", "executed"),
    ]
    assert [g.achieved for g in first.goals] == ["一是举办展览12场。"]


def test_a_numbered_list_of_projects(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某某县民政局2024年部门预算公开说明", "2024年项目支出安排如下：",
        "1.高龄津贴项目120万元。", "2.临时救助项目80.5万元。", "3.养老服务体系建设项目300万元。",
        "以上资金均纳入绩效管理。",
    ))  # fmt: skip
    assert [(p.name, [a.yuan for a in p.amounts]) for p in record.projects] == [
        ("高龄津贴项目", [Decimal(1200000)]),
        ("临时救助项目", [Decimal(805000)]),
        ("养老服务体系建设项目", [Decimal(3000000)]),
    ]


def test_a_report_on_several_projects_gives_each_its_own_sentence(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某县2023年财政衔接资金绩效自评报告", "一、项目基本情况",
        "2023年下达资金50万元，用于甲村道路硬化项目。下达资金30万元，用于乙村灌溉水渠项目。",
        "二、绩效完成情况", "资金全部拨付到位。",
    ))  # fmt: skip
    assert [(p.name, [a.text for a in p.amounts]) for p in record.projects] == [
        ("甲村道路硬化项目", ["50万元"]),
        ("乙村灌溉水渠项目", ["30万元"]),
    ]


def test_a_text_that_is_no_report_gives_no_project(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, "某县2023年国民经济情况说明",
        "2023年全县生产总值120亿元，增长5%。实施乡村振兴项目，完成投资3亿元。",
        "一、农业", "粮食产量5万吨。", "二、绩效管理", "加强绩效管理，提高资金使用效益。",
    ))  # fmt: skip
    assert record.projects == ()
    assert record.goals == ()


COVER = ("上海市普陀区2026年区级部门预算", "预算主管部门：上海市普陀区教育局")
SECTIONS = [
    "一、项目概述", "建学校。", "二、立项依据", "批复。", "三、实施主体", "区教育局。",
    "四、实施方案", "建设。", "五、实施周期", "2026年1月1日-2026年12月31日",
]  # fmt: skip


def test_the_paper_is_not_blamed_where_parts_are_those_of_the_total(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, *COVER, "<h1>甲项目经费情况说明</h1>", *SECTIONS,
        "六、年度预算安排",
        "本项目总投资为1000万元，其中建筑安装工程费为800万元，预备费200万元。"
        "2026年安排建设资金300万元。",
        "七、绩效目标", "建成学校。",
    ))  # fmt: skip
    (project,) = record.projects
    assert money(project)[:2] == [
        ("1000万元", "total", "budget", None, False),
        ("300万元", "annual", "budget", None, False),
    ]
    assert "parts-differ" not in {p.code for p in record.problems}


def test_parts_that_do_not_add_up_are_told(tmp_path: Path) -> None:
    record = read(page(
        tmp_path, *COVER, "<h1>甲项目经费情况说明</h1>", *SECTIONS,
        "六、年度预算安排",
        "本年度预算100万元，其中设备费60万元，培训费30万元。", "七、绩效目标", "详见附表。",
    ))  # fmt: skip
    (differ,) = (p for p in record.problems if p.code == "parts-differ")
    assert "100万元" in differ.message.en


def project(name: str, order: int = 0) -> Project:
    return Project(
        id=name, name=name, order=order, carried_over=False, scheme=None, goals=(), amounts=(),
        indicators=(), where=Where(line=order),
    )  # fmt: skip


def test_names_that_are_only_like_are_two_projects() -> None:
    told, forms = project("甲县高标准农田建设二期"), project("甲县高标准农田建设一期")
    merged, problems = merge([Told(told)], [forms])
    assert merged == [forms, told]
    assert problems == []


def test_a_name_with_its_place_is_the_same_project() -> None:
    told = project("同心县下马关镇设施农业种植项目")
    merged, _ = merge([Told(told)], [project("下马关镇设施农业种植"), project("别的项目")])
    assert [p.name for p in merged] == ["下马关镇设施农业种植", "别的项目"]


def indicator(name: str, value: str = "", actual: str | None = None) -> Indicator:
    return Indicator(
        level1="产出指标", level2="数量指标", level3=name, description="", value=value,
        category=None, target=None, basis=None, basis_inherited=None, cost_scope=None,
        actual=actual, where=Where(),
    )  # fmt: skip


def test_the_form_decides_and_the_prose_adds() -> None:
    form = structs.replace(
        project(""),
        indicators=(indicator("驿站数量（个）", ">=2个"), indicator("服务人次", ">=500人")),
    )
    told = structs.replace(
        project("人才驿站补助资金"),
        indicators=(indicator("驿站数量", "2个", "0个"), indicator("到位时间", "12月前", "12月前")),
    )
    points = {"每年服务人次": ("10", "8"), "到位率": ("3", "3")}
    ((merged,), _) = merge([Told(told, points=points)], [form])
    assert merged.name == "人才驿站补助资金"
    assert stated(merged.indicators) == [
        ("驿站数量（个）", ">=2个", "0个"),
        ("服务人次", ">=500人", None),
        ("到位时间", "12月前", "12月前"),
    ]
    assert [i.score for i in merged.indicators] == [None, "8", None]


def test_nobody_guesses_between_two_forms_that_fit_as_well() -> None:
    told = project("", 1)
    merged, _ = merge([Told(told)], [project("甲项目"), project("乙项目")])
    assert merged[-1] is told


def test_every_character_that_became_a_value_is_claimed() -> None:
    (path,) = WILD.glob("52-*.html")
    _, _, content = open_file(path, "pdfium")
    ledger = Ledger()
    found = reports.read(content, 2022, ledger)
    descriptions.read(content, 2022, ledger)
    prose.figures(content, ledger)
    assert found.projects
    (coverage,) = ledger.close(b for b in content.blocks if isinstance(b, Text))[0]
    assert coverage.value > 40
    assert coverage.unread > coverage.value, "what is only told stays unread"
