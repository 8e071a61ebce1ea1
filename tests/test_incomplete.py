"""Documents of no known year, region, name, code or category are in the answers all the same."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests import papers
from tests.answers import CORPUS

from jixiao.checks.run import check_quads
from jixiao.comparison.update import compare
from jixiao.fingerprints import Fingerprints
from jixiao.model.answer import Answer
from jixiao.model.record import Indicator, Record
from jixiao.queries.answering import ask
from jixiao.queries.catalogue import question
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.mapping import map_record
from jixiao.rdf.questions import questions
from jixiao.store.search_index import refresh
from jixiao.store.store import Entry, Store, create_store, open_store, serialize_quads

NAMES = [known.name for known in questions()]
# What each part is called in the columns of answers, and in descriptions.
PARTS: dict[str, tuple[str, ...]] = {
    "code": (),
    "region": ("region_name", "region_code"),
    # That a project goes on is told by the body and the years of its papers.
    "year": ("budget_year", "earlier_name", "earlier_goal"),
    "name": (
        *("department_name", "similar_department", "one_name", "other_name"),
        *("earlier_name", "earlier_goal"),
    ),
    "category": ("notation", "category_name", "of_no_category"),
}
WORDS = {
    "year": ("年度", "year"),
    "name": ("名称", "name"),
    "region": ("地区", "region"),
    "category": ("类别", "category"),
}
# Of several layouts and years, with a department that is renamed, and with budget tables.
PAPERS = (
    *("culture-2023.xlsx", "culture-tourism-2024.docx", "farming-2023.docx", "farming-2024.docx"),
    *("roads-2019.docx", "services-2023.html", "tourism-2023.docx"),
)
# How much is said of a document: what it does not state is a part of that.
MEASURES = ("triples", "findings")


def _without(record: Record, part: str) -> Record:
    """Return a record without what a document may not state."""
    if part == "category":
        projects = tuple(
            msgspec.structs.replace(p, indicators=_uncategorised(p.indicators))
            for p in record.projects
        )
        goals = tuple(
            msgspec.structs.replace(g, indicators=_uncategorised(g.indicators))
            for g in record.goals
        )
        return msgspec.structs.replace(record, projects=projects, goals=goals)
    parts: dict[str, dict[str, Any]] = {
        "code": {"department_code": ""},
        "region": {"region": None},
        "year": {"fiscal_year": None},
        "name": {"department": ""},
        "": {},
    }
    document = msgspec.structs.replace(record.document, **parts[part])
    return msgspec.structs.replace(record, document=document)


def _uncategorised(indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    return tuple(msgspec.structs.replace(i, category=None) for i in indicators)


@pytest.fixture(scope="module")
def stores(run_folder: Path) -> Iterator[dict[str, Store]]:
    """Stores of the corpus's small documents as they are (""), and without each of the parts."""

    def make(folder: Path) -> None:
        folder.mkdir()
        records = [papers.record(CORPUS[0] / name) for name in PAPERS]
        for part in ("", *PARTS):
            with create_store(folder / f"without-{part}") as store:
                _fill(store, [_without(record, part) for record in records])

    folder = papers.made_once(run_folder / "incomplete", make)
    with ExitStack() as opened:
        yield {
            part: opened.enter_context(open_store(folder / f"without-{part}"))
            for part in ("", *PARTS)
        }


@pytest.fixture(scope="module")
def asked(stores: dict[str, Store]) -> Callable[[str, str], Answer]:
    """Asks the store without a part a question, each once."""

    @cache
    def answer(part: str, name: str) -> Answer:
        return ask(stores[part], name)

    return answer


def _fill(store: Store, records: list[Record]) -> None:
    store.refresh_codes()
    entries = list[Entry]()
    for record in records:
        mapped = map_record(record)
        report = check_quads(mapped.facts, printed=EvidenceIndex.from_values(mapped.stated))
        stated = [*mapped.facts, *mapped.evidence, *finding_quads(report, mapped.document)]
        store.stage(serialize_quads(stated))
        entries.append(Entry(record.document.file, mapped.document, Fingerprints("1")))
    store.seal()
    store.bulk_load(entries)
    refresh(store)
    compare(store)


def _rows(answer: Answer, *without: str) -> list[str]:
    """Return the rows without some columns, and without IRIs, which the parts are in."""
    kept = [n for n, column in enumerate(answer.columns) if column not in without]
    texts = ([str(row[n]) for n in kept] for row in answer.rows)
    return sorted("|".join(t for t in text if "://" not in t) for text in texts)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_no_question_loses_a_document_in_silence(
    name: str, part: str, asked: Callable[[str, str], Answer]
) -> None:
    head, text = question(name).head, question(name).text
    if part in head.needs:
        zh, en = WORDS[part]
        assert zh in head.description.zh and en in head.description.en
        return
    before, after = asked("", name), asked(part, name)
    if "findings" in before.columns:
        # What is found of a document differs too: it has findings, though, with or without.
        assert {row[0] for row in after.rows} == {row[0] for row in before.rows} or part == "name"
        assert after.rows
        return
    if "GROUP BY" not in text.partition("WHERE")[2].rpartition("\n}\n")[2]:
        # A row of one thing stays a row, without the words of the part.
        left_out = (*PARTS[part], *MEASURES)
        rows, kept = _rows(before, *left_out), _rows(after, *left_out)
        # Where less is known, more is missing.
        assert kept == rows or (name.startswith("missing-") and set(kept) > set(rows))
    else:
        # Rows of counts may fall together or apart; nothing that is counted may be lost.
        assert after.rows or not before.rows
        for column in {"indicators", "targets"} & set(before.columns):
            if f"(COUNT(DISTINCT ?{column[:-1]}) AS ?{column})" in text:
                assert _sum(after, column) >= _sum(before, column)


def _sum(answer: Answer, column: str) -> int:
    return sum(int(str(row[answer.columns.index(column)])) for row in answer.rows)


def test_what_a_question_needs_is_needed(asked: Callable[[str, str], Answer]) -> None:
    """A need that a question does not have would excuse it for nothing."""
    for known in questions():
        for part in known.head.needs:
            before = asked("", known.name).rows
            after = asked(part, known.name).rows
            assert len(after) < len(before) or not before, (known.name, part)
