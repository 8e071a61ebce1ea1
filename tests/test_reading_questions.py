"""The questions about what was read, and about transfers, on records made by hand."""

from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest
import rdflib
from pyoxigraph import RdfFormat, serialize
from tests.answers import columns, same
from tests.test_ontology import SMALL
from tests.test_reading_graph import READ, TRANSFER

from jixiao.fingerprints import Fingerprints
from jixiao.model.record import Record, Region
from jixiao.queries.answering import ask
from jixiao.rdf.mapping import map_record
from jixiao.store.store import Entry, Store, create_store

QUESTIONS = ("transfer-recipients", "reading-by-document", "reading-by-region", "unread-passages")


def _other(record: Record, sha256: str, **document: object) -> Record:
    changed = msgspec.structs.replace(record.document, sha256=sha256 * 64, **document)
    return msgspec.structs.replace(record, document=changed)


RECORDS = (
    _other(READ, "1", file="巨鹿.pdf"),
    _other(TRANSFER, "2", file="邢台.pdf", department="邢台市林业局"),
    _other(SMALL, "4", file="石家庄.pdf", region=Region("130100", "石家庄市")),
    _other(
        msgspec.structs.replace(READ, unread=(), coverage=READ.coverage[:1]),
        "3",
        file="不详.pdf",
        department="水利局",
        region=None,
        fiscal_year=None,
    ),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with create_store(tmp_path_factory.mktemp("reading") / "store") as made:
        made.refresh_codes()
        for record in RECORDS:
            mapped = map_record(record)
            entry = Entry(record.document.file, mapped.document, Fingerprints("1"))
            made.replace(entry, iter([*mapped.facts, *mapped.evidence]))
        yield made


@pytest.mark.parametrize("name", QUESTIONS)
def test_both_engines_give_the_same_rows(name: str, store: Store) -> None:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=serialize(store.quads(), format=RdfFormat.N_QUADS) or b"", format="nquads")
    answer = ask(store, name)
    assert answer.rows
    assert same(answer) == same(ask(dataset, name))


def test_recipients_are_compared(store: Store) -> None:
    answer = ask(store, "transfer-recipients")
    wanted = ("recipient_name", "region_name", "target_stated", "lower", "whole_stated")
    assert columns(answer, *wanted) == [
        ("巨鹿县", "巨鹿县", "≥100亩", Decimal(100), "300亩"),
        ("市林场", None, "200亩", None, "300亩"),
    ]
    assert ask(store, "transfer-recipients", fund="没有这项").rows == ()


def test_documents_by_how_far_they_were_read(store: Store) -> None:
    answer = ask(store, "reading-by-document")
    wanted = ("file", "region_name", "budget_year", "share", "cells_read", "cells_unread")
    assert sorted(columns(answer, *wanted), key=str) == sorted(
        [
            ("邢台.pdf", "邢台市", "2023", None, None, None),
            ("巨鹿.pdf", "巨鹿县", "2023", Decimal("0.92"), 46, 4),
            ("石家庄.pdf", "石家庄市", "2023", None, None, None),
            ("不详.pdf", None, None, Decimal(1), 20, 0),
        ],
        key=str,
    )
    few = ask(store, "reading-by-document", below="0.95")
    assert set(columns(few, "file")) == {("邢台.pdf",), ("巨鹿.pdf",), ("石家庄.pdf",)}


def test_regions_count_those_below(store: Store) -> None:
    answer = ask(store, "reading-by-region")
    found = {
        name: (documents, known)
        for name, documents, known in columns(answer, "region_name", "documents", "of_known_share")
    }
    assert found == {
        "河北省": (3, 1),
        "邢台市": (2, 1),
        "巨鹿县": (1, 1),
        None: (1, 1),
        "石家庄市": (1, 0),
    }
    means = {row[0]: row[1] for row in columns(answer, "region_name", "mean_share")}
    assert means["河北省"] == Decimal("0.92") and means["石家庄市"] is None


def test_what_was_not_read_is_listed_with_its_place(store: Store) -> None:
    answer = ask(store, "unread-passages")
    wanted = ("words", "reason_name", "page", "table", "row")
    assert set(columns(answer, *wanted)) == {
        ("备注", "no-label", 3, 3, 30),
        ("增减原因", "unknown-column", 3, 3, 4),
        ("见附件", "no-label", 3, 3, 12),
        ("附表", "unknown-table", 9, 9, 1),
    }
    only = ask(store, "unread-passages", reason="unknown-table")
    assert columns(only, "words", "project_name") == [("附表", None)]
