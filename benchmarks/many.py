"""Writes as many invented papers as asked for: departments of real counties, made-up contents.

    python -m benchmarks.many FOLDER --count 1000 [--pdf]

Each department has two years, and counties copy from each other as they do. Beyond what 18 bureaus
of 30 counties make, the same counties have further bureaus (财政局二 …).
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import count, islice, product
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
    document,
    write,
)
from benchmarks.invent import STEMS
from benchmarks.write import page

CHROMIUM = "/usr/bin/chromium"
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


def papers(number_of: int) -> Iterator[Paper]:
    """Yield so many papers, the same each time."""
    places = (
        (bureau, county + bureau[0] + more, year)
        for more in _counting()
        for bureau, county, year in product(BUREAUS, COUNTIES, (2023, 2024))
    )
    for number, (bureau, department, year) in enumerate(islice(places, number_of)):
        _, projects, stems = bureau
        seed = 1000 + number // 2 % 97  # so that some counties say the same
        layout = LAYOUTS[number // 2 % len(LAYOUTS)]
        name = f"{number:05}-{year}.html"
        yield Paper(name, layout, department, year, seed, projects, str(100 + number // 2), stems)


def _counting() -> Iterator[str]:
    yield ""
    yield from (f"第{number}中心" for number in count(1))


def print_pdfs(papers: Iterable[Paper], folder: Path) -> None:
    """Print papers as PDFs, all in one browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        sheet = browser.new_page()
        for paper in papers:
            target = (folder / paper.name).with_suffix(".pdf")
            if target.is_file():
                continue
            sheet.set_content(page(document(paper), "ruled", paper.seed))
            sheet.pdf(path=target, prefer_css_page_size=True)
        browser.close()


def main() -> None:
    """Write the papers into a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--pdf", action="store_true", help="print them with Chromium")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.pdf:
        print_pdfs(papers(given.count), given.folder)
        return
    for paper in papers(given.count):
        write(paper, given.folder)


if __name__ == "__main__":
    main()
