"""Invents budget disclosures with known truth: blocks to write, and what they say.

Nothing here is of a real body. The same seed gives the same documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from random import Random

Row = dict[str, str]


@dataclass(slots=True)
class Cell:
    """A cell to write: its text and how far it spans; `number` is written as one where it can."""

    text: str
    down: int = 1
    across: int = 1
    number: float | None = None
    format: str = "General"


@dataclass(slots=True)
class Grid:
    """A table to write: a row holds the cells that start in it; the first `head` rows repeat."""

    rows: list[list[Cell]]
    widths: list[int]
    head: int = 1


Money = tuple[str, str, str, Decimal]  # scope, fund, stage, yuan


@dataclass(slots=True)
class Truth:
    """What a document says of one project, or of the department as a whole."""

    name: str
    goals: list[str] = field(default_factory=list)
    amounts: list[Money] = field(default_factory=list[Money])
    indicators: list[Row] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)  # particulars, grounds, period


@dataclass(slots=True)
class Document:
    """Paragraphs (texts) and tables in order, and what they say."""

    layout: str
    blocks: list[str | Grid]
    truth: list[Truth]


SCHEME = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("产出指标", "成本指标"),
    ("效益指标", "经济效益指标"),
    ("效益指标", "社会效益指标"),
    ("效益指标", "生态效益指标"),
    ("满意度指标", "服务对象满意度指标"),
)
SCHEME_2021 = (
    ("成本指标", "经济成本指标"),
    ("成本指标", "社会成本指标"),
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("效益指标", "社会效益指标"),
    ("效益指标", "可持续影响指标"),
    ("满意度指标", "服务对象满意度指标"),
)
PLACES = ("东河", "西岭", "南湾", "北原", "清溪", "白塔", "石桥", "柳林")
THINGS = (
    "农村公路",
    "中小学校舍",
    "社区养老",
    "城市绿地",
    "信息系统",
    "图书资料",
    "河道",
    "残疾人",
)
DEEDS = ("养护", "改造", "服务", "建设", "运行维护", "购置", "治理", "救助")
STEMS = {
    "数量": (
        "培训场次",
        "养护里程",
        "购置设备数量",
        "受益村庄个数",
        "检查次数",
        "印发宣传资料份数",
    ),
    "质量": ("验收合格率", "设备完好率", "考试通过率", "信息准确率", "资料完整程度"),
    "时效": ("完成时间", "资金拨付及时率", "响应时间", "按期完工率"),
    "成本": ("项目总成本", "人均培训成本", "每公里养护成本", "设备单价"),
    "效益": ("居民知晓率", "出行条件改善程度", "受益人数", "带动就业人数", "污染物减排量"),
    "影响": ("长效管理机制健全程度", "设施可持续使用年限"),
    "满意": ("服务对象满意度", "群众满意度", "参训人员满意度"),
}
CLAUSES = (
    "反映项目实施后的实际情况",
    "考核年度内实际完成的数量占计划数量的比例",
    "按照合同约定的标准统计",
    "由主管部门会同财政部门核定",
    "以第三方调查的结果为准",
    "用以衡量资金使用的效果",
    "统计口径与上年度保持一致",
)
BASES = (
    "年度工作计划",
    "历史数据",
    "行业标准（GB/T 1234）",
    "合同约定",
    "上级文件要求",
    "问卷调查",
)
WORDY = ("显著提升", "持续改善", "健全", "及时", "优良中低差", "逐步减少")
UNITS = ("次", "个", "人", "公里", "万元", "元/人", "天", "份", "年")


class Inventor:
    """Makes up what documents say, from a seed."""

    stems = STEMS

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def name(self) -> str:
        """Return a project's name."""
        pick = self.random.choice
        tail = pick(("项目", "专项经费", "（二期）项目", "补助资金"))
        return f"{pick(PLACES)}{pick(('县', '区', '镇'))}{pick(THINGS)}{pick(DEEDS)}{tail}"

    def names(self, count: int) -> list[str]:
        """Return names that differ."""
        found = dict[str, None]()
        while len(found) < count:
            found[self.name()] = None
        return list(found)

    def sentence(self, clauses: int) -> str:
        """Return a sentence of so many clauses."""
        return "，".join(self.random.sample(CLAUSES, clauses)) + "。"

    def money(self) -> Decimal:
        """Return yuan, in whole hundreds."""
        return Decimal(self.random.randint(50, 99_999) * 100)

    def value(self) -> tuple[str, str, str]:
        """Return comparator, number and unit of a target value; a wordy one has only a text."""
        if self.random.random() < 0.2:
            return "", self.random.choice(WORDY), ""
        if self.random.random() < 0.4:
            return self.random.choice(("≥", "≤", "")), str(self.random.randint(50, 100)), "%"
        number = str(self.random.choice((1, 3, 12, 30, 120, 5000, 98.5)))
        return self.random.choice(("≥", "≤", "=", "")), number, self.random.choice(UNITS)

    def indicators(self, year: int, fields: tuple[str, ...] = ()) -> list[Row]:
        """Return indicators in the order of their levels, with `fields` besides the usual."""
        scheme = SCHEME_2021 if year >= 2022 else SCHEME
        rows = list[Row]()
        for level1, level2 in scheme:
            for _ in range(self.random.choice((0, 1, 1, 1, 2, 3))):
                rows.append(self._indicator(level1, level2, fields))
        return rows if len(rows) > 3 else self.indicators(year, fields)

    def _indicator(self, level1: str, level2: str, fields: tuple[str, ...]) -> Row:
        stem = next(stems for word, stems in self.stems.items() if word in level2)
        comparator, number, unit = self.value()
        made: dict[str, Callable[[], str]] = {
            "description": lambda: self.sentence(self.random.choice((1, 1, 2, 3))).rstrip("。"),
            "basis": lambda: self.random.choice(BASES),
            "weight": lambda: str(self.random.choice((5, 10, 15, 20))),
            "actual": lambda: f"{number}{unit}",
            "score": lambda: str(self.random.choice((5, 9.5, 10, 20))),
            "deviation": lambda: self.random.choice(("", "", "受天气影响，工期延后")),
            "direction": lambda: self.random.choice(("正向指标", "反向指标")),
            "remark": lambda: self.random.choice(("", "", "新增")),
        }
        row = {"level1": level1, "level2": level2, "level3": self.random.choice(stem)}
        row |= {name: made[name]() for name in fields}
        return row | {"value": comparator + number + unit, "parts": f"{comparator}|{number}|{unit}"}


