# pyright: basic
"""What a user may hand over by mistake: one line, exit 2, and the store as it was."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw
import pytest
from tests.commands import run, run_apart

ROOT = Path(__file__).parents[1]
PDF = ROOT / "examples" / "juluxian-2023.pdf"
DATA = ROOT / "tests" / "data" / "juluxian-2023"


def _not_a_pdf(folder: Path) -> Path:
    path = folder / "a.pdf"
    path.write_bytes(b"%PDF-1.7 but nothing else\n%%EOF\n")
    return path


def _empty(folder: Path) -> Path:
    path = folder / "a.pdf"
    path.touch()
    return path


def _truncated(folder: Path) -> Path:
    path = folder / "a.pdf"
    path.write_bytes(PDF.read_bytes()[:200_000])
    return path


def _truncated_word(folder: Path) -> Path:
    path = folder / "a.docx"
    path.write_bytes((DATA / "juluxian-2023.docx").read_bytes()[:20_000])
    return path


def _encrypted(folder: Path) -> Path:
    shutil.copy(ROOT / "tests" / "data" / "encrypted.pdf", folder / "a.pdf")
    return folder / "a.pdf"


def _zero_pages(folder: Path) -> Path:
    path = folder / "a.pdf"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]
    body, offsets = b"%PDF-1.7\n", list[int]()
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = (
        b"xref\n0 3\n0000000000 65535 f \n%strailer<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    )
    path.write_bytes(body + tail % (table, len(body)))
    return path


def _without_text(folder: Path) -> Path:
    path = folder / "a.pdf"
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(200, 200)
    box = raw.FPDFPageObj_CreateNewRect(20, 20, 100, 100)
    raw.FPDFPath_SetDrawMode(box, 1, 0)
    raw.FPDFPage_InsertObject(page.raw, box)
    raw.FPDFPage_GenerateContent(page.raw)
    document.save(path)
    return path


def _wrong_extension(folder: Path) -> Path:
    return Path(shutil.copy(PDF, folder / "a.docx"))


def _unknown_extension(folder: Path) -> Path:
    return Path(shutil.copy(PDF, folder / "a.xyz"))


def _other_archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.docx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    return folder / "a.docx"


def _missing(folder: Path) -> Path:
    return folder / "a.pdf"


def _folder_without_documents(folder: Path) -> Path:
    (folder / "inside").mkdir()
    (folder / "inside" / "notes.xyz").touch()
    return folder / "inside"


def _binary_text(folder: Path) -> Path:
    path = folder / "a.txt"
    path.write_bytes(bytes(range(256)) * 8)
    return path


BAD = [
    (_not_a_pdf, "not a readable PDF"),
    (_empty, "is empty"),
    (_truncated, "cut off before its end"),
    (_truncated_word, "not a whole Word document"),
    (_encrypted, "needs a password"),
    (_zero_pages, "has no pages"),
    (_without_text, "no text on its 1 page"),
    (_wrong_extension, "rename it to .pdf"),
    (_unknown_extension, "unknown kind of file"),
    (_other_archive, "not a whole Word document"),
    (_missing, "no such file"),
    (_folder_without_documents, "no documents in this folder"),
    (_binary_text, "not a text file"),
]


@pytest.mark.parametrize(("make", "told"), BAD, ids=lambda value: getattr(value, "__name__", ""))
def test_one_line_and_no_store(make: Callable[[Path], Path], told: str, tmp_path: Path) -> None:
    path, store = make(tmp_path), tmp_path / "store"
    done = run("build", path, "--store", store)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert str(path) in done.stderr
    assert told in done.stderr
    assert not store.exists()


def test_a_locked_pdf_says_nothing_of_the_next_one(tmp_path: Path) -> None:
    """PDFium keeps its last error, for all that one process reads."""
    (tmp_path / "locked").mkdir()
    locked, without_pages = _encrypted(tmp_path / "locked"), _zero_pages(tmp_path)
    assert "needs a password" in run("extract", locked).stderr
    assert "has no pages" in run("extract", without_pages).stderr


def test_both_readers_refuse_a_locked_pdf(tmp_path: Path) -> None:
    for reader in ("pdfium", "pdfplumber"):
        done = run("extract", _encrypted(tmp_path), "--reader", reader)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "password" in done.stderr


def test_an_unreadable_file(tmp_path: Path) -> None:
    path = Path(shutil.copy(PDF, tmp_path))
    path.chmod(0)
    if os.access(path, os.R_OK):
        (tmp_path / "loop.pdf").symlink_to(tmp_path / "loop.pdf")  # root reads everything else
        path = tmp_path / "loop.pdf"
    done = run("extract", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be read" in done.stderr


def test_messages_in_chinese(tmp_path: Path) -> None:
    for done in (
        run_apart("--lang", "zh", "extract", tmp_path / "a.pdf"),
        run_apart("extract", tmp_path / "a.pdf", LC_ALL="zh_CN.UTF-8"),
    ):
        assert "没有这个文件" in done.stderr


def test_one_bad_file_among_many_costs_only_itself(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    _truncated(folder)
    shutil.copy(DATA / "juluxian-2023.html", folder)
    done = run("build", folder, "--store", store)
    assert done.returncode == 1
    assert "1 file built, 1 could not be read" in done.stdout
    assert "a.pdf: the PDF is cut off" in done.stdout
    rows = run("query", "name-as-description", "--store", store, "--format", "csv").stdout
    assert len(rows.splitlines()) == 113


def test_a_document_without_indicators_has_a_record_and_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("某某局2024年部门预算\n没有指标。\n", encoding="utf-8")
    record = run("extract", path)
    assert record.returncode == 0
    assert '"code": "no-indicators"' in record.stdout
    checked = run("check", path)
    assert checked.returncode == 1
    assert "C00" in checked.stdout


def test_a_bad_file_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "store"
    good = Path(shutil.copy(DATA / "juluxian-2023.html", tmp_path))
    assert run("build", good, "--store", store).returncode == 0
    before = run("export", "--store", store, "--format", "nquads").stdout
    good.write_bytes(b"")
    assert run("build", good, "--store", store).returncode == 2
    assert run("export", "--store", store, "--format", "nquads").stdout == before
