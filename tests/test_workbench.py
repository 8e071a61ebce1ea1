"""The workbench as people meet it: in a real browser, over every page."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from tests.accounted import OTHER
from tests.servers import Served, workbench

from jixiao.pipeline.build import build
from jixiao.rdf.questions import questions

expect.set_options(timeout=30_000)  # milliseconds: on a machine that does other things as well
ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
HOME = "https://w3id.org/jixiao/"
PROJECT = "id/project/130529-20a459ccbc/2023/8a2871c9a0"
BUDGETS = (
    "id/budget/130529-20a459ccbc/2023",
    "id/budget/130532-caa4c9187d/2023",
    "id/budget/130532-caa4c9187d/2024",
)
COMPARE = "/compare?" + "&".join(f"budget={quote(HOME + budget)}" for budget in BUDGETS)
PAGES = {
    "overview": "/",
    "departments": "/departments",
    "search": f"/search?q={quote('热线')}",
    "department": "/page/id/dept/130532-caa4c9187d",
    "budget": f"/page/{BUDGETS[0]}",
    "project": f"/page/{PROJECT}",
    "value": f"/printed/{PROJECT}",
    "thing": "/page/code/unit/percent",
    "compare": COMPARE,
    "rules": "/rules",
    "rule": "/rule/M01",
    "questions": "/questions",
    "question": "/question/percent-targets",
    "editor": "/editor",
    "try": "/try",
    "problem": "/page/id/none",
}


@pytest.fixture(scope="module")
def server(corpus_server: Served) -> Served:
    return corpus_server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    """A page that fails the test when something is wrong behind it, or it asks elsewhere."""
    context = browser.new_context(base_url=server.url, locale="zh-CN")
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda asked: None if asked.url.startswith((server.url, "data:", "blob:"))
            else wrong.append(f"asked {asked.url}"))  # fmt: skip
    yield page
    context.close()
    assert [w for w in wrong if "404" not in w] == []


def _ready(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    if name == "editor":
        page.wait_for_selector("body[data-ready=yes]")
    if name == "question":
        page.wait_for_selector("#answer table")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_for_screen_readers(page: Page, name: str) -> None:
    _ready(page, name)
    _fit_for_screen_readers(page)


def test_a_finding_is_fit_for_screen_readers(page: Page) -> None:
    page.goto(PAGES["budget"])
    page.get_by_role("link", name=re.compile("X01 说明文字中")).click()
    expect(page.locator("#frame")).to_be_visible()
    _fit_for_screen_readers(page)


def _fit_for_screen_readers(page: Page) -> None:
    axe: Any = Axe()
    found: list[dict[str, Any]] = axe.run(page).response["violations"]
    grave = [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
    assert grave == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen(page: Page, name: str) -> None:
    _ready(page, name)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width + 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_to_itself(page: Page, name: str) -> None:
    response = page.goto(PAGES[name])
    assert response
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe-eval" not in policy
    assert ("unsafe-inline" in policy) == (name == "editor"), "styles of the editor, never scripts"
    assert "script-src" not in policy


def test_an_auditor_walks_from_a_finding_to_the_framed_cell(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="巨鹿县人民政府办公室").click()
    page.get_by_role("link", name=re.compile("^2023")).click()
    page.get_by_role("link", name=re.compile("X01 说明文字中")).click()
    expect(page.locator("h1")).to_contain_text("X01")
    expect(page.locator("q").first).to_contain_text("2312.92万元")
    expect(page.get_by_text("312.92 万元，合计即与项目支出相符")).to_be_visible()
    frame = page.locator("#frame")
    expect(frame).to_be_in_viewport()
    image = page.locator(".sheet image")
    address = image.get_attribute("href")
    assert address and address.endswith("/23.png")
    picture = page.request.get(address)
    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
    assert "immutable" in picture.headers["cache-control"]


@pytest.fixture
def in_part(browser: Browser, store_read_in_part: Path, tmp_path: Path) -> Iterator[Page]:
    """A page of a workbench whose document was read in part."""
    with workbench(store_read_in_part, tmp_path / "server") as served:
        context = browser.new_context(base_url=served.url, locale="zh-CN")
        yield context.new_page()
        context.close()


def test_what_was_not_read_is_framed(in_part: Page) -> None:
    page = in_part
    page.goto("/departments")
    page.get_by_role("link", name="2023").click()
    expect(page.locator(".read")).to_have_text(
        "读取情况：1,937 个单元格已读 99.0%，19 个未读 · 正文 7,388 字已读 99.5%，35 字未读"
    )
    page.locator(".read a").click()
    rows = page.locator("table.reading tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("人民防空方案计划编制经费启动资金")
    expect(rows.nth(1)).to_contain_text("82.6%")
    expect(rows.nth(1)).to_contain_text("8 个单元格")
    expect(page.locator("#read")).to_contain_text("35 处全部读完")
    expect(page.locator("#read")).to_contain_text("用户清单")
    _fit_for_screen_readers(page)
    rows.nth(1).get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("人民防空方案计划编制经费启动资金")
    expect(page.locator("#frame")).to_be_in_viewport()
    assert page.locator(".sheet image").count() == 2, "the table is on two pages"
    assert page.locator("rect.frame").count() == 9, "one of the eight cells is on both"
    _fit_for_screen_readers(page)
    page.go_back()
    rows.last.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("正文 第 3 页")
    words = "".join(page.locator(".quotes q").all_inner_texts())
    assert len(re.sub(r"[\s“”]", "", words)) == 35


def test_a_project_shows_what_no_field_has_and_what_was_not_read(in_part: Page) -> None:
    page = in_part
    page.goto("/search?q=人民防空方案计划编制")
    page.get_by_role("link", name=re.compile("^项目 ")).click()
    page.locator(".hits a").first.click()
    expect(page.locator("main > dl.others")).to_contain_text("办公室王主任")
    first = page.locator("tr.below").first
    expect(first.locator("dl.others")).to_contain_text(OTHER)
    expect(first.locator("table.recipients")).to_contain_text("≥10个")
    expect(page.locator("#unread li")).to_have_count(8)
    _fit_for_screen_readers(page)
    page.locator("#unread li a").first.click()
    assert page.locator("rect.frame").count() == 1
    expect(page.get_by_role("link", name=re.compile("人民防空方案"))).to_be_visible()


def test_keys_lead_to_the_next_finding_and_back(page: Page) -> None:
    page.goto("/rule/M01")
    page.locator(".findings a").first.click()
    at, of = map(int, re.findall(r"\d+", page.locator(".walk").inner_text()))
    for key, step in (("j", 1), ("ArrowRight", 1), ("ArrowLeft", -1), ("k", -1)):
        page.keyboard.press(key)
        at += step
        expect(page.locator(".walk")).to_contain_text(f"{at} / {of}")
    assert page.url.endswith("?rule=M01&severity="), "the walk stays with the rule"
    page.keyboard.press("Shift+ArrowRight")  # chooses text
    expect(page.locator(".walk")).to_contain_text(f"{at} / {of}")


def test_every_value_of_a_project_leads_to_its_place(page: Page) -> None:
    page.goto(PAGES["project"])
    targets = page.locator("table.indicators td:nth-child(3) a").all()
    assert len(targets) == 7
    for at in range(len(targets)):
        link = page.locator("table.indicators td:nth-child(3) a").nth(at)
        stated = link.inner_text()
        link.click()
        expect(page.locator("q").first).to_have_text(stated)
        assert page.locator("rect.frame").count() == 1
        page.go_back()


def test_a_researcher_finds_and_compares(page: Page) -> None:
    page.goto("/")
    page.locator("main input[name=q]").fill("热线")
    page.keyboard.press("Enter")
    expect(page.locator(".hits li").first).to_contain_text("热线")
    page.get_by_role("link", name=re.compile("^项目 ")).click()
    assert page.locator(".hits li").count() == 3
    page.goto("/compare?q=农业农村局")
    for box in page.locator("input[name=budget]").all()[:3]:
        box.check()
    page.get_by_role("button", name="比较").click()
    assert page.locator("table.matrix thead th").count() >= 3
    assert page.locator("table.bars tbody tr").count() > 3
    assert page.locator("#clusters tbody tr").count() > 3
    stable = page.url
    page.goto(stable)
    assert page.locator("input[name=budget]:checked").count() == 3
    with page.expect_download() as started:
        page.locator("#completeness").get_by_role("link", name="CSV").click()
    rows = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "department_name,budget_year,notation,category_name,having,of_all"
    page.goto(stable)
    page.locator("#completeness").get_by_role("link", name="SPARQL").click()
    page.wait_for_selector("body[data-ready=yes]")
    page.locator(".yasqe_queryButton").click()
    page.wait_for_selector(".yasr table tbody tr")
    assert page.locator(".yasr table tbody tr").count() == len(rows) - 1


def test_a_question_is_there_before_its_answer(page: Page) -> None:
    page.route("**/answer/*", lambda route: None)  # never answered
    page.goto(PAGES["question"])
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    expect(page.locator("h1")).to_have_text("百分比指标值集中在哪些值上（95、98、99），按类别")


def test_an_answer_that_fails_says_so(browser: Browser, server: Served) -> None:
    page = browser.new_page(base_url=server.url, locale="zh-CN")
    page.route("**/answer/*", lambda route: route.continue_(url=f"{server.url}/answer/none"))
    page.goto(PAGES["question"])
    expect(page.locator("#answer:not([aria-busy])")).to_contain_text("none")
    page.unroute("**/answer/*")
    page.route("**/answer/*", lambda route: route.abort())
    page.reload()
    expect(page.locator("#answer:not([aria-busy])")).to_have_text("服务器没有应答，请刷新页面。")
    page.close()


def test_without_scripts_a_question_leads_to_its_answer(browser: Browser, server: Served) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGES["question"])
    expect(page.locator("#answer table")).to_be_visible()
    assert "/answer/" in page.url
    context.close()


def test_the_editor_offers_the_questions_and_completes(page: Page) -> None:
    _ready(page, "editor")
    assert page.locator("#examples option").count() == len(questions()) + 1, "and none"
    page.locator("#examples").select_option("percent-targets")
    page.locator(".yasqe_queryButton").click()
    page.wait_for_selector(".yasr table tbody tr")
    page.evaluate("editor.getTab().getYasqe().setValue('PREFIX jx: <https://w3id.org/jixiao/ns#>\\n"
                  "SELECT * { ?s a jx:BudgetPro')")  # fmt: skip
    page.evaluate("""const yasqe = editor.getTab().getYasqe();
        yasqe.focus(); yasqe.setCursor(yasqe.lineCount(), 99)""")
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hints")
    hint.wait_for()
    assert "BudgetProject" in hint.inner_text()


def test_the_editor_draws_an_answer(page: Page) -> None:
    _ready(page, "editor")
    page.evaluate("""editor.getTab().getYasqe().setValue(`SELECT ?name ?count ?change {
        VALUES (?name ?count ?change) { ("甲" 3 -1) ("乙" 6 2) ("丙" 1.5 1) } }`)""")
    page.locator(".yasqe_queryButton").click()
    page.wait_for_selector(".yasr table tbody tr")
    page.locator(".yasr .select_chart").click()
    bars = page.locator(".bars-of-answer rect")
    expect(bars).to_have_count(3)
    page.locator(".answer-chart select").nth(1).select_option("count")
    widths = [float(str(bar.get_attribute("width"))) for bar in bars.all()]
    assert widths[1] == 2 * widths[0] == 4 * widths[2]
    page.locator(".answer-chart select").nth(0).select_option("name")
    expect(page.locator(".bars-of-answer text").first).to_have_text("甲")
    page.locator(".answer-chart select").nth(2).select_option("line")
    expect(page.locator(".line-of-answer circle")).to_have_count(3)
    assert page.locator(".line-of-answer polyline").get_attribute("points")
    axe: Any = Axe()
    found: list[dict[str, Any]] = axe.run(page, context=".answer-chart").response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []


def test_pages_work_without_scripts(browser: Browser, server: Served) -> None:
    context = browser.new_context(base_url=server.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    for name, address in PAGES.items():
        page.goto(address)
        assert page.locator("h1").inner_text() or name == "overview"
    page.goto("/rule/X01")
    page.locator(".findings a").first.click()
    assert page.locator(".walk").is_visible()
    page.goto("/try")
    page.locator("input[type=file]").set_input_files(
        ROOT / "tests/data/juluxian-2023/juluxian-2023.html"
    )
    page.get_by_role("button", name="审查").click()
    expect(page.locator("#audit")).to_be_visible(timeout=60_000)  # the page reloads by itself
    context.close()


def test_a_page_is_in_the_language_that_is_asked_for(browser: Browser, server: Served) -> None:
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/rules")
    assert page.locator("h1").inner_text() == "Rules" or page.locator("h1").inner_text() == "rules"
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith("/rules")
    assert page.locator("h1").inner_text() == "规则"
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    context.close()


def test_a_visitor_tries_a_file_that_nobody_else_sees(
    page: Page, browser: Browser, server: Served
) -> None:
    page.goto("/try")
    page.locator("input[type=file]").set_input_files(PDF)
    page.get_by_role("button", name="审查").click()
    page.locator("#audit").click(timeout=60_000)
    expect(page.locator("h1")).to_have_text("巨鹿县人民政府办公室 2023")
    page.get_by_role("link", name=re.compile("X01 说明文字中")).click()
    expect(page.locator("#frame")).to_be_visible()
    assert "/try/page/id/finding/" in page.url
    assert page.request.get(str(page.locator(".sheet image").get_attribute("href"))).status == 200
    mine = page.url
    stranger = browser.new_context(base_url=server.url)
    assert stranger.request.get(mine, headers={"accept": "application/json"}).status == 400
    stranger.close()
    _fit_for_screen_readers(page)
    page.goto("/try")
    _fit_for_screen_readers(page)
    page.get_by_role("button", name="删除").click()
    assert page.request.get(mine).status == 400


def test_waiting_for_a_trial_survives_a_request_that_fails(
    browser: Browser, server: Served
) -> None:
    context = browser.new_context(base_url=server.url, locale="zh-CN")
    page, asked = context.new_page(), list[str]()

    def unsure(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/try/status", unsure)
    page.goto("/try")
    page.locator("input[type=file]").set_input_files(PDF)
    page.get_by_role("button", name="审查").click()
    expect(page.locator("#audit")).to_be_visible(timeout=60_000)
    assert len(asked) > 1
    context.close()


def test_a_file_that_is_no_disclosure_is_told_in_a_line(page: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pdf"
    wrong.write_bytes(b"%PDF-1.7 nothing")
    page.goto("/try")
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name="审查").click()
    told = page.locator(".repair")
    expect(told).to_contain_text("wrong.pdf", timeout=30_000)
    assert "/tmp" not in told.inner_text()


def test_importing_is_refused_unless_allowed(page: Page, browser: Browser, tmp_path: Path) -> None:
    page.goto("/try")
    assert page.locator("form[action='/try/import']").count() == 0
    assert page.request.post("/try/import").status == 403
    store = tmp_path / "store"
    build([ROOT / "tests/data/corpus/farming-2023.docx"], store)
    with workbench(store, tmp_path / "server", "--allow-import") as open_one:
        context = browser.new_context(base_url=open_one.url, locale="zh-CN")
        other = context.new_page()
        other.goto("/try")
        other.locator("input[type=file]").set_input_files(PDF)
        other.get_by_role("button", name="审查").click()
        other.get_by_role("button", name="加入数据库").click(timeout=60_000)
        expect(other.get_by_text("已加入数据库")).to_be_visible(timeout=60_000)
        other.goto("/departments")
        expect(other.get_by_role("link", name="巨鹿县人民政府办公室")).to_be_visible()
        context.close()