def stated(rows: list[Row], scope: str = "") -> list[Row]:
    """Return indicators as the truth has them."""
    return [
        {k: v for k, v in row.items() if k != "parts"} | ({"scope": scope} if scope else {})
        for row in rows
    ]


def _merged(rows: list[Row], columns: list[str], repeat: bool) -> list[list[Cell]]:
    """Return rows of cells with the first and second levels merged downwards, or repeated."""
    cells = [[Cell(row.get(column, "")) for column in columns] for row in rows]
    if repeat:
        return cells
    drop = set[tuple[int, int]]()
    for at, keys in ((0, ("level1",)), (1, ("level1", "level2"))):
        numbers = groupby(range(len(rows)), key=lambda n: tuple(rows[n][k] for k in keys))
        for _, group in numbers:
            first, *others = list(group)
            cells[first][at].down = 1 + len(others)
            drop |= {(n, at) for n in others}
    return [[c for k, c in enumerate(row) if (n, k) not in drop] for n, row in enumerate(cells)]


def _side(text: str, rows: list[list[Cell]]) -> list[list[Cell]]:
    """Put a label beside rows, merged over all of them."""
    return [[Cell(text, down=len(rows)), *rows[0]], *rows[1:]]


def _wan(yuan: Decimal) -> str:
    return f"{yuan / 10000:.2f}"


def _head(*words: str) -> list[Cell]:
    return [Cell(word) for word in words]


def hebei(make: Inventor, year: int) -> Document:
    """One table a project, the goal on top."""
    blocks, truth = list[str | Grid](), list[Truth]()
    for order, name in enumerate(make.names(4), 1):
        rows = make.indicators(year, ("description", "basis"))
        goal = make.sentence(3)
        columns = ["level1", "level2", "level3", "description", "value", "basis"]
        head = ("一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据")
        body = _merged(rows, columns, make.random.random() < 0.5)
        table = [[Cell("绩效目标"), Cell(goal, across=5)], _head(*head), *body]
        blocks += [f"{order}.{name}绩效目标表", Grid(table, [10, 13, 16, 33, 12, 16], 0)]
        truth.append(Truth(name, [goal], indicators=stated(rows)))
    return Document("hebei", blocks, truth)


