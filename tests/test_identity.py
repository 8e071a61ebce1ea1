"""Whose paper, of which year, place and kind: real beginnings, and invented ones of each kind.

`tests/data/wild/heads` has beginnings of real pages and forms with what they state, set by hand;
`beginnings.tsv` has invented ones, each a way of writing that a county somewhere uses.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao.documents.model import Block, Cell, DocumentContent, Table, Text
from jixiao.documents.open import open_file
from jixiao.extraction.identity import Identity, identify, region_of
from jixiao.extraction.ledger import Ledger
from jixiao.model.record import Region
from jixiao.text import fold

WILD = Path(__file__).parent / "data" / "wild"
HEADS = sorted((WILD / "heads").glob("*.html"))
# What a beginning does not tell, or tells by dates only.
NOT_TOLD = {
    "h01": "the body is named in the address of the page only",
    "h02": "the body is named in the address of the page only",
    "46-fujian-ningde-talent-report2023": "only dates tell the year of the report",
}
Facts = tuple[str, str, int | None, str | None]


@dataclass(frozen=True)
class Beginning:
    """An invented beginning and the facts that it states."""

    lines: tuple[str, ...]
    facts: Facts


def beginnings() -> list[Beginning]:
    rows = (WILD / "beginnings.tsv").read_text(encoding="utf-8").splitlines()[1:]
    result = list[Beginning]()
    for row in rows:
        kind, department, year, region, lines = row.split("\t")
        facts = kind, fold(department), int(year) if year else None, region or None
        result.append(Beginning(tuple(lines.split(" // ")), facts))
    return result


BEGINNINGS = beginnings()


def content(lines: tuple[str, ...]) -> DocumentContent:
    """Return a document of paragraphs; lines that begin with | are rows of its one table."""
    blocks: list[Block] = [Text(plain=line) for line in lines if not line.startswith("|")]
    rows = [line[1:].split("|") for line in lines if line.startswith("|")]
    if rows:
        width = max(map(len, rows))
        grid: list[list[Cell | None]] = [
            [Cell(Text(plain=text), r, c) for c, text in enumerate([*row, *[""] * width][:width])]
            for r, row in enumerate(rows)
        ]
        blocks.append(Table(1, grid))
    return DocumentContent(tuple(blocks), None)


def facts(identity: Identity) -> Facts:
    region = identity.region.code if identity.region else None
    return identity.kind, fold(identity.department), identity.year, region


def of(*lines: str) -> Identity:
    return identify(content(lines), Ledger())


def heads() -> Iterator[pytest.ParameterSet]:
    for path in HEADS:
        reason = NOT_TOLD.get(path.stem)
        marks = pytest.mark.xfail(reason=reason, strict=True) if reason else ()
        yield pytest.param(path, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", list(heads()))
def test_real_beginnings(path: Path) -> None:
    truth = json.loads(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
    identity = identify(open_file(path, "pdfium")[2], Ledger())
    kind, department, year, region = facts(identity)
    assert kind == ("budget" if truth["kind"] == "goals" else truth["kind"])
    assert department in {fold(n) for n in (truth["department"], *truth.get("department_also", []))}
    assert (year, region) == (truth["fiscal_year"], truth["region"])


@pytest.mark.parametrize("case", BEGINNINGS, ids=[str(n) for n in range(len(BEGINNINGS))])
def test_invented_beginnings(case: Beginning) -> None:
    assert facts(of(*case.lines)) == case.facts


@given(st.sampled_from(BEGINNINGS), st.sampled_from(["", " ", "\u3000"]), st.booleans())
def test_white_space_and_width_change_nothing(case: Beginning, space: str, wide: bool) -> None:
    """Pages pad names to fill a line and print digits in full width."""

    def printed(line: str) -> str:
        start, text = ("|", line[1:]) if line.startswith("|") else ("", line)
        chars = [chr(ord(c) + 0xFEE0) if wide and c.isascii() and c.isdigit() else c for c in text]
        # Between labels of one line white space is what divides them; it is left alone there.
        return start + ("".join(chars) if ":" in fold(text) or "|" in text else space.join(chars))

    assert facts(of(*map(printed, case.lines))) == case.facts
    assert unicodedata.is_normalized("NFC", case.lines[0])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("邢台市巨鹿县人民政府办公室", "130529"),
        ("巨鹿县人民政府办公室", "130529"),
        ("湖南岳阳县财政局", "430621"),
        ("邢台桥西区财政局", "130503"),
        ("恩施州利川市财政局", "422802"),
        ("琼中县财政局", "469030"),
        ("阿拉尔市财政局", "659002"),
        ("政协南县委员会", "430921"),
        ("国家税务总局南县税务局", "430921"),
        ("北京市崇文区财政局", "110103"),
        ("大同市城区财政局", "140202"),
    ],
)
def test_regions(name: str, code: str) -> None:
    region = region_of(name)
    assert region and region.code == code


@pytest.mark.parametrize(
    "name", ["朝阳区教育局", "完成县级财政局", "新疆生产建设兵团教育局", "财政局"]
)
def test_no_region_is_guessed(name: str) -> None:
    """Namesakes, words that contain a name, and bodies without a division have none."""
    assert region_of(name) is None


def test_namesakes_are_told_apart_by_what_stands_around() -> None:
    assert facts(of("朝阳区教育局2021年度部门决算", "来源：长春市朝阳区人民政府"))[3] == "220104"
    alone = of("朝阳区教育局2021年度部门决算")
    assert [problem.code for problem in alone.problems] == ["ambiguous-region"]


def test_divisions_above() -> None:
    assert Region("130529", "巨鹿县").above == ("130500", "130000")
    assert Region("130500", "邢台市").above == ("130000",)
    assert Region("310107", "普陀区").above == ("310000",)
    assert Region("659002", "阿拉尔市").above == ("650000",)
    assert Region("130000", "河北省").above == ()


def test_budgets_of_department_and_unit_are_told_apart() -> None:
    department = of("上海市普陀区2026年区级部门预算", "预算主管部门：上海市普陀区司法局")
    unit = of("上海市普陀区2026年区级单位预算", "预算单位：上海市普陀区司法局（本级）")
    assert (department.department, department.body_kind) == ("上海市普陀区司法局", "department")
    assert (unit.department, unit.body_kind) == ("上海市普陀区司法局（本级）", "unit")
    assert [(b.name, b.qualifier) for b in unit.bodies] == [("上海市普陀区司法局", "本级")]


def test_roles_and_codes_are_kept() -> None:
    form = of(
        "|项目支出绩效目标表||||",
        "|(2021年度)||||",
        "|项目名称|甲|||",
        "|主管部门及代码|[112]巨鹿县农业农村局|实施单位|巨鹿县某某公司|",
    )
    assert (form.department, form.code, form.year) == ("巨鹿县农业农村局", "112", 2021)
    assert form.found["department"].how == "form"
    assert [(body.role, body.code) for body in form.bodies] == [("overseer", "112")]


def test_contradictions_are_told_and_not_decided() -> None:
    tied = of("|项目名称|甲|实施单位|巨鹿县教育局", "|项目名称|乙|实施单位|巨鹿县水务局")
    assert tied.department == ""
    assert "several-departments" in [problem.code for problem in tied.problems]
    years = of("绩效目标表", "2021年修路10公里，2022年修桥1座。")
    assert years.year is None
    assert "several-years" in [problem.code for problem in years.problems]


def test_the_ledger_knows_the_title_and_no_cell() -> None:
    document = content(("巨鹿县财政局2023年部门预算", "一、收入。", "|主管部门|巨鹿县财政局"))
    ledger = Ledger()
    identify(document, ledger)
    title, sentence, table = document.blocks
    coverage, unread = ledger.close(document.blocks)
    assert isinstance(title, Text) and isinstance(sentence, Text) and isinstance(table, Table)
    assert coverage[0].unread == 2 and coverage[-1].heading == len(title.text)
    assert "一、收入。" in [item.text for item in unread]
