from pathlib import Path

import pytest

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


def _form(name: str, title: str = "项目支出绩效目标表") -> list[list[str]]:
    """A form of three columns with a title above its labels."""
    return [
        [title, "", ""], ["主管部门", "某局", ""], ["项目名称", name, ""],
        ["一级指标", "三级指标", "指标值"], ["产出指标", f"{name}一", "3所"],
    ]  # fmt: skip


def _form_page(rows: list[list[str]], page: int) -> Table:
    """The rows as a ruled table; a text with blanks beside it spans them."""
    widths = [[3, 0, 0], *([1, 2, 0] for _ in rows[1:3]), *([1, 1, 1] for _ in rows[3:])]
    made = table_from_spans(
        [(_text(t), 1, n) for t, n in zip(row, of, strict=True) if n]
        for row, of in zip(rows, widths, strict=True)
    )
    made.pages, made.edges = (page, page), (0.0, 100.0, 200.0, 300.0)
    return made


@pytest.mark.parametrize("second", [1, 2], ids=["on one page", "on the next page"])
def test_a_form_of_the_same_make_is_another_form(second: int) -> None:
    one, other = _form("甲项目"), _form("乙项目")
    assert len(_heal(_form_page(one, 1), _form_page(other, second))) == 2
    assert len(_heal(_form_page(one[:1] + one[2:], 1), _form_page(other[:1] + other[2:], 2))) == 2


def test_the_same_header_below_another_title_is_another_table() -> None:
    one, other = _form("甲项目", "甲项目绩效目标表"), _form("甲项目", "乙项目绩效目标表")
    assert len(_heal(_form_page(one, 1), _form_page(other, 2))) == 2
    goes_on = _form("甲项目", "甲项目绩效目标表（续）")
    assert len(_heal(_form_page(one, 1), _form_page(goes_on, 2))) == 1


def test_rows_that_begin_alike_below_a_repeated_header_are_of_one_table() -> None:
    rows = [["产出", "甲", "1"], ["产出", "乙", "2"]]
    healed = _heal(_page([HEAD, rows[0]], 1), _page([HEAD, rows[1]], 2))
    assert healed == [[HEAD, *rows]]


def test_a_blank_cell_in_the_head_of_a_form_hides_no_cut_row() -> None:
    first = _form_page([*_form("甲"), ["效益指标", "参与项目的贫困群众对", "≥90%"]], 1)
    first.grid[2][1].text = _text("")  # type: ignore[union-attr]
    second = _page([["", "实施情况的满意度", ""], ["效益指标", "游客满意度", "≥95%"]], 2)
    second.edges = first.edges
    (rows,) = _heal(first, second)
    assert rows[-2:] == [
        ["效益指标", "参与项目的贫困群众对实施情况的满意度", "≥90%"],
        ["效益指标", "游客满意度", "≥95%"],
    ]


def test_a_part_of_a_table_tells_the_same_places() -> None:
    whole = _page([HEAD, ["产出", "甲", "1"], ["乙", "2"], ["丙", "3"]], 1, {(1, 0): 3})
    for number, cell in enumerate(c for row in whole.grid for c in row if c):
        cell.places = [(1, (0.0, float(number), 1.0, number + 1.0))]
    part = whole.part(2, 4).part(1, 2)
    fields = {"level1": [part.grid[0][0]], "level3": [part.grid[0][1]]}
    assert part.where(0, fields) == whole.where(
        3, {"level1": [whole.grid[3][0]], "level3": [whole.grid[3][1]]}
    )
    second = part.grid[0][1]
    assert second and part.place(second, row=0).row == 4


def test_text_reader_keeps_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("标题\n\n序号\t名称\n1\t甲\n".encode("gb18030"))
    title, read = read_text(path).blocks
    assert isinstance(title, Text) and (title.text, title.number) == ("标题", 1)
    assert isinstance(read, Table) and read.where(1).line == 4
