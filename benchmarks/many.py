"""Writes as many invented papers as asked for: departments of real counties, made-up contents.

    python -m benchmarks.many FOLDER --count 1000

Each department has two years, and counties copy from each other as they do.
"""

import argparse
from itertools import islice, product
from pathlib import Path

from benchmarks.corpus import (
    CULTURE,
    FARMING,
    HOTLINE,
    OF_CULTURE,
    OF_HOTLINE,
    ROADS,
    TOURISM,
    Paper,
    write,
)
from benchmarks.invent import STEMS

COUNTIES = (
    "平乡县", "威县", "清河县", "临西县", "内丘县", "柏乡县", "隆尧县", "宁晋县", "新河县",
    "广宗县",
    "睢宁县", "沛县", "丰县", "涟水县", "盱眙县", "金湖县", "射阳县", "建湖县", "滨海县", "响水县",
    "鄄城县", "郓城县", "单县", "曹县", "成武县", "巨野县", "东明县", "阳谷县", "莘县", "冠县",
)  # fmt: skip
BUREAUS = (
    ("农业农村局", FARMING, STEMS), ("文化和旅游局", CULTURE, OF_CULTURE),
    ("政务服务管理局", HOTLINE, OF_HOTLINE), ("交通运输局", ROADS, STEMS),
    ("体育局", TOURISM, OF_CULTURE), ("水利局", FARMING, STEMS), ("教育局", CULTURE, OF_CULTURE),
    ("卫生健康局", HOTLINE, STEMS), ("民政局", HOTLINE, OF_HOTLINE), ("财政局", HOTLINE, STEMS),
    ("住房和城乡建设局", ROADS, STEMS), ("自然资源局", FARMING, STEMS),
    ("市场监督管理局", HOTLINE, OF_HOTLINE), ("审计局", HOTLINE, STEMS), ("统计局", HOTLINE, STEMS),
    ("应急管理局", ROADS, STEMS), ("司法局", HOTLINE, OF_HOTLINE), ("信访局", HOTLINE, OF_HOTLINE),
)  # fmt: skip
LAYOUTS = ("hebei", "flat", "municipal", "form-2015", "department")


def papers(count: int) -> list[Paper]:
    """Return so many papers, the same each time."""
    found = list[Paper]()
    every = islice(product(BUREAUS, COUNTIES, (2023, 2024)), count)
    for number, ((bureau, projects, stems), county, year) in enumerate(every):
        seed = 1000 + number // 2 % 97  # so that some counties say the same
        layout = LAYOUTS[number // 2 % len(LAYOUTS)]
        name = f"{number:05}-{year}.html"
        found.append(
            Paper(name, layout, county + bureau, year, seed, projects, str(100 + number), stems)
        )
    return found


def main() -> None:
    """Write the papers into a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for paper in papers(given.count):
        write(paper, given.folder)


if __name__ == "__main__":
    main()
