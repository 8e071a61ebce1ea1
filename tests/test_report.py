"""The report in a real browser, and the pages of the rules."""

import re
import shutil
import subprocess
from pathlib import Path
from unicodedata import normalize

import msgspec
import pytest
from scripts.docs.rules import pages
from tests.accounted import OTHER

from jixiao.checks.catalogue import rules
from jixiao.model.record import Record
from jixiao.pipeline.build import read_and_check
from jixiao.pipeline.reports import check_one
from jixiao.publishing.report import Sheet, html

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"


@pytest.fixture(scope="session")
def chromium() -> str:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed")
    return program


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = read_and_check(PDF)
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(html([Sheet(built.record, built.report, built.path)], "en"), encoding="utf-8")
    return file


def seen(chromium: str, report: Path, address: str = "") -> str:
    """Return the document as the browser has it, with its scripts run."""
    asked = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    done = subprocess.run(
        [chromium, *asked, report.as_uri() + address],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def shown(page: str) -> list[tuple[str, str, str]]:
    """Return severity, rule and project of each finding that is not hidden."""
    cards = re.findall(r'<details class="finding [^>]*>', page)
    parts = (r'data-severity="(.*?)"', r'data-rule="(.*?)"', r'data-project="(.*?)"')
    found = list[tuple[str, str, str]]()
    for card in cards:
        if " hidden" not in card:
            one, two, three = (m[1] if (m := re.search(part, card)) else "" for part in parts)
            found.append((one, two, three))
    return found


def test_everything_is_shown_at_first(chromium: str, report: Path) -> None:
    page = seen(chromium, report)
    assert len(shown(page)) > 1060
    assert ">1068 / 1068</output>" in page, "what is shown twice counts once"
    assert page.index('id="matters"') < page.index("2312.92") < page.index('class="matrix"')
    assert page.count('class="cut page-') > 1000, "each finding has its cut-out"


def test_filters_work_without_a_server(chromium: str, report: Path) -> None:
    by_rule = shown(seen(chromium, report, "#rule=M01"))
    assert len(by_rule) == 35 and {rule for _, rule, _ in by_rule} == {"M01"}
    by_severity = shown(seen(chromium, report, "#severity=error"))
    assert {severity for severity, _, _ in by_severity} == {"error"}
    project = next(p for _, _, p in by_rule)
    by_project = shown(seen(chromium, report, f"#project={project}&severity=error,warning"))
    assert {p for _, _, p in by_project} == {project}
    assert {severity for severity, _, _ in by_project} == {"error", "warning"}


def test_the_report_prints(chromium: str, tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    part = PdfWriter()
    part.append(PDF, pages=(22, 28))
    part.write(tmp_path / "part.pdf")
    built, report = read_and_check(tmp_path / "part.pdf"), tmp_path / "report.html"
    report.write_text(html([Sheet(built.record, built.report, built.path)], "zh"), encoding="utf-8")
    out = tmp_path / "report.pdf"
    asked = ["--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}"]
    command = [chromium, *asked, report.as_uri()]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    printed = PdfReader(out)
    assert len(printed.pages) > 5
    text = normalize("NFKC", "".join(page.extract_text() for page in printed.pages))
    names = {
        indicator.level3 for project in built.record.projects for indicator in project.indicators
    }
    assert sum(name in "".join(text.split()) for name in names) > 10
    assert any(page.images for page in printed.pages), "the cut-outs are printed as well"


def test_the_report_frames_what_was_not_read(
    chromium: str, read_in_part: Record, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    sheet = Sheet(read_in_part, check_one(read_in_part), PDF)
    file.write_text(html([sheet], "en"), encoding="utf-8")
    page = seen(chromium, file)
    section = page[page.index('id="read"') : page.index('id="matters"')]
    assert "99.0 % of 1,937 cells read; 19 unread on pages 22, 25–26" in section
    lines = re.findall('<details class="unread"><summary>(.*?)</summary>', section)
    names = [re.search("<b>(.*?)</b>", line) for line in lines]
    assert [name and name[1] for name in names] == [
        "table 13",
        "（上年结转）人民防空方案计划编制经费启动资金",
        "城建工作领导小组办公室专项经费",
        "prose",
    ]
    assert "82.6 % read · 8 cells unread on pages 25–26" in lines[1]
    # One of the eight cells of the second table is printed on two pages.
    for line, framed in zip(section.split('class="unread"')[1:4], ([3], [4, 5], [8]), strict=True):
        pictures = re.findall('class="cut page-.*?</div>', line)
        assert [picture.count("<i ") for picture in pictures] == framed
    assert "“财政拨款” <span" in section and "column of no known meaning" in section
    assert "35 parts were read whole" in section
    found = re.sub("<.*?>", " ", section[section.index('class="found"') :])
    assert re.search("department +cover “巨鹿县人民政府办公室” +page 1", found)
    assert re.search("year +given by the user “2023”", found)


def test_the_report_keeps_what_no_field_has(read_in_part: Record) -> None:
    page = html([Sheet(read_in_part, check_one(read_in_part), None)], "zh")
    assert '<dt class="own">绩效监控责任人</dt><dd>办公室王主任</dd>' in page
    assert f'<dt class="own">{OTHER}</dt><dd>历史标准</dd>' in page
    (table,) = re.findall('<table class="recipients">(.*?)</table>', page)
    cells = re.findall("<td.*?>(.*?)</td>", table)
    assert cells == ["巨鹿镇", "≥10个", "第 25 页", "王虎寨镇", "—", "第 25 页"]


def test_without_coverage_the_report_has_no_such_section(read_in_part: Record) -> None:
    document = msgspec.structs.replace(read_in_part.document, found={})
    bare = msgspec.structs.replace(read_in_part, document=document, coverage=(), unread=())
    text = html([Sheet(bare, check_one(bare), None)], "zh")
    assert 'id="read"' not in text


def test_the_report_asks_for_nothing(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert not re.search(r"https?://|@import|<link|<script src", text)
    assert not re.search(r"url\((?!data:)", text)


def test_the_pages_of_the_rules_are_those_of_the_shapes() -> None:
    folder = ROOT / "docs" / "rules"
    written = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    assert written == pages(), "run scripts/rules"
    for code, rule in rules().items():
        if not rule.of_reader:
            assert "```turtle" in written[f"{code}.md"]
            assert rule.sources, code
