"""What was read of a document and what was not, as the summary and the checks tell it."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from pyoxigraph import RdfFormat, serialize
from rich.console import Console
from tests.accounted import IN_PART, store_as_read
from tests.commands import run

from jixiao.cli import summary
from jixiao.model.coverage import Counted, Totals, parts, titles, totals
from jixiao.model.record import Coverage, Record, Unread, Where
from jixiao.pipeline.build import CheckedDocument, Result
from jixiao.pipeline.coverage_text import read_line, totals_line
from jixiao.pipeline.process_document import (
    ProcessedDocument,
    ProcessingOptions,
    Tally,
    Work,
    process,
    process_record,
)
from jixiao.pipeline.reports import check_one
from jixiao.rdf.coverage import read_coverage
from jixiao.rdf.mapping import map_record

PDF = Path(__file__).parents[1] / "examples" / "juluxian-2023.pdf"
LINE = (
    "99.0 % of 1,937 cells read; 19 unread on pages 22, 25–26"
    " · 99.5 % of 7,388 characters of prose read; 35 unread on page 3"
)


@pytest.fixture(scope="module")
def few_projects(read_in_part: Record) -> Record:
    """The record with few of its projects: what is told of the whole document is the same."""
    return msgspec.structs.replace(read_in_part, projects=read_in_part.projects[:3])


@pytest.fixture(scope="module")
def store(few_projects: Record, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few-projects") / "store"
    store_as_read(few_projects, PDF, folder)
    return folder


def table(number: int, read: int, unread: int, page: int | None = None) -> Coverage:
    where = Where(page=page, table=number)
    return Coverage(kind="table", value=read, unread=unread, where=where)


def test_only_all_of_it_is_100_percent() -> None:
    shares = {(1000, 0): "100", (100_000, 1): "99.9", (2310, 51): "97.7", (3, 3): "0.0"}
    assert {(of, left): Counted(of, left).percent for of, left in shares} == shares
    assert Counted().percent == "100"


def test_each_table_is_a_line_and_the_prose_is_one(read_in_part: Record) -> None:
    found = parts(read_in_part.coverage, read_in_part.unread)
    assert [part.table for part in found] == [*range(1, 39), None]
    left = [(part.table, part.count.unread, part.pages) for part in found if part.count.unread]
    assert left == [(13, 3, (22,)), (14, 8, (25, 26)), (15, 8, (26,)), (None, 35, (3,))]
    for part in found[:-1]:
        assert len(part.unread) == part.count.unread, "a cell each"
    assert sum(len(u.text) for u in found[-1].unread) == 35
    total = totals(read_in_part.coverage)
    assert total == Totals(Counted(1937, 19), Counted(7388, 35))
    assert titles(read_in_part)[14] == ["（上年结转）人民防空方案计划编制经费启动资金"]


def test_the_line_names_pages_or_else_tables(read_in_part: Record) -> None:
    coverage, unread = read_in_part.coverage, read_in_part.unread
    assert read_line(coverage, unread, "en") == LINE
    assert read_line(coverage, unread, "zh") == (
        "1,937 个单元格已读 99.0%，19 个未读（第 22、25–26 页）"
        " · 正文 7,388 字已读 99.5%，35 字未读（第 3 页）"
    )
    assert read_line((), (), "en") == "", "of a record that tells nothing of it"
    sheet = (table(1, 9, 0), table(2, 9, 1), table(4, 8, 2))
    assert read_line(sheet, (), "en") == "89.6 % of 29 cells read; 3 unread in tables 2, 4"
    assert read_line([table(1, 0, 1)], (), "en") == "0.0 % of 1 cell read; 1 unread in table 1"
    many = [table(n, 1, 1, page=2 * n) for n in range(1, 30)]
    assert read_line(many, (), "en").endswith(" pages 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24…")
    split = Where(page=3, table=1, continued=(Where(page=4),))
    told = read_line([table(1, 5, 1, page=2)], [Unread("甲", "no-label", split)], "en")
    assert told == "83.3 % of 6 cells read; 1 unread on pages 3–4"


def test_the_summary_of_one_document_has_the_line(few_projects: Record) -> None:
    shown = _shown([few_projects], Tally(documents=1))
    assert LINE in shown
    assert "cells" not in _shown([_untold(few_projects)], Tally(documents=1))


def test_the_summary_of_many_adds_up(few_projects: Record) -> None:
    total = totals(few_projects.coverage)
    tally = Tally(documents=1, read=total)
    tally.add(Tally(documents=1, read=total))
    shown = _shown([few_projects, _untold(few_projects)], tally)
    assert "99.0 % of 3,874 cells read; 38 unread · 99.5 % of 14,776 characters" in shown
    rows = [line.split() for line in shown.splitlines() if "juluxian-2023.pdf" in line]
    assert [row.count("%") for row in rows] == [1, 0], "of what is not known, nothing is told"
    assert rows[0][5:7] == ["99.0", "%"]
    assert totals_line(Totals(), "en") == ""


def _untold(record: Record) -> Record:
    return msgspec.structs.replace(record, coverage=(), unread=())


def _shown(records: list[Record], tally: Tally) -> str:
    out = io.StringIO()
    report = check_one(_untold(records[0]))
    built = tuple(CheckedDocument(PDF, record, b"", report) for record in records)
    result = Result(tally=tally, built=built, skipped=(), failed=())
    summary.show(result, Console(file=out, width=160, highlight=False), "en")
    return out.getvalue()


def test_a_graph_gives_the_coverage_back(read_in_part: Record) -> None:
    def place(coverage: Coverage) -> Coverage:
        where = Where(page=coverage.where.page, table=coverage.where.table)
        return msgspec.structs.replace(coverage, where=where)

    evidence = map_record(read_in_part).evidence
    assert read_coverage(evidence) == [place(each) for each in read_in_part.coverage]


def test_stored_quads_that_are_checked_again_count_the_same(few_projects: Record) -> None:
    options = ProcessingOptions(whole=False)
    first = process_record(PDF, few_projects, options)
    mapped = map_record(few_projects)
    quads = serialize([*mapped.facts, *mapped.evidence], format=RdfFormat.N_QUADS) or b""
    again = process(PDF, PDF.name, options, Work("check", b"", quads))
    assert isinstance(again, ProcessedDocument)
    assert first.tally.read == again.tally.read == totals(few_projects.coverage)


def test_checks_tell_what_was_read(store: Path) -> None:
    asked = ("check", "--store", store, "--fail-on", "never", "--format")
    told = json.loads(run(*asked, "json").stdout)
    assert told["coverage"] == [
        {
            "document": "juluxian-2023.pdf",
            "cells": {"of": 1937, "unread": 19},
            "characters": {"of": 7388, "unread": 35},
        }
    ]
    last = run(*asked, "text").stdout.splitlines()[-1]
    assert last.startswith("juluxian-2023.pdf: 99.0 % of 1,937 cells read; 19 unread on pages 22")
    rows = list(csv.DictReader(io.StringIO(run(*asked, "csv").stdout)))
    results = json.loads(run(*asked, "sarif").stdout)["runs"][0]["results"]
    assert len(rows) == len(results) == len(told["findings"])


def test_a_baseline_with_coverage_is_taken(store: Path, tmp_path: Path) -> None:
    asked = ("check", "--store", store, "--format", "json")
    (old := tmp_path / "old.json").write_text(run(*asked).stdout, encoding="utf-8")
    done = run(*asked, "--baseline", old)
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])


@pytest.mark.parametrize("number", IN_PART)
def test_what_is_unread_has_its_place(read_in_part: Record, number: int) -> None:
    left = [u for u in read_in_part.unread if u.where.table == number]
    assert left and all(u.where.bbox for u in left)