def flat(make: Inventor, year: int) -> Document:
    """One table for all projects."""
    head = (
        "单位名称",
        "项目名称",
        "预算数",
        "年度目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标性质",
        "指标值",
        "度量单位",
        "权重",
        "指标方向性",
    )
    table, truth, unit = [_head(*head)], list[Truth](), f"{make.random.choice(PLACES)}县第一中学"
    body = list[list[Cell]]()
    for name in make.names(4):
        rows, goal, yuan = (
            make.indicators(year, ("weight", "direction")),
            make.sentence(2),
            make.money(),
        )
        for at, row in enumerate(rows):
            comparator, number, measure = row["parts"].split("|")
            nature = comparator or ("=" if number[0].isdigit() else "定性")
            row["nature"] = nature
            row["value"] = (nature if nature != "定性" else "") + number + measure
            cells = [Cell(row["level1"]), Cell(row["level2"]), Cell(row["level3"]), Cell(nature)]
            cells += [
                _numbered(number),
                Cell(measure),
                _numbered(row["weight"]),
                Cell(row["direction"]),
            ]
            lead = [
                Cell(name, len(rows)),
                _numbered(f"{yuan:.2f}", len(rows)),
                Cell(goal, len(rows)),
            ]
            body.append([*(lead if at == 0 else []), *cells])
        truth.append(Truth(name, [goal], [("annual", "", "budget", yuan)], stated(rows)))
    table += _side(unit, body)
    widths = [7, 10, 10, 15, 8, 9, 11, 6, 7, 6, 5, 6]
    return Document(
        "flat",
        ["部门预算项目绩效目标表", f"（{year}年度）", "单位：元", Grid(table, widths)],
        truth,
    )


def _numbered(text: str, down: int = 1) -> Cell:
    try:
        decimals = len(text.partition(".")[2])
        return Cell(text, down, 1, float(text), "0." + "0" * decimals if decimals else "General")
    except ValueError:
        return Cell(text, down)


def form_2015(make: Inventor, year: int) -> Document:
    """The form of 财预〔2015〕88号, with two groups of columns."""
    blocks, truth = list[str | Grid](), list[Truth]()
    for name in make.names(3):
        rows, whole, part = make.indicators(year), make.money(), make.money()
        later = [dict(row, value=make.random.choice(("≥3项", "100%", "不低于90%"))) for row in rows]
        medium, annual = make.sentence(2), make.sentence(2)
        unit, agency = f"{make.random.choice(PLACES)}信息中心", "[112]财政厅"
        period = f"{year}年-{year + 2}年"
        table = [
            [Cell("项目名称", across=2), Cell(name, across=6)],
            [Cell("主管部门及代码", across=2), Cell(agency, across=2), Cell("实施单位", across=2), Cell(unit, across=2)],
            [Cell("项目属性", across=2), Cell("延续项目", across=2), Cell("项目期", across=2), Cell(period, across=2)],
            [Cell("项目资金（万元）", 3, 2), Cell("年度资金总额：", across=2), Cell(_wan(whole + part), across=4)],
            [Cell("其中：财政拨款", across=2), Cell(_wan(whole), across=4)],
            [Cell("其他资金", across=2), Cell(_wan(part), across=4)],
            [Cell("总体目标", 2), Cell(f"中期目标（{year}年—{year + 2}年）", across=4), Cell("年度目标", across=3)],
            [Cell(medium, across=4), Cell(annual, across=3)],
        ]  # fmt: skip
        head = _head("一级指标", "二级指标", "指标内容", "指标值", "二级指标", "指标内容", "指标值")
        body = _merged(rows, ["level1", "level2", "level3", "value"], repeat=False)
        right = [[Cell(r["level2"]), Cell(r["level3"]), Cell(r["value"])] for r in later]
        table += _side("绩效指标", [head, *(a + b for a, b in zip(body, right, strict=True))])
        blocks += [
            "项目支出绩效目标表",
            f"（{year}年度）",
            Grid(table, [8, 10, 14, 16, 12, 14, 14, 12], 0),
        ]
        amounts = [
            ("annual", fund, "budget", yuan)
            for fund, yuan in (("", whole + part), ("fiscal-appropriation", whole), ("other", part))
        ]
        found = Truth(
            name, [medium, annual], amounts, stated(rows, "medium-term") + stated(later, "annual")
        )
        found.stated += [agency, unit, "延续项目", period]
        truth.append(found)
    return Document("form-2015", blocks, truth)


