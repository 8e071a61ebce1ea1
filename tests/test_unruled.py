"""Tables without ruling lines: whatever stands where on a page, nothing of it is lost."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from jixiao.documents.model import DocumentContent, Table
from jixiao.documents.pdf.characters import Glyph, Page, glyphs
from jixiao.documents.pdf.page_layout import lay_out

SIZE = 10.0


def run(text: str, x: float, y: float) -> list[Glyph]:
    return [Glyph(char, x + i * SIZE, x + (i + 1) * SIZE, y, SIZE) for i, char in enumerate(text)]


def page(runs: list[tuple[str, float, float]], number: int = 1) -> Page:
    return Page(number, 595, 842, glyphs([g for text, x, y in runs for g in run(text, x, y)]))


def told(read: DocumentContent) -> str:
    """Return all characters of a flow, each cell once, in order of their codes."""
    texts = list[str]()
    for block in read.blocks:
        if isinstance(block, Table):
            cells = {id(cell): cell for row in block.grid for cell in row if cell}
            texts += [cell.text.text for cell in cells.values()]
        else:
            texts.append(block.text)
    return "".join(sorted("".join(texts).replace(" ", "")))


RUNS = st.lists(
    st.tuples(
        st.text("甲乙丙丁戊", min_size=1, max_size=6),
        st.integers(4, 48).map(lambda at: at * 10.0),
        st.integers(12, 70).map(lambda at: at * 10.0),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda each: (each[1] // 70, each[2]),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(RUNS, min_size=1, max_size=3))
def test_every_character_is_in_the_flow_once(pages: list[list[tuple[str, float, float]]]) -> None:
    read = lay_out([page(runs, number) for number, runs in enumerate(pages, 1)])
    given_text = "".join(sorted("".join(text for runs in pages for text, _, _ in runs)))
    assert told(read) == given_text
    for table in (block for block in read.blocks if isinstance(block, Table)):
        assert all(len(row) == len(table.edges) - 1 for row in table.grid)
        assert all(left < right for left, right in pairwise(table.edges))


def test_columns_rows_and_a_cell_that_spans_two_rows() -> None:
    rows = [("一级", "名称", "数值"), ("", "培训场次", "十二场"), ("", "合格人数", "九十人")]
    runs = [
        (text, 60.0 + 120 * c, 100.0 + 24 * r)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]
    read = lay_out([page([*runs, ("产出", 60.0, 136.0)])])
    (table,) = (block for block in read.blocks if isinstance(block, Table))
    assert [table.texts(row) for row in range(3)] == [
        ["一级", "名称", "数值"],
        ["产出", "培训场次", "十二场"],
        ["产出", "合格人数", "九十人"],
    ]
    assert table.grid[1][0] is table.grid[2][0]
    assert table.confidence < 1


def test_paragraphs_are_no_table() -> None:
    lines = ["甲乙丙丁戊己庚辛壬癸" * 4, "子丑寅卯辰巳午未申酉" * 4, "甲乙丙丁"]
    read = lay_out([page([(line, 60.0, 100.0 + 16 * at) for at, line in enumerate(lines)])])
    assert not any(isinstance(block, Table) for block in read.blocks)
