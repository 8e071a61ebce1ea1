# pyright: basic
"""Pages whose text cannot be taken as it stands: said so, or recognised, never silently wrong."""

from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import DictionaryObject, NameObject, RectangleObject, TextStringObject

from jixiao.documents.pdf import reader
from jixiao.extraction import read

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
NAMELESS = TextStringObject("Identity")
PAGE = 34  # of the example: indicator tables


def one_page() -> PdfWriter:
    writer = PdfWriter()
    writer.add_page(PdfReader(PDF).pages[PAGE])
    return writer


def saved(writer: PdfWriter, path: Path) -> Path:
    writer.write(path)
    return path


def codes(path: Path) -> set[str]:
    return {problem.code for problem in read(path).problems}


def indicators(path: Path) -> int:
    return sum(len(project.indicators) for project in read(path).projects)


@pytest.fixture
def whole(tmp_path: Path) -> int:
    found = indicators(saved(one_page(), tmp_path / "whole.pdf"))
    assert found > 0
    return found


def test_a_turned_page_is_read_as_it_is_shown(tmp_path: Path, whole: int) -> None:
    for angle in (90, 180, 270):
        writer = one_page()
        writer.pages[0].add_transformation(turned(angle, *size(writer)))
        width, height = size(writer)
        if angle != 180:
            writer.pages[0].mediabox = RectangleObject((0, 0, height, width))
            writer.pages[0].cropbox = RectangleObject((0, 0, height, width))
        writer.pages[0].rotate(angle)
        path = saved(writer, tmp_path / f"{angle}.pdf")
        assert indicators(path) == whole
        assert "sideways-page" not in codes(path)


def turned(angle: int, width: float, height: float) -> Transformation:
    moves = {90: (height, 0), 180: (width, height), 270: (0, width)}
    return Transformation().rotate(angle).translate(*moves[angle])


def size(writer: PdfWriter) -> tuple[float, float]:
    box = writer.pages[0].mediabox
    return float(box.width), float(box.height)


def test_text_on_its_side_is_told(tmp_path: Path) -> None:
    writer = one_page()
    writer.pages[0].rotate(90)
    assert "sideways-page" in codes(saved(writer, tmp_path / "side.pdf"))


def test_fonts_that_name_no_characters_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(nameless(one_page()), tmp_path / "nameless.pdf")
    monkeypatch.setattr(reader, "can_recognise", lambda: False)
    assert "unmapped-font" in codes(path)


def test_fonts_that_name_no_characters_go_to_recognition(tmp_path: Path, whole: int) -> None:
    if not reader.can_recognise():
        pytest.skip("the extra jixiao[ocr] is not installed")
    path = saved(nameless(one_page()), tmp_path / "nameless.pdf")
    record = read(path)
    assert "recognised-unmapped-font" in {problem.code for problem in record.problems}
    assert sum(len(project.indicators) for project in record.projects) == whole


def nameless(writer: PdfWriter) -> PdfWriter:
    """Take from the fonts what says which characters their glyphs are."""
    resources = writer.pages[0]["/Resources"]
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object()
    assert isinstance(fonts, DictionaryObject)
    for key in fonts:
        font = fonts[key].get_object()
        assert isinstance(font, DictionaryObject)
        font.pop(NameObject("/ToUnicode"), None)
        for inner in font.get("/DescendantFonts", []):
            below = inner.get_object()
            below[NameObject("/CIDSystemInfo")][NameObject("/Ordering")] = NAMELESS
    return writer
