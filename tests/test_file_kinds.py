# pyright: basic
"""The same disclosure in whatever file it came: one record, or one clear line."""

import shutil
import tempfile
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import Alignment

import jixiao
from jixiao.errors import FileError, UsageError
from jixiao.extraction import read
from jixiao.model.record import Record
from jixiao.pipeline.build import build

ROOT = Path(__file__).parents[1]
JULU = ROOT / "tests" / "data" / "juluxian-2023" / "juluxian-2023.docx"

HEAD = ["一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值", "指标值确定依据"]
ROWS = [
    ["产出指标", "数量指标", "培训场次", "全年培训的场次", "≥12场", "工作计划"],
    ["产出指标", "质量指标", "合格率", "考试合格人数占比", "95%", "历史数据"],
    ["效益指标", "社会效益指标", "知晓率", "群众知晓比例", "≥90.5%", "问卷调查"],
]


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "绩效目标"
    for order, name in ((1, "甲项目"), (2, "乙项目")):
        sheet.append([f"{order}.{name}绩效目标表"])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=6
        )
        sheet.append(["绩效目标", f"{name}的目标"])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, start_column=2, end_column=6
        )
        sheet.append(HEAD)
        first = sheet.max_row + 1
        for row in ROWS:
            sheet.append(row)
        sheet.merge_cells(start_row=first, end_row=first + 1, start_column=1, end_column=1)
        value = sheet.cell(first + 1, 5, 0.95)
        value.number_format = "0%"
        sheet.cell(first, 1).alignment = Alignment(vertical="center")
        if order == 1:
            sheet.append([])
    hidden = book.create_sheet("代码")
    hidden.sheet_state = "hidden"
    hidden.append(["不公开"])
    book.save(path)
    return path


def stated(record: Record) -> list[tuple[str, int | None, list[list[str]]]]:
    return [
        (
            project.name,
            project.order,
            [
                [i.level1, i.level2, i.level3, i.description, i.value, i.basis or ""]
                for i in project.indicators
            ],
        )
        for project in record.projects
    ]


def test_a_workbook_with_several_tables_a_sheet(tmp_path: Path) -> None:
    record = read(workbook(tmp_path / "a.xlsx"))
    assert stated(record) == [("甲项目", 1, ROWS), ("乙项目", 2, ROWS)]
    assert [g.text for p in record.projects for g in p.goals] == ["甲项目的目标", "乙项目的目标"]
    where = record.projects[1].indicators[1].where
    assert where.cells["value"].path == "绩效目标!E12"
    assert record.document.format == "xlsx"
    assert "hidden-sheet" in [problem.code for problem in record.problems]


def test_tables_without_a_blank_row_between_are_told_apart(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx"))
    sheet = book["绩效目标"]
    merged = [str(area) for area in sheet.merged_cells.ranges]
    for area in merged:
        sheet.unmerge_cells(area)
    sheet.delete_rows(7)
    book.save(tmp_path / "a.xlsx")
    tables = jixiao.tables(tmp_path / "a.xlsx")
    assert [table.rows for table in tables] == [5, 5]


def test_numbers_are_read_as_they_are_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    for row, (value, shown) in enumerate(
        [(0.95, "0%"), (0.955, "0.0%"), (663.07, "General"), (1234.5, "#,##0.00"), (12.0, "0")], 1
    ):
        sheet.cell(row, 1, f"甲{row}")
        cell = sheet.cell(row, 2, value)
        cell.number_format = shown
    sheet.cell(6, 1, "合计")
    sheet.cell(6, 2, "=SUM(B1:B5)")
    book.save(tmp_path / "a.xlsx")
    (table,) = jixiao.tables(tmp_path / "a.xlsx")
    assert [row[1] for row in table.texts()] == ["95%", "95.5%", "663.07", "1234.50", "12", ""]
    problems = [(p.code, p.where and p.where.path) for p in read(tmp_path / "a.xlsx").problems]
    assert ("formula-without-value", "Sheet!B6") in problems


def test_a_sheet_is_as_large_as_what_stands_in_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    for row in (1, 2, 3, 5, 6):  # the file has no fourth row
        for column in (1, 2):
            sheet.cell(row, column, f"{row}-{column}")
    sheet.row_dimensions[2].hidden = True
    sheet["A1048576"] = "stray"
    sheet["XFD6"] = "far"
    sheet.merged_cells.add("B3:B1048576")  # `merge_cells` would make each cell of it
    book.save(tmp_path / "a.xlsx")
    (table,) = jixiao.tables(tmp_path / "a.xlsx")
    merged = "3-2"
    assert table.texts() == [
        ["1-1", "1-2", "", ""],
        ["3-1", merged, "", ""],
        ["5-1", merged, "", ""],
        ["6-1", merged, "", "far"],
        ["stray", merged, "", ""],
    ]
    assert [cell.where.path for cell in table.cells if cell.text == "far"] == ["Sheet!XFD6"]
    sheet.merged_cells.remove("B3:B1048576")
    book.save(tmp_path / "a.xlsx")
    one, two = jixiao.tables(tmp_path / "a.xlsx")
    assert [len(one.texts()), len(two.texts())] == [2, 2], "rows that are not there divide them"


def test_word_shows_insertions_controls_and_nested_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("前言")
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "名称"
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text = "内一"
    inner.cell(0, 1).text = "内二"
    space = nsdecls("w")
    changed = f"""<w:p {space}><w:r><w:t>预算</w:t></w:r>
      <w:ins w:id="1" w:author="a"><w:r><w:t>增加</w:t></w:r></w:ins>
      <w:del w:id="2" w:author="a"><w:r><w:delText>减少</w:delText></w:r></w:del>
      <w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r></w:p>"""
    control = f"""<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>控件内</w:t></w:r></w:p>
      </w:sdtContent></w:sdt>"""
    body = document.element[0]
    body.insert(1, parse_xml(changed))
    body.insert(2, parse_xml(control))
    document.save(str(tmp_path / "a.docx"))
    from jixiao.documents.model import Text
    from jixiao.documents.open import open_file

    _, _, flow = open_file(tmp_path / "a.docx", "pdfium")
    assert [b.text for b in flow.blocks if isinstance(b, Text)] == ["前言", "预算增加", "控件内"]
    outer, nested = jixiao.tables(tmp_path / "a.docx")
    assert outer.texts() == [["名称", ""], ["", ""]]
    assert nested.texts() == [["内一", "内二"]]
    assert nested.cells[0].where.path == "/w:tbl[1]/w:tr[2]/w:tc[2]/w:tbl[1]/w:tr[1]/w:tc[1]"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_html_as_its_reader_sees_it(tmp_path: Path, encoding: str) -> None:
    page = """<html><head><meta charset="gb2312"><style>p {}</style></head><body>
    <table><tr><td><table border=1>
    <tr><td rowspan=0>甲</td><td colspan=2>乙<br>丙</td></tr>
    <tr><td>丁</td><td><span style="display: none">藏</span>戊</td></tr>
    <tr hidden><td>己</td></tr></table></td></tr></table></body></html>"""
    (tmp_path / "a.html").write_bytes(page.encode(encoding))
    (table,) = jixiao.tables(tmp_path / "a.html")
    assert table.texts() == [["甲", "乙 丙", "乙 丙"], ["甲", "丁", "戊"]]


def test_a_page_named_like_an_old_workbook_is_read_as_a_page(tmp_path: Path) -> None:
    page = "<html><body><table><tr><td>甲</td><td>乙</td></tr></table></body></html>"
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    (table,) = jixiao.tables(tmp_path / "a.xls")
    assert table.texts() == [["甲", "乙"]]


@pytest.mark.parametrize(("suffix", "kind"), [("doc", "doc"), ("xls", "xls")])
def test_old_office_files_are_converted(
    tmp_path: Path, suffix: str, kind: str, soffice: str
) -> None:
    new = JULU if suffix == "doc" else workbook(tmp_path / "a.xlsx")
    shutil.copy(new, tmp_path / f"old{new.suffix}")
    convert(soffice, suffix, tmp_path / f"old{new.suffix}")
    old, want = read(tmp_path / f"old.{suffix}"), read(new)
    assert old.document.format == kind
    assert stated(old) == stated(want)


def convert(soffice: str, suffix: str, path: Path) -> None:
    import subprocess

    profile = (path.parent / "profile").as_uri()
    command = [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix]
    subprocess.run([*command, "--outdir", str(path.parent), str(path)], check=True, timeout=180)


def test_without_libreoffice_an_old_file_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileError, match=r"install it .*or save the file as \.docx"):
        read(tmp_path / "a.doc")


