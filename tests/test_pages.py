"""The pages of the workbench as they are sent: every value leads to where it is printed."""

import re
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import PIL.Image
import pytest
import requests
from tests.servers import Served, workbench

from jixiao.pipeline.build import build
from jixiao.server.pages import page_images

HOME = "https://w3id.org/jixiao/"
BUDGET = "id/budget/130529-20a459ccbc/2023"
PROJECT = "id/project/130529-20a459ccbc/2023/8a2871c9a0"
FARMING = ("id/budget/130532-caa4c9187d/2023", "id/budget/130532-caa4c9187d/2024")
CORPUS = Path(__file__).parent / "data" / "corpus"
STATIC = Path(__file__).parents[1] / "src" / "jixiao" / "server" / "static"


@pytest.fixture(scope="module")
def server(corpus_server: Served) -> Served:
    return corpus_server


def page(server: Served, path: str, lang: str = "zh-CN") -> str:
    headers = {"accept": "text/html", "accept-language": lang}
    response = requests.get(server.url + path, headers=headers, timeout=60)
    assert response.status_code == 200, (path, response.text)
    return response.text


def links(text: str, kind: str) -> list[tuple[str, str]]:
    """Return the addresses that begin so, each with what is underlined."""
    found = re.findall(rf'<a [^>]*href="({kind}[^"]*)"[^>]*>(.*?)</a>', text)
    return [(unescape(address), unescape(told)) for address, told in found]


def test_every_cell_of_a_budget_table_leads_to_its_row(server: Served) -> None:
    text = page(server, f"/page/{BUDGET}")
    cells = re.findall(
        r'<td class="n">(<a class="value" href="/printed/id/statement/.*?</a>)</td>', text
    )
    assert len(cells) > 200
    assert not re.search(r'<td class="n">[0-9.,]+</td>', text.partition("details")[2])
    for cell in cells[::25]:
        ((address, stated),) = links(cell, "/printed/")
        shown = page(server, address)
        assert f"<q>{stated}</q>" in shown
        assert shown.count('<rect class="frame"') == 1


def test_every_text_of_a_project_leads_to_its_place(server: Served) -> None:
    text = page(server, f"/page/{PROJECT}")
    fields = {"prefLabel", "description", "statedLevel1", "statedLevel2"}
    told = [link for link in links(text, "/printed/") if "?field=" in link[0]]
    assert {address.partition("?field=")[2] for address, _ in told} == fields
    for address, stated in told:
        shown = page(server, address)
        assert f"<q>{stated}</q>" in unescape(shown), address
        assert '<rect class="frame"' in shown


def test_targets_of_the_department_lead_to_their_place(server: Served) -> None:
    found = [link for link in links(page(server, f"/page/{BUDGET}"), "/printed/id/budget/")
             if link[0].endswith("/target")]  # fmt: skip
    assert len(found) > 5
    for address, stated in found:
        assert f"<q>{stated}</q>" in unescape(page(server, address))


