"""Three real disclosures of 上海市普陀区 against what was read from their pages by other means.

`tests/data/putuo/*.tsv` are the budget tables (from `pdftotext -bbox`, by the words' edges),
`*.json` the identity, the figures and the projects, read from the pages by eye.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from jixiao.extraction import read
from jixiao.model.record import Record, Statement
from jixiao.text import squeeze

DATA = Path(__file__).parent / "data" / "putuo"
NAMES = ("wanli-subdistrict-2024", "commerce-commission-2025", "justice-bureau-2026")
UNITS = {"元": 1, "万元": 10000}


@dataclass(frozen=True)
class Printed:
    """A budget table as its page prints it."""

    kind: str
    columns: list[str]
    rows: list[tuple[int, str, str, list[str]]]


def printed(name: str) -> list[Printed]:
    found = list[Printed]()
    for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            kind, *columns = line[2:].split("\t")
            found.append(Printed(kind, columns, []))
        elif line and not line.startswith("#"):
            page, key, row, *cells = line.split("\t")
            width = len(found[-1].columns)
            found[-1].rows.append((int(page), key, row, (cells + [""] * width)[:width]))
    return found


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    value = request.param
    assert isinstance(value, str)
    return value


@pytest.fixture(scope="module")
def record(name: str) -> Record:
    return read(DATA / f"{name}.pdf")


def statement(record: Record, kind: str) -> Statement:
    (found,) = (s for s in record.statements if s.kind == kind)
    return found


def test_whose_budget_of_which_year() -> None:
    heads = {name: read(DATA / f"{name}.pdf").document for name in NAMES}
    assert {name: (d.department, d.fiscal_year) for name, d in heads.items()} == {
        "wanli-subdistrict-2024": ("上海市普陀区人民政府万里街道办事处", 2024),
        "commerce-commission-2025": ("上海市普陀区商务委员会", 2025),
        "justice-bureau-2026": ("上海市普陀区司法局", 2026),
    }
    for document in heads.values():
        assert document.region
        assert (document.region.code, document.region.name) == ("310107", "普陀区")
        assert document.title == f"上海市普陀区{document.fiscal_year}年区级部门预算"
        assert (document.kind, document.amount_unit) == ("budget", "元")


def test_every_row_of_every_budget_table_is_exact(name: str, record: Record) -> None:
    assert [s.kind for s in record.statements] == [table.kind for table in printed(name)]
    for table in printed(name):
        got = sorted(
            (
                row.where.page,
                row.code or row.section or "",
                squeeze(row.name),
                [row.values[c.label].text if c.label in row.values else "" for c in columns],
            )
            for found in [statement(record, table.kind)]
            for columns in [found.columns]
            for row in found.rows
        )
        want = sorted((page, code(key), row, cells) for page, key, row, cells in table.rows)
        assert got == want, table.kind


def code(key: str) -> str:
    """A code printed in parts, joined; a part printed short is the one with a zero before it."""
    first, *parts = key.split("-")
    return first + "".join(part.zfill(2) for part in parts)


def test_the_columns_are_those_printed(name: str, record: Record) -> None:
    for table in printed(name):
        labels = [c.label for c in statement(record, table.kind).columns]
        words = [re.sub(r"^\d{4}年", "", label.rpartition("/")[2]) for label in labels]
        assert words == table.columns


def test_amounts_are_in_yuan(record: Record) -> None:
    for found in record.statements:
        assert found.unit == ("万元" if found.kind == "three-public-expenses" else "元")
        for row in found.rows:
            for cell in row.values.values():
                assert cell.yuan == Decimal(cell.text.replace(",", "")) * UNITS[found.unit]
    three = statement(record, "three-public-expenses")
    assert [row.total for row in three.rows] == [True], "its one row is the whole department's"


def test_codes_belong_to_their_classification(record: Record) -> None:
    for found in record.statements:
        economic = found.kind == "general-public-basic-expenditure"
        assert found.classification == ("economic" if economic else "functional")
        lengths = {len(row.code) for row in found.rows if row.code}
        assert lengths <= ({3, 5} if economic else {3, 5, 7})


def test_an_empty_table_says_so(record: Record) -> None:
    for kind in ("government-fund-expenditure", "state-capital-expenditure"):
        found = statement(record, kind)
        assert [(row.name, row.total, row.values) for row in found.rows] == [("合计", True, {})]
        assert found.note and found.note.endswith("故本表为空表。")
    year = record.document.fiscal_year
    assert (statement(record, kind).note or "").startswith("无\n") is (year == 2026)


def test_every_table_is_known_and_every_cell_read(name: str, record: Record) -> None:
    untitled = {"name-in-prose"} if name == "wanli-subdistrict-2024" else set[str]()
    assert {problem.code for problem in record.problems} == untitled


def project_lines(record: Record) -> list[str]:
    """Return what the record says of its projects in the words of the `.txt` truth."""
    lines = list[str]()
    for project in record.projects:
        lines.append(f"= {project.name} p{project.where.page}")
        lines += [f"basis {g.title or ''} | {g.number or ''}" for g in project.basis]
        for a in project.amounts:
            lines.append(f"{'part' if a.part else 'whole'} {a.name or ''} {a.yuan:.2f}")
        period = project.period
        assert period
        lines.append(f"period {period.start or ''} {period.end or ''} | {squeeze(period.text)}")
        lines += [f"{p.kind} {squeeze(p.text)}" for p in project.particulars]
        lines += [f"goal {squeeze(g.text)}" for g in project.goals]
    return lines


def test_projects_described_in_prose(name: str, record: Record) -> None:
    want = (DATA / f"{name}-projects.txt").read_text(encoding="utf-8").splitlines()
    assert project_lines(record) == want
    assert {project.layout and project.layout.name for project in record.projects} == {"prose"}


def test_figures_of_the_prose(name: str, record: Record) -> None:
    want = dict(
        line.split("\t") for line in (DATA / f"{name}-figures.tsv").read_text().splitlines()
    )
    assert {figure.kind: figure.text for figure in record.figures} == want
    for figure in record.figures:
        assert figure.where.page
        assert figure.where.bbox
