# pyright: basic
"""Pages that are pictures: recognised, told as such, and never quite sure."""

import cmath
import math
from functools import cache
from pathlib import Path
from typing import Any

import PIL.Image
import pypdfium2
import pytest

from jixiao.documents.model import Table
from jixiao.documents.pdf import page_layout, pdfium, reader
from jixiao.documents.pdf.characters import Page
from jixiao.errors import FileError
from jixiao.extraction import read
from jixiao.model.record import Record
from jixiao.text import squeeze

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DPI = 200
PAGES = (12, 26)
TURN = 1.2  # degrees


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")


@cache
def picture(number: int) -> PIL.Image.Image:
    document = pypdfium2.PdfDocument(PDF)
    drawn = document[number - 1].render(scale=DPI / 72).to_pil()  # pyright: ignore
    document.close()
    return PIL.Image.Image.convert(drawn, "RGB")


@cache
def recognised(number: int, turn: float) -> Page:
    from jixiao.documents.pdf import ocr

    turned = picture(number).rotate(turn, resample=PIL.Image.Resampling.BICUBIC, fillcolor="white")
    return ocr.page(turned, number, DPI)


def cells(page: Page) -> dict[tuple[int, int, int], str]:
    tables = [block for block in page_layout.lay_out([page]).blocks if isinstance(block, Table)]
    return {
        (number, cell.row, cell.column): squeeze(cell.text.text)
        for number, table in enumerate(tables)
        for row in table.grid
        for cell in row
        if cell
    }


@pytest.mark.parametrize(("number", "turn"), [
    pytest.param(12, 0.0, marks=pytest.mark.exhaustive),
    pytest.param(26, 0.0, marks=pytest.mark.exhaustive), (26, TURN),
])  # fmt: skip
def test_cells_of_a_clean_scan(number: int, turn: float) -> None:
    printed_page = list(pdfium.pages(PDF))[number - 1]
    want, got = cells(printed_page), cells(recognised(number, turn))
    exact = sum(got.get(place) == text for place, text in want.items())
    assert exact / len(want) >= 0.95


def test_ruling_lines_are_where_they_are_printed() -> None:
    found = recognised(26, 0.0).rulings
    for x0, top, x1, bottom in list(pdfium.pages(PDF))[25].rulings:
        if x1 - x0 > bottom - top:
            assert any(abs((top + bottom) / 2 - b[1]) < 1.5 and b[2] > b[0] for b in found)
        else:
            assert any(abs((x0 + x1) / 2 - b[0]) < 1.5 and b[3] > b[1] for b in found)


def test_nothing_recognised_is_certain() -> None:
    confidence = recognised(26, 0.0).glyphs.confidence
    assert 0 < confidence.min() <= confidence.max() < 1


def test_a_blank_page_has_no_marks() -> None:
    from jixiao.documents.pdf import ocr

    page = ocr.page(PIL.Image.new("RGB", (800, 1100), "white"), 1, DPI)
    assert (len(page.glyphs), page.rulings) == (0, [])


def test_a_scanned_pdf_says_what_was_recognised(tmp_path: Path) -> None:
    first, second = (picture(number) for number in PAGES)
    scans = [first.crop((0, 0, first.width, first.height // 3)), second]
    scans[0].save(tmp_path / "a.pdf", save_all=True, append_images=scans[1:], resolution=DPI)
    record = read(tmp_path / "a.pdf")
    told = [p.where and p.where.page for p in record.problems if p.code == "recognised-image-page"]
    assert told == [1, 2]
    assert record.projects
    assert all(i.confidence < 1 for p in record.projects for i in p.indicators)


@pytest.fixture(scope="module")
def askew(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """What is read of a picture of a page that lay askew."""
    path = tmp_path_factory.mktemp("askew") / "a.png"
    scan = picture(26).rotate(TURN, resample=PIL.Image.Resampling.BICUBIC, fillcolor="white")
    scan.save(path, dpi=(DPI, DPI))
    return read(path)


def test_a_picture_is_read_like_a_page(askew: Record) -> None:
    assert askew.document.format == "png"
    there = [p for p in read(PDF).projects if any(i.where.page == 26 for i in p.indicators)]
    # The first goes on from the page before, which has its name.
    assert [p.name for p in askew.projects] == ["", *(p.name for p in there[1:])]


def test_on_a_page_that_is_askew_values_are_where_they_are_seen(askew: Record) -> None:
    found = {i.level3: i.where for p in askew.projects for i in p.indicators}
    compared = 0
    for printed_there in (i for p in read(PDF).projects for i in p.indicators):
        there, here = printed_there.where, found.get(printed_there.level3)
        if here and there.page == 26:
            for field, cell in there.cells.items():
                if cell.page != 26:
                    continue
                assert here.cells[field].bbox == pytest.approx(_turned(cell.bbox, TURN), abs=3)
                compared += 1
    assert compared > 20


def _turned(box: object, degrees: float) -> tuple[float, ...]:
    """Return the rectangle around a box that is turned about the middle of its page."""
    assert isinstance(box, tuple)
    width, height = (72 / DPI * side for side in picture(26).size)
    turn = cmath.rect(1, -math.radians(degrees))  # y grows downwards
    middle = complex(width / 2, height / 2)
    corners = [(complex(x, y) - middle) * turn + middle for x in box[::2] for y in box[1::2]]
    xs, ys = [c.real for c in corners], [c.imag for c in corners]
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize(("asked", "given"), [("1", 1), ("", None)])
def test_threads_are_as_many_as_are_asked_for(
    asked: str, given: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jixiao.documents.pdf import ocr

    settings = list[dict[str, Any]]()
    monkeypatch.setattr("rapidocr.RapidOCR", lambda params: settings.append(params))
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    ocr._engine.__wrapped__()
    assert [s.get("EngineConfig.onnxruntime.intra_op_num_threads") for s in settings] == [given]


def test_without_the_extra_it_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "can_recognise", lambda: False)
    picture(26).save(tmp_path / "a.png")
    picture(26).save(tmp_path / "a.pdf", resolution=DPI)
    for name in ("a.png", "a.pdf"):
        with pytest.raises(FileError, match=r"pip install 'jixiao\[ocr\]'"):
            read(tmp_path / name)