@pytest.mark.parametrize("kind", ["png", "jpg", "tiff"])
def test_scans_are_pictures_too(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"scan.{kind}"
    one, other = PIL.Image.new("L", (400, 600), 255), PIL.Image.new("L", (600, 400))
    if kind == "tiff":
        one.save(file, dpi=(100, 100), save_all=True, append_images=[other])
    else:
        one.save(file, dpi=(100, 100))
    assert page_images.page_size(file, 1) == pytest.approx((288, 432), abs=0.01)
    assert (page_images.page_image(file, 1) or b"").startswith(b"\x89PNG")
    second = page_images.page_size(file, 2)
    assert (second is None) == (kind != "tiff")
    assert page_images.page_image(file, 3) is None


def test_what_is_compared_is_chosen_by_region_year_and_words(server: Served) -> None:
    everything = page(server, "/compare")
    region = re.findall(r'<option value="([^"]+)"', everything)[1]
    all_of_them = everything.count('name="budget"')
    for given in (f"region={quote(region)}", "year=2023", f"q={quote('农业农村局')}"):
        offered = page(server, f"/compare?{given}")
        assert 0 < offered.count('name="budget"') < all_of_them
    of_year = page(server, "/compare?year=2024")
    assert not re.search(r'name="budget" value="[^"]*/2023"', of_year)
    none = page(server, f"/compare?year=2019&q={quote('农业农村局')}")
    assert none.count('name="budget"') == 0


def test_projects_are_compared(server: Served) -> None:
    found = page(server, f"/compare?p={quote('热线')}")
    offered = re.findall(r'name="project" value="([^"]+)"', found)
    assert len(offered) == 3
    inside = page(server, f"/compare?budget={quote(HOME + BUDGET)}")
    assert HOME + PROJECT in re.findall(r'name="project" value="([^"]+)"', inside)
    chosen = "&".join(f"project={quote(iri)}" for iri in offered)
    compared = page(server, f"/compare?{chosen}")
    assert compared.count("checked> ") == 3
    matrix = compared.partition('id="project-completeness"')[2].partition("</table>")[0]
    assert matrix.count('<th scope="col">') == 4
    assert "质量指标" in matrix
    assert matrix.count("full-0") > 0, "what a project lacks"
    similar = compared.partition('id="similar"')[2].partition("</table>")[0]
    assert similar.count("<tr>") > 3


@pytest.mark.parametrize("view", [
    "completeness", "targets", "clusters", "project-completeness", "similar", "project-targets",
])  # fmt: skip
def test_every_view_is_a_file_and_a_query(server: Served, view: str) -> None:
    chosen = "&".join(f"budget={quote(HOME + b)}" for b in FARMING)
    text = page(server, f"/compare?{chosen}&project={quote(HOME + PROJECT)}")
    section = text.partition(f'<section id="{view}"')[2].partition("</section>")[0]
    (csv, _), (editor, _) = links(section, "/")[:2]
    file = requests.get(server.url + csv, timeout=60)
    assert file.headers["content-type"].startswith("text/csv")
    rows = file.content.decode("utf-8-sig").splitlines()
    query = parse_qs(urlsplit(editor).query)["query"][0]
    answer = requests.post(f"{server.url}/sparql", data={"query": query}, timeout=60,
                           headers={"accept": "text/csv"})  # fmt: skip
    assert answer.text.splitlines() == rows
    assert len(rows) > 1


def test_a_project_names_those_like_it(server: Served) -> None:
    text = page(server, f"/page/{PROJECT}")
    _, _, section = text.partition("指标相似的项目")
    near = links(section, "/page/id/project/")
    assert near
    assert f"/page/{PROJECT}" not in [address for address, _ in near]
    assert "本项目没有而对方设置的指标" in section
    assert links(text, f"/compare\\?project={quote(HOME + PROJECT, safe='')}".replace("%2F", "/"))


@pytest.mark.parametrize("path", [
    "/", "/departments", "/rules", "/rule/X01", "/questions", "/question/projects",
    "/answer/projects", "/compare", "/editor", "/try", f"/page/{BUDGET}", f"/page/{PROJECT}",
    f"/printed/{PROJECT}",
    "/page/code/unit/percent", "/search?q=x",
])  # fmt: skip
def test_pages_in_english(server: Served, path: str) -> None:
    text = page(server, path, "en-GB,en;q=0.9")
    assert '<html lang="en">' in text
    frame = text.partition("<header>")[2].partition("</header>")[0].replace("中文", "")
    assert not re.search(r"[\u4e00-\u9fff]", frame.partition('value="')[0])
    assert ">compare</a>" in frame


def test_a_table_holds_no_formulas(tmp_path: Path) -> None:
    """The workbook has =55% as a target: a spreadsheet would work it out."""
    build([CORPUS / "culture-2023.xlsx"], tmp_path / "store")
    with workbench(tmp_path / "store", tmp_path / "server") as server:
        address = f"{server.url}/question/where-printed.csv?text=%3D55"
        told = requests.get(address, timeout=60)
        assert told.status_code == 200, told.text
        lines = told.content.decode("utf-8-sig").splitlines()
        cells = [cell for line in lines[1:] for cell in line.split(",")]
        assert any(cell.startswith("'=") for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_what_is_vendored_is_what_its_note_says() -> None:
    folder = STATIC / "yasgui"
    note = (folder / "README.md").read_text(encoding="utf-8")
    for name in ("yasgui.min.js", "yasgui.min.css"):
        assert sha256((folder / name).read_bytes()).hexdigest() in note, name
    assert "MIT" in (folder / "LICENSE").read_text(encoding="utf-8")
