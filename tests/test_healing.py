from pathlib import Path

from jixiao.documents.formats.plain_text import read as read_text
from jixiao.documents.merged_cells import table_from_spans
from jixiao.documents.model import Block, DocumentContent, Table, Text
from jixiao.documents.page_breaks import join_page_breaks


def _text(text: str) -> Text:
    return Text(plain=text)


def _page(
    rows: list[list[str]], page: int, spans: dict[tuple[int, int], int] | None = None
) -> Table:
    """A ruled table on a page; `spans` says how many rows a cell (row, place in it) spans."""
    down = spans or {}
    made = table_from_spans(
        [(_text(t), down.get((r, k), 1), 1) for k, t in enumerate(row)]
        for r, row in enumerate(rows)
    )
    made.pages, made.edges = (page, page), tuple(100.0 * c for c in range(len(made.grid[0]) + 1))
    return made


def _heal(*blocks: Block) -> list[list[list[str]]]:
    healed = join_page_breaks(DocumentContent(blocks=blocks, pages=2))
    tables = [block for block in healed.blocks if isinstance(block, Table)]
    assert [t.number for t in tables] == list(range(1, len(tables) + 1))
    return [[t.texts(row) for row in range(len(t.grid))] for t in tables]


HEAD = ["序号", "名称", "金额"]


def test_a_repeated_header_is_dropped() -> None:
    (rows,) = _heal(_page([HEAD, ["1", "甲", "1.00"]], 1), _page([HEAD, ["2", "乙", "2.00"]], 2))
    assert rows == [HEAD, ["1", "甲", "1.00"], ["2", "乙", "2.00"]]


def test_a_row_cut_by_the_break_is_joined() -> None:
    (rows,) = _heal(
        _page([HEAD, ["1", "甲", "1.00"], ["2", "机关事业单位", "2.00"]], 1),
        _page([HEAD, ["", "基本养老保险", ""], ["3", "丙", "3.00"]], 2),
    )
    assert rows[2:] == [["2", "机关事业单位基本养老保险", "2.00"], ["3", "丙", "3.00"]]


def test_a_blank_cell_beside_whole_rows_is_a_blank_cell() -> None:
    rows = [["1", "甲", ""], ["2", "乙", "2.00"]]
    assert _heal(_page([HEAD, rows[0]], 1), _page([HEAD, rows[1]], 2)) == [[HEAD, *rows]]


def test_a_merged_cell_goes_on_over_the_break() -> None:
    first = _page([HEAD, ["产出", "甲", "1"], ["乙", "2"]], 1, {(1, 0): 2})
    second = _page([["", "丙", "3"], ["丁", "4"], ["效益", "戊", "5"]], 2, {(0, 0): 2})
    (rows,) = _heal(first, second)
    assert [row[0] for row in rows] == ["序号", "产出", "产出", "产出", "产出", "效益"]


def test_other_columns_or_other_text_between_make_another_table() -> None:
    one = [HEAD, ["1", "甲", "1.00"]]
    assert len(_heal(_page(one, 1), _text("另一张表"), _page(one, 2))) == 2
    assert len(_heal(_page(one, 1), _page([["1", "2"]], 2))) == 2
    assert len(_heal(_page(one, 1), _page([["2", "乙", "2.00"]], 3))) == 2, "a page lies between"


def test_a_running_head_does_not_part_a_table() -> None:
    running = [_text("某某局"), _text("单位：万元")]
    (rows,) = _heal(
        _text("收支总表"), *running, _page([HEAD, ["1", "甲", "1"]], 1), *running,
        _page([HEAD, ["2", "乙", "2"]], 2),
    )  # fmt: skip
    assert len(rows) == 3


def test_text_reader_keeps_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("标题\n\n序号\t名称\n1\t甲\n".encode("gb18030"))
    title, read = read_text(path).blocks
    assert isinstance(title, Text) and (title.text, title.number) == ("标题", 1)
    assert isinstance(read, Table) and read.where(1).line == 4