def municipal(make: Inventor, year: int) -> Document:
    """The municipal form: total and annual funding and values side by side."""
    blocks, truth = list[str | Grid](), list[Truth]()
    for name in make.names(3):
        rows = make.indicators(year, ("remark",))
        total = [dict(row, value=make.random.choice(("10处", "≥95%", "30人次"))) for row in rows]
        money = {
            (s, f): make.money()
            for s in ("total", "annual")
            for f in ("fiscal-appropriation", "other")
        }
        for scope in ("total", "annual"):
            money[scope, ""] = money[scope, "fiscal-appropriation"] + money[scope, "other"]
        goal, aim = make.sentence(2), make.sentence(2)
        start, end, agency = f"{year}-03-01", f"{year + 2}-12-31", "园林管理局"
        table = [
            [Cell("项目名称"), Cell(name, across=3), Cell("主管部门", across=2), Cell(agency)],
            [Cell("开始日期"), Cell(start, across=3), Cell("结束日期", across=2), Cell(end)],
        ]
        funds = list[list[Cell]]()
        for label, fund in (
            ("资金总额：", ""),
            ("其中：财政拨款", "fiscal-appropriation"),
            ("其他资金", "other"),
        ):
            before = ("项目", "年度") if not fund else ("", "")
            funds.append([
                Cell(before[0] + label, across=2), Cell(f"{money['total', fund]:,.2f}"),
                Cell(before[1] + label, across=2), Cell(f"{money['annual', fund]:,.2f}"),
            ])  # fmt: skip
        table += _side("项目资金（元）", funds)
        goals = [
            [Cell("项目总目标", across=3), Cell("年度总体目标", across=3)],
            [Cell(goal, across=3), Cell(aim, across=3)],
        ]
        table += _side("项目绩效目标", goals)
        both = [row | {"total": t["value"]} for row, t in zip(rows, total, strict=True)]
        head = _head("一级指标", "二级指标", "三级指标", "项目指标值", "年度指标值", "备注")
        body = _merged(
            both, ["level1", "level2", "level3", "total", "value", "remark"], repeat=False
        )
        table += _side("绩效指标", [head, *body])
        blocks += [
            "财政项目支出绩效目标申报表",
            f"（{year}年度）",
            Grid(table, [10, 12, 14, 18, 14, 14, 18], 0),
        ]
        amounts = [(scope, fund, "budget", yuan) for (scope, fund), yuan in money.items()]
        each = [
            r
            for t, a in zip(stated(total, "total"), stated(rows, "annual"), strict=True)
            for r in (t, a)
        ]
        found = Truth(name, [goal, aim], amounts, each)
        found.stated += [agency, f"{start}—{end}"]
        truth.append(found)
    return Document("municipal", blocks, truth)


def self_evaluation(make: Inventor, year: int) -> Document:
    """The self-evaluation form: what came of budget, goal and indicators."""
    blocks, truth = list[str | Grid](), list[Truth]()
    for name in make.names(3):
        rows = make.indicators(year, ("actual", "weight", "score", "deviation"))
        stages = ("budget", "adjusted", "executed")
        parts = {
            (f, s): make.money()
            for f in ("fiscal-appropriation", "carry-over", "other")
            for s in stages
        }
        for stage in stages:
            parts["", stage] = sum(
                (parts[f, stage] for f in ("fiscal-appropriation", "carry-over", "other")),
                Decimal(0),
            )
        goal, achieved, agency, unit = (
            make.sentence(2),
            make.sentence(2),
            "城市管理局",
            "市政管理处",
        )
        table = [
            [
                Cell("项目名称"),
                Cell(name, across=4),
                Cell("主管部门", across=2),
                Cell(agency, across=3),
            ],
            [Cell("实施单位"), Cell(unit, across=9)],
        ]
        heads = [
            Cell("", across=2),
            *_head("年初预算数", "全年预算数", "全年执行数", "分值", "执行率"),
            Cell("得分", across=2),
        ]
        matrix = [heads]
        for label, fund in (
            ("年度资金总额", ""),
            ("其中：当年财政拨款", "fiscal-appropriation"),
            ("上年结转资金", "carry-over"),
            ("其他资金", "other"),
        ):
            tail = _head("10", "98.75%", "9.88") if not fund else _head("—", "", "—")
            tail[-1].across = 2
            matrix.append(
                [Cell(label, across=2), *(Cell(_wan(parts[fund, s])) for s in stages), *tail]
            )
        table += _side("项目资金（万元）", matrix)
        table += _side(
            "年度总体目标",
            [
                [Cell("预期目标", across=4), Cell("实际完成情况", across=5)],
                [Cell(goal, across=4), Cell(achieved, across=5)],
            ],
        )
        columns = ["level1", "level2", "level3", "value", "actual", "weight", "score", "deviation"]
        points = [row | {"level1": f"{row['level1']}（50分）"} for row in rows]
        body = _merged(points, columns, repeat=False)
        for row in body:
            row[-1].across = 2
        head = _head(
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
            "偏差原因分析及改进措施",
        )
        head[-1].across = 2
        table += _side("绩效指标", [head, *body])
        table.append([Cell("总分", across=6), Cell("100"), Cell("94.88"), Cell("", across=2)])
        blocks += [
            f"{year}年度项目支出绩效自评表",
            Grid(table, [9, 11, 11, 13, 11, 11, 8, 8, 9, 9], 0),
        ]
        amounts = [("annual", fund, stage, yuan) for (fund, stage), yuan in parts.items()]
        found = Truth(name, [goal, achieved], amounts, stated(rows))
        found.stated += [agency, unit]
        truth.append(found)
    return Document("self-evaluation", blocks, truth)