def archive(path: Path, flags: int = 0) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(JULU, "附件/巨鹿.docx")
        packed.writestr("附件/说明.exe", b"MZ")
        packed.writestr("附件/坏.pdf", b"%PDF-1.7 but nothing else\n%%EOF\n")
    return path


def test_an_archive_of_attachments(tmp_path: Path) -> None:
    done = build([archive(tmp_path / "附件.zip")], tmp_path / "store")
    assert [built.record.document.file for built in done.built] == ["巨鹿.docx"]
    (failed,) = done.failed
    assert failed.error.message.en.startswith(f"{tmp_path}/附件.zip/附件/坏.pdf: ")
    again = build([tmp_path / "附件.zip"], tmp_path / "store")
    assert (len(again.built), len(again.skipped)) == (0, 1)


def test_names_of_chinese_windows_in_an_archive(tmp_path: Path) -> None:
    from jixiao.pipeline.archives import members

    name = "预算公开.docx".encode("gb18030")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("x" * len(name), b"1")
    data = (tmp_path / "a.zip").read_bytes().replace(b"x" * len(name), name)
    (tmp_path / "a.zip").write_bytes(data)
    assert members(tmp_path / "a.zip", frozenset({".docx"})) == [(0, "预算公开.docx")]


def test_no_more_of_an_archive_is_unpacked_than_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for number in range(12):
            packed.writestr(f"{number}/公开.html", f"<p>某某局20{number:02}年部门预算</p>")
    (scratch := tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    most = 0

    def counted(done: int, total: int) -> None:
        nonlocal most
        most = max(most, sum(1 for _ in scratch.rglob("*.html")))

    done = build([tmp_path / "a.zip"], tmp_path / "store", whole=False, progress=counted)
    assert (done.tally.documents, done.failed) == (12, ())
    assert 0 < most <= 4
    assert not list(scratch.rglob("*.html"))


def test_one_file_of_an_archive_that_is_damaged_costs_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("好.html", "<p>某某局2024年部门预算</p>")
        packed.writestr("坏.html", "<p>某某局2023年部门预算</p>")
    whole = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(whole.replace("2023年".encode(), "2022年".encode()))
    done = build([tmp_path / "a.zip"], tmp_path / "store")
    assert done.tally.documents == 1
    assert [failed.error.code for failed in done.failed] == ["broken-zip"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut", b"no archive"])
def test_a_broken_archive_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(FileError, match="not a whole ZIP archive"):
        build([tmp_path / "a.zip"], tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_reading_one_file_does_not_take_an_archive(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="jixiao build"):
        read(archive(tmp_path / "a.zip"))


def test_a_folder_of_nothing_readable(tmp_path: Path) -> None:
    (tmp_path / "a.exe").write_bytes(b"MZ")
    with pytest.raises(UsageError, match="xlsx"):
        build([tmp_path], tmp_path / "store")
