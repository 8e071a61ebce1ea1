"""Invented disclosures with known truth, in every layout and kind of file, read cell by cell."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.invent import LAYOUTS, Document, Grid, invent
from benchmarks.score import Score, score
from benchmarks.write import KINDS, write

from jixiao.documents.pdf.reader import can_recognise
from jixiao.extraction import read

SEED = 5
NEEDS = {
    kind: ["soffice" if kind == "pdf-office" else "chromium"]
    for kind in KINDS
    if kind.startswith("pdf-")
}
REQUIRED = {"pdf-three-line": 0.98, "pdf-rule-less": 0.98, "pdf-scan": 0.95}
SLOW = {"pdf-office": ["flat", "municipal"], "pdf-scan": ["hebei", "form-2015"]}
# Of these kinds, which differ from "pdf-ruled" in how pages lie or who wrote them, a layout or two
# show enough from day to day.
DAILY = {
    "pdf-landscape": ["flat", "department"],
    "pdf-rotated": ["hebei", "self-evaluation"],
    "pdf-office": ["municipal"],
    "pdf-scan": [],  # `test_ocr` recognises pages
}


def cases() -> Iterator[pytest.ParameterSet]:
    for kind in KINDS:
        for layout in SLOW.get(kind, LAYOUTS):
            daily = layout in DAILY.get(kind, LAYOUTS)
            marks = () if daily else pytest.mark.exhaustive
            yield pytest.param(kind, layout, marks=marks)


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Score]:
    folder = tmp_path_factory.mktemp("invented")

    def scored(kind: str, layout: str) -> Score:
        missing = [program for program in NEEDS.get(kind, []) if not shutil.which(program)]
        if missing:
            pytest.skip(f"not installed: {', '.join(missing)}")
        if kind == "pdf-scan" and not can_recognise():
            pytest.skip("the extra jixiao[ocr] is not installed")
        document = invent(layout, SEED)
        return score(read(write(document, kind, folder, SEED)), document.truth)

    return scored


@pytest.mark.parametrize(("kind", "layout"), list(cases()), ids=lambda given: str(given))
def test_cells_are_exact_and_none_is_lost_in_silence(
    kind: str, layout: str, scored: Callable[[str, str], Score]
) -> None:
    found = scored(kind, layout)
    assert found.cells > 10
    assert found.rate >= REQUIRED.get(kind, 0.995), found.misses[:5]
    assert not found.silent


def test_a_wrong_cell_is_seen(tmp_path: Path) -> None:
    document = invent("hebei", SEED)
    record = read(write(document, "docx", tmp_path, SEED))
    document.truth[0].indicators[0]["value"] += "9"
    found = score(record, document.truth)
    assert found.cells - found.exact == 1
    assert len(found.silent) == 1, "nothing in the record tells of it"


def test_a_lost_row_is_seen(tmp_path: Path) -> None:
    document = invent("hebei", SEED)
    last = next(block for block in reversed(document.blocks) if isinstance(block, Grid))
    shorter = Document(document.layout, [b for b in document.blocks if b is not last], [])
    found = score(read(write(shorter, "docx", tmp_path, SEED)), document.truth)
    assert found.rate < 0.9
    assert len(found.silent) >= len(document.truth[-1].indicators)