def department(make: Inventor, year: int) -> Document:
    """The goals of a whole department: tasks with amounts, and indicators."""
    rows, goal, agency = (
        make.indicators(year),
        make.sentence(3),
        f"{make.random.choice(PLACES)}市水利局",
    )
    whole, truth = Truth("", [goal], indicators=stated(rows)), list[Truth]()
    tasks = [
        [Cell("任务名称", 2), Cell("主要内容", 2, 2), Cell("预算金额（万元）", across=3)],
        _head("总额", "财政拨款", "其他资金"),
    ]
    for name in make.names(4):
        fiscal, other, text = make.money(), make.money(), make.sentence(1).rstrip("。")
        money = [Cell(_wan(yuan)) for yuan in (fiscal + other, fiscal, other)]
        tasks.append([Cell(name), Cell(text, across=2), *money])
        amounts = (("", fiscal + other), ("fiscal-appropriation", fiscal), ("other", other))
        truth.append(
            Truth(name, [text], [("annual", fund, "budget", yuan) for fund, yuan in amounts])
        )
    table = [[Cell("部门名称"), Cell(agency, across=6)], *_side("年度主要任务", tasks)]
    table.append([Cell("年度总体目标"), Cell(goal, across=6)])
    body = _merged(rows, ["level1", "level2", "level3", "value"], repeat=False)
    for row in body:
        row[-1].across = row[-2].across = 2
    head = _head("一级指标", "二级指标", "三级指标", "指标值")
    head[-1].across = head[-2].across = 2
    table += _side("年度绩效指标", [head, *body])
    title = ["部门整体支出绩效目标表", f"（{year}年度）"]
    return Document(
        "department", [*title, Grid(table, [12, 14, 16, 16, 14, 14, 14], 0)], [whole, *truth]
    )


def prose(make: Inventor, year: int) -> Document:
    """Projects described in sections of prose."""
    blocks, truth = list[str | Grid](), list[Truth]()
    for name in (f"{name.removesuffix('专项经费')}专项" for name in make.names(3)):
        overview, plan, goal = make.sentence(3), make.sentence(2), make.sentence(2)
        parts = [(make.random.choice(THINGS) + str(n), make.money()) for n in "甲乙丙"]
        total = sum((yuan for _, yuan in parts), Decimal(0))
        listed = "，".join(f"{part}{_wan(yuan)}万元" for part, yuan in parts)
        unit, period = f"{make.random.choice(PLACES)}区民政局", f"{year}年1月1日-{year}年12月31日"
        papers = [
            (f"关于加强{make.random.choice(THINGS)}工作的意见", f"沪府规〔{year - 2}〕{n}号")
            for n in (3, 18)
        ]
        blocks += [
            f"{name}经费情况说明", "一、项目概述", overview, "二、立项依据",
            *(f"{n}、《{title}》（{number}）。" for n, (title, number) in enumerate(papers, 1)),
            "三、实施主体", unit, "四、实施方案", plan, "五、实施周期", period, "六、年度预算安排",
            f"{year}年度项目总预算{_wan(total)}万元，其中{listed}，合计{_wan(total)}万元。", "七、绩效目标", goal,
        ]  # fmt: skip
        amounts = [("annual", name, "budget", yuan) for name, yuan in (("", total), *parts)]
        found = Truth(name, [goal], amounts)
        found.stated += [overview, unit, plan, period, *(f"{a}|{b}" for a, b in papers)]
        truth.append(found)
    return Document("prose", blocks, truth)


LAYOUTS: dict[str, Callable[[Inventor, int], Document]] = {
    "hebei": hebei,
    "flat": flat,
    "form-2015": form_2015,
    "municipal": municipal,
    "self-evaluation": self_evaluation,
    "department": department,
    "prose": prose,
}


def invent(layout: str, seed: int) -> Document:
    """Return a document of a layout; even seeds follow the scheme of 2021, odd ones that of 2015."""
    return LAYOUTS[layout](Inventor(seed), 2024 if seed % 2 == 0 else 2019)
