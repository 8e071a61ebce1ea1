# pyright: basic
"""Writes invented documents as the kinds of file that governments publish."""

from __future__ import annotations

import html
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import docx
import openpyxl
import pypdfium2
from docx.enum.section import WD_ORIENT
from openpyxl.styles import Alignment

from benchmarks.invent import Cell, Document, Grid

FONT = "Noto Serif CJK SC"
DPI = 200
_PAGE = """@page {{ size: A4 {turn}; margin: 18mm 14mm;
  @top-center {{ content: "{header}"; font: 9pt "{font}" }}
  @bottom-center {{ content: "第 " counter(page) " 页"; font: 9pt "{font}" }} }}
body {{ font: 10.5pt "{font}"; margin: 0 }}
p {{ margin: 10pt 0 6pt; text-align: justify }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed; line-height: 1.4 }}
td {{ padding: 3pt {side}pt; overflow-wrap: anywhere }}
tr {{ break-inside: auto }}
.mark {{ position: fixed; top: 40%; left: 20%; font-size: 60pt; color: #e4e4e4;
  transform: rotate(-45deg); z-index: -1 }}
{rules}"""
RULES = {
    "ruled": "td { border: 0.75pt solid black }",
    "three-line": (
        "table { border-top: 1.5pt solid; border-bottom: 1.5pt solid }"
        " tr.head td { border-bottom: 0.75pt solid }"
    ),
    "rule-less": "",
}


def placed(grid: Grid) -> Iterator[tuple[int, int, Cell]]:
    """Yield each cell with the row and column it starts in."""
    taken = set[tuple[int, int]]()
    for r, row in enumerate(grid.rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + j) for i in range(cell.down) for j in range(cell.across)}
            yield r, c, cell
            c += cell.across


def _oddly(text: str, random: Random) -> str:
    """Put a blank into some texts, as typists do to align them."""
    if len(text) > 3 and random.random() < 0.04:
        at = random.randrange(1, len(text))
        return f"{text[:at]} {text[at:]}"
    return text


def page(document: Document, style: str, seed: int, *, turn: str = "", mark: bool = True) -> str:
    """Return the document as an HTML page with its style for print."""
    random = Random(seed)
    parts = [f'<div class="mark">{"内部资料" if mark else ""}</div>']
    for block in document.blocks:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
        else:
            parts.append(_table(block, random))
    side = 3 if style == "ruled" else 5
    rules = RULES.get(style, "")
    css = _PAGE.format(turn=turn, header="绩效目标公开", font=FONT, side=side, rules=rules)
    head = f'<meta charset="{{charset}}"><title>公开</title><style>{css}</style>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(parts)}</body></html>"


def _table(grid: Grid, random: Random) -> str:
    total = sum(grid.widths)
    columns = "".join(f'<col style="width: {w / total:.2%}">' for w in grid.widths)
    head = grid.head - 1 if grid.head else 1
    rows = list[str]()
    for number, row in enumerate(grid.rows):
        cells = "".join(
            f'<td rowspan="{c.down}" colspan="{c.across}">'
            f"{html.escape(_oddly(c.text, random))}</td>"
            for c in row
        )
        rows.append(f'<tr class="{"head" if number == head else ""}">{cells}</tr>')
    return f"<table>{columns}{''.join(rows)}</table>"


def _charset(text: str, charset: str) -> bytes:
    return text.replace("{charset}", charset).encode(charset)


def write_html(document: Document, path: Path, seed: int) -> None:
    """Write a page in UTF-8, or every other time in GBK."""
    path.write_bytes(_charset(page(document, "ruled", seed), "gb18030" if seed % 2 else "utf-8"))


