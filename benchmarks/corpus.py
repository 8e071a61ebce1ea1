"""Writes the small corpus that the questions are tested on: invented papers of named places.

    python -m benchmarks.corpus tests/data/corpus

The departments exist, or did; everything the papers say of them is made up, and they say so.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from benchmarks.invent import LAYOUTS, STEMS, Cell, Document, Grid, Inventor
from benchmarks.write import write_docx, write_html, write_xlsx

FARMING = ("高标准农田建设项目", "耕地地力保护补贴项目", "动物疫病防控项目", "农村厕所改造项目")
CULTURE = ("公共图书馆免费开放项目", "送戏下乡项目", "文物保护单位修缮项目", "群众文化活动项目")
TOURISM = ("旅游厕所管护项目", "景区道路标识项目", "旅游宣传推广项目", "旅游安全检查项目")
HOTLINE = ("12345政务服务便民热线运行项目", "政务大厅窗口服务外包项目", "电子政务外网租赁项目")
ROADS = ("农村公路养护项目", "危桥改造项目", "公交运营补贴项目")
OF_HOTLINE = STEMS | {
    "数量": ("热线受理电话数量", "热线话务坐席数量", "服务窗口数量"),
    "质量": ("热线接通率", "工单按时办结率", "热线工单回访率"),
    "满意": ("热线来电群众满意度", "办事群众满意度"),
}
OF_CULTURE = STEMS | {
    "数量": ("演出场次", "接待读者人次", "举办活动次数"),
    "满意": ("观众满意度", "游客满意度"),
}


def _table(*rows: str) -> Grid:
    """Return a grid of rows whose cells are parted by blanks."""
    cells = [[Cell(text) for text in row.split(" ")] for row in rows]
    return Grid(cells, [10] * len(cells[0]))


# Three things are wrong: income is not expenditure, 214 is not the sum of its parts, and the text
# states another income than the table.
TABLES: tuple[str | Grid, ...] = (
    "2019年预算收入530.00万元，预算支出510.00万元。",
    "部门预算收入总表",
    "单位：万元",
    _table("项目 合计 财政拨款收入 其他收入", "合计 520.00 500.00 20.00"),
    "部门预算支出总表",
    "单位：万元",
    _table(
        "科目编码 科目名称 合计 基本支出 项目支出",
        " 合计 510.00 200.00 310.00",
        "214 交通运输支出 510.00 200.00 310.00",
        "21401 公路水路运输 480.00 180.00 300.00",
        "2140106 公路养护 480.00 180.00 300.00",
        "21499 其他交通运输支出 20.00 20.00 0.00",
        "2149999 其他交通运输支出 20.00 20.00 0.00",
    ),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper to write; `edits` says what this year's text has in place of last year's."""

    name: str
    layout: str
    department: str
    year: int
    seed: int
    projects: tuple[str, ...]
    code: str = ""
    stems: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: STEMS)
    edits: Mapping[str, str] = field(default_factory=dict[str, str])
    title: str = "部门预算信息公开情况说明"
    blocks: tuple[str | Grid, ...] = ()


PAPERS = (
    Paper("farming-2023.docx", "hebei", "平乡县农业农村局", 2023, 41, FARMING, "301"),
    Paper("farming-2024.docx", "hebei", "平乡县农业农村局", 2024, 41, FARMING, "301",
          edits={"动物疫病防控项目": "重大动物疫病防控经费项目",
                 "农村厕所改造项目": "和美乡村建设项目",
                 "高标准农田建设项目": "（上年结转）高标准农田建设项目", "120": "150",
                 "逐步减少": "2023年12月底前"}),
    Paper("farming-2023-self-evaluation.xlsx", "self-evaluation", "平乡县农业农村局", 2023, 42,
          FARMING, "301", title="项目支出绩效自评"),
    Paper("culture-2023.xlsx", "flat", "平乡县文化局", 2023, 43, CULTURE, "304", OF_CULTURE),
    Paper("tourism-2023.docx", "flat", "平乡县旅游局", 2023, 44, TOURISM, "305", OF_CULTURE),
    Paper("culture-tourism-2024.docx", "flat", "平乡县文化和旅游局", 2024, 43,
          (*CULTURE[:2], *TOURISM[:2]), "306", OF_CULTURE, {"12": "14"}),
    Paper("services-2023.html", "municipal", "睢宁县政务服务管理局", 2023, 46, HOTLINE,
          stems=OF_HOTLINE),
    Paper("data-2024.docx", "municipal", "睢宁县数据局", 2024, 46, HOTLINE, "", OF_HOTLINE,
          {"5000": "6000", "电子政务外网租赁项目": "电子政务外网线路租赁项目"}),
    Paper("water-2024.docx", "department", "长沙县水利局", 2024, 48, FARMING),
    Paper("roads-2019.docx", "form-2015", "鄄城县交通运输局", 2019, 49, ROADS, blocks=TABLES),
)  # fmt: skip
WRITERS: dict[str, Callable[[Document, Path, int], None]] = {
    ".docx": write_docx,
    ".xlsx": write_xlsx,
    ".html": write_html,
}


class Planned(Inventor):
    """Makes up papers about the projects that a department has, with its own indicators."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(paper.seed)
        self._names, self.stems = paper.projects, dict(paper.stems)

    def names(self, count: int) -> list[str]:
        """Return the department's projects."""
        return list(self._names[:count])


def document(paper: Paper) -> Document:
    """Return what a paper says."""
    made = LAYOUTS[paper.layout](Planned(paper), paper.year)
    head = [
        f"{paper.department}{paper.year}年{paper.title}",
        "本文件为虚构的测试文件，内容不反映任何单位的实际情况。",
        f"预算年度：{paper.year}",
        f"{paper.code}{paper.department}" if paper.code else f"编制单位：{paper.department}",
    ]
    for cell in chain.from_iterable(chain.from_iterable(_rows(block) for block in made.blocks)):
        cell.text = _edited(cell.text, paper)
        cell.number = _number(cell)
    blocks = [_edited(b, paper) if isinstance(b, str) else b for b in made.blocks]
    return Document(made.layout, [*head, *paper.blocks, *blocks], made.truth)


def _rows(block: str | Grid) -> list[list[Cell]]:
    return [] if isinstance(block, str) else block.rows


def _edited(text: str, paper: Paper) -> str:
    for old, new in paper.edits.items():
        text = text.replace(old, new)
    return text


def _number(cell: Cell) -> float | None:
    return None if cell.number is None else float(cell.text)


def main(folder: Path) -> None:
    """Write the papers."""
    folder.mkdir(parents=True, exist_ok=True)
    for paper in PAPERS:
        print(write(paper, folder).name)


def write(paper: Paper, folder: Path) -> Path:
    """Write a paper, return where."""
    path = folder / paper.name
    WRITERS[path.suffix](document(paper), path, paper.seed)
    return path


if __name__ == "__main__":
    main(Path(sys.argv[1]))
