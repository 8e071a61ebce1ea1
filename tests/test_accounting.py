"""Each printed cell counts once, and what counts as read is in the record; also of mutations."""

import random
from pathlib import Path

import msgspec
import pytest
from benchmarks.accuracy.accounting import (
    FOLDERS,
    Account,
    account,
    documents,
    lost,
    miscounted,
    mutated,
)
from benchmarks.accuracy.reading import opened, record_of

from jixiao.extraction.ledger import Ledger

PATHS = list(documents(FOLDERS))
TESTS = Path(__file__).parent
MUTATIONS = 150


@pytest.mark.parametrize("path", PATHS, ids=[str(path.relative_to(TESTS)) for path in PATHS])
def test_each_cell_counts_once_and_each_value_is_kept(path: Path) -> None:
    found = account(opened(path))
    assert found == Account([], [])


@pytest.mark.parametrize("number", range(MUTATIONS))
def test_a_document_cut_and_shuffled_is_accounted_for(number: int) -> None:
    chance = random.Random(number)
    path = PATHS[chance.randrange(len(PATHS))]
    found = account(mutated(opened(path), chance))
    assert found == Account([], []), path


def test_a_value_that_is_not_kept_is_seen() -> None:
    content = opened(next(path for path in PATHS if path.name.startswith("24-neimenggu")))
    ledger = Ledger()
    record = record_of(content, ledger)
    assert not list(lost(content, record, ledger))
    assert list(lost(content, msgspec.structs.replace(record, projects=()), ledger))


def test_a_cell_that_does_not_count_is_seen() -> None:
    content = opened(next(path for path in PATHS if path.name.startswith("24-neimenggu")))
    record = record_of(content)
    assert not list(miscounted(content, content, record))
    assert list(miscounted(content, content, msgspec.structs.replace(record, coverage=())))
