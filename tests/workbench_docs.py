"""Rewrites the pictures of docs/workbench.md, and its table of the protocol.

python -m tests.workbench_docs
"""

import io
import re
import shutil
import tempfile
from pathlib import Path

import PIL.Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests.protocol import served, table
from tests.servers import Served, workbench

from jixiao.pipeline.build import build

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DOCUMENT, PICTURES = ROOT / "docs" / "workbench.md", ROOT / "docs" / "workbench"
HOME = "https://w3id.org/jixiao/"
_SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
_BUDGETS = "&".join(f"budget={HOME}id/budget/130532-caa4c9187d/{year}" for year in (2023, 2024))
_MARK = r"(<!-- protocol -->\n).*?(<!-- end -->)"


def main() -> None:
    """Make the pictures and the table."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build([ROOT / "tests" / "data" / "corpus", PDF], store, jobs=2)
        with workbench(store, Path(folder) / "server") as server:
            _pictures(server)
        with served(Path(folder) / "protocol") as address:
            text = DOCUMENT.read_text(encoding="utf-8")
            found = re.sub(_MARK, rf"\1{table(address)}\2", text, flags=re.DOTALL)
    DOCUMENT.write_text(found, encoding="utf-8")


def _pictures(server: Served) -> None:
    program = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (width, height) in _SIZES.items():
            _at_size(browser, server, name, width, height)
        browser.close()


def _at_size(browser: Browser, server: Served, name: str, width: int, height: int) -> None:
    context = browser.new_context(
        base_url=server.url, locale="zh-CN", viewport={"width": width, "height": height}
    )
    page = context.new_page()
    page.set_default_timeout(60_000)

    def keep(shown: str) -> None:
        picture = PIL.Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.quantize(64).save(PICTURES / f"{shown}-{name}.png", optimize=True)

    page.goto("/")
    keep("overview")
    page.goto("/page/id/project/130529-20a459ccbc/2023/8a2871c9a0")
    keep("project")
    page.goto("/page/id/budget/130529-20a459ccbc/2023")
    page.get_by_role("link", name=re.compile("X01 说明文字中")).click()
    page.locator(".sheet image").wait_for()
    page.wait_for_load_state("networkidle")
    if name == "phone":
        page.evaluate("scrollTo(0, 0)")
    keep("finding")
    page.goto(f"/compare?{_BUDGETS}")
    page.locator("#completeness").evaluate("found => found.scrollIntoView()")
    keep("compare")
    _editor(page)
    keep("editor")
    _trial(page)
    keep("try")
    context.close()


def _editor(page: Page) -> None:
    page.goto("/editor")
    page.wait_for_selector("body[data-ready=yes]")
    page.locator("#examples").select_option("percent-targets")
    page.locator(".yasqe_queryButton").click()
    page.wait_for_selector(".yasr table tbody tr")
    page.locator(".yasr .select_chart").click()
    at = ".yasqe" if (page.viewport_size or {"width": 0})["width"] < 1000 else "h1"
    page.locator(at).first.evaluate("found => found.scrollIntoView()")


def _trial(page: Page) -> None:
    page.goto("/try")
    page.locator("input[type=file]").set_input_files(PDF)
    page.get_by_role("button", name="审查").click()
    page.locator("#audit").wait_for()


if __name__ == "__main__":
    main()