def write_txt(document: Document, path: Path, seed: int) -> None:
    """Write a transcription: a row a line, a tab between columns, blanks where cells are merged."""
    lines = list[str]()
    for block in document.blocks:
        if isinstance(block, str):
            lines.append(block)
            continue
        grid = [[""] * len(block.widths) for _ in block.rows]
        for r, c, cell in placed(block):
            grid[r][c] = cell.text
        lines += ["", *("\t".join(row) for row in grid), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_docx(document: Document, path: Path, seed: int) -> None:
    """Write a Word document with merged cells."""
    made, random = docx.Document(), Random(seed)
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.header.paragraphs[0].text = "绩效目标公开"
    for block in document.blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            continue
        table = made.add_table(len(block.rows), len(block.widths), style="Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for r, c, cell in placed(block):
            target = grid[r][c]
            if cell.down > 1 or cell.across > 1:
                target = target.merge(grid[r + cell.down - 1][c + cell.across - 1])
            target.text = _oddly(cell.text, random)
        made.add_paragraph("")
    made.save(str(path))


def write_xlsx(document: Document, path: Path, seed: int) -> None:
    """Write a workbook: everything on one sheet, numbers as numbers, merged cells."""
    book, row = openpyxl.Workbook(), 1
    sheet = book.active
    assert sheet is not None
    for block in document.blocks:
        if isinstance(block, str):
            sheet.cell(row, 1, block)
            row += 1
            continue
        for r, c, cell in placed(block):
            made = sheet.cell(row + r, c + 1, cell.text if cell.number is None else cell.number)
            made.data_type = "s" if cell.number is None else "n"  # "=3次" is no formula
            made.number_format = cell.format
            made.alignment = Alignment(vertical="center", wrap_text=True)
            if cell.down > 1 or cell.across > 1:
                sheet.merge_cells(
                    start_row=row + r,
                    start_column=c + 1,
                    end_row=row + r + cell.down - 1,
                    end_column=c + cell.across,
                )
        row += len(block.rows) + 1
    book.save(path)


def _print(source: str, path: Path) -> None:
    """Print a page with Chromium."""
    folder = path.with_suffix(".chromium")
    folder.mkdir()
    (folder / "page.html").write_bytes(_charset(source, "utf-8"))
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += ["--disable-background-networking", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}"]
    url = (folder / "page.html").as_uri()
    subprocess.run([*command, url], check=True, capture_output=True, timeout=120)
    shutil.rmtree(folder)


def _turn(document: Document) -> str:
    return "landscape" if document.layout in ("flat", "self-evaluation") else ""


def printer(style: str, turn: str = "") -> Callable[[Document, Path, int], None]:
    """Return a writer of PDFs printed from a browser."""

    def write(document: Document, path: Path, seed: int) -> None:
        mark = seed % 2 == 0
        _print(page(document, style, seed, turn=turn or _turn(document), mark=mark), path)

    return write


def write_rotated(document: Document, path: Path, seed: int) -> None:
    """Write a PDF whose pages are stored on their side and turned upright by /Rotate."""
    from pypdf import PdfWriter, Transformation
    from pypdf.generic import RectangleObject

    printer("ruled", "landscape")(document, path, seed)
    writer = PdfWriter(clone_from=path)
    for sheet in writer.pages:
        width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
        sheet.add_transformation(Transformation().rotate(90).translate(height, 0))
        sheet.mediabox = sheet.cropbox = RectangleObject((0, 0, height, width))
        sheet.rotate(90)
    writer.write(path)


def write_office(document: Document, path: Path, seed: int) -> None:
    """Write a PDF made by LibreOffice from the Word document."""
    folder = path.with_suffix(".office")
    folder.mkdir()
    write_docx(document, folder / f"{path.stem}.docx", seed)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(path.parent)]
    command += [str(folder / f"{path.stem}.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    shutil.rmtree(folder)


def write_scan(document: Document, path: Path, seed: int) -> None:
    """Write a PDF of 200-dpi pictures of the printed pages."""
    printer("ruled")(document, path, seed + seed % 2)
    printed = pypdfium2.PdfDocument(path.read_bytes())
    scale: Any = DPI / 72  # declared as int, meant as float
    sheets = [sheet.render(scale=scale).to_pil().convert("RGB") for sheet in printed]
    sheets[0].save(path, save_all=True, append_images=sheets[1:], resolution=DPI, quality=90)


KINDS: dict[str, tuple[str, Callable[[Document, Path, int], None]]] = {
    "docx": (".docx", write_docx),
    "xlsx": (".xlsx", write_xlsx),
    "html": (".html", write_html),
    "txt": (".txt", write_txt),
    "pdf-ruled": (".pdf", printer("ruled")),
    "pdf-office": (".pdf", write_office),
    "pdf-landscape": (".pdf", printer("ruled", "landscape")),
    "pdf-rotated": (".pdf", write_rotated),
    "pdf-three-line": (".pdf", printer("three-line")),
    "pdf-rule-less": (".pdf", printer("rule-less")),
    "pdf-scan": (".pdf", write_scan),
}


def write(document: Document, kind: str, folder: Path, seed: int) -> Path:
    """Write a document as one kind of file and return its path."""
    suffix, writer = KINDS[kind]
    path = folder / f"{document.layout}-{seed}-{kind}{suffix}"
    writer(document, path, seed)
    return path
