"""Real documents against truth set by hand: forms, beginnings and papers of many provinces.

What is required of the corpus is what `docs/accuracy.md` says of it.
"""

from collections import defaultdict
from functools import cache
from pathlib import Path

import msgspec
import pytest
from benchmarks.accuracy.blind import all_at_once, one_by_one
from benchmarks.accuracy.compare import Comparison, compare
from benchmarks.accuracy.leftout import left_out
from benchmarks.accuracy.sums import Sum, measured, summed
from benchmarks.accuracy.truth import Known, corpus

from jixiao.extraction import read

WILD = Path(__file__).parent / "data" / "wild"
FORMATS = ("html", "docx", "xlsx")
# Documents that have a silent fault: the fault, and why.
SILENT: dict[str, str] = {}


@cache
def found(kind: str) -> list[tuple[Known, Comparison | None]]:
    return measured(corpus([WILD], [kind]))


def total(kind: str) -> Sum:
    return summed(found(kind))


@pytest.mark.parametrize("kind", [*FORMATS, "pdf"])
def test_no_fault_is_silent(kind: str) -> None:
    for known, comparison in found(kind):
        assert comparison is not None, known.name
        if known.truth.id in SILENT:
            assert comparison.silent, f"{known.name} is mended: take it off the list"
        else:
            assert not comparison.silent, known.name


@pytest.mark.parametrize("kind", FORMATS)
def test_as_much_is_exact_as_is_required(kind: str) -> None:
    of = total(kind)
    assert of.documents >= 41
    assert of.invented == 0
    for figure in ("indicators", "level1", "level2", "value", "actual", "weight", "score", "goals"):
        assert of.right[figure] >= 0.98 * of.due[figure], figure
    for figure in ("amounts", "names", "kind", "department", "year", "region"):
        # Some bodies and divisions are told by the address of their page only.
        assert of.right[figure] >= 0.93 * of.due[figure], figure
    assert of.outcomes["exact"] >= 0.85 * of.documents


def test_tables_of_papers_are_read() -> None:
    of = total("pdf")
    assert of.due["tables"] >= 9
    assert of.right["tables"] == of.due["tables"]
    assert of.right["indicators"] >= 0.99 * of.due["indicators"]


def test_the_kinds_of_file_are_read_alike() -> None:
    read_of = defaultdict[str, dict[str, Comparison | None]](dict)
    for kind in FORMATS:
        for known, comparison in found(kind):
            if known.file.parent.name == "forms":
                read_of[known.truth.id][kind] = comparison
    assert len(read_of) >= 41
    for name, kinds in read_of.items():
        assert len({repr(comparison) for comparison in kinds.values()}) == 1, name


def test_a_header_of_nonsense_is_read_by_its_content() -> None:
    blind = one_by_one(corpus([WILD / "forms"], ["html"]))
    assert blind.count > 280
    assert blind.share("same") >= 0.97, blind.faults
    assert blind.share("same", "told") == 1, [f for f in blind.faults if f.startswith("silent")]


def test_all_headers_of_nonsense() -> None:
    due, right, _ = all_at_once(corpus([WILD / "forms"], ["html"]))
    assert due["indicators"] > 200
    assert right["indicators"] >= 0.8 * due["indicators"]


def test_a_province_without_its_own_words() -> None:
    of = Sum()
    for _, _, part in left_out(list(corpus([WILD / "forms"], ["html"]))):
        of += part
    assert of.documents >= 41
    assert of.right["indicators"] >= 0.88 * of.due["indicators"]


def test_silent_faults_are_seen() -> None:
    (known,) = corpus([WILD / "forms"], ["html"], "24-neimenggu-linhe-transfer-self.html")
    record = read(known.file)
    (project,) = record.projects
    first, *rest = project.indicators
    wrong = msgspec.structs.replace(first, value="1")
    changed = msgspec.structs.replace(project, indicators=(wrong, *rest, wrong), goals=())
    found = compare(known.truth, msgspec.structs.replace(record, projects=(changed,)))
    assert found.outcome == "misleading"
    kinds = {fault.split()[0] for fault in found.silent}
    assert kinds == {"wrong", "invented", "lost"}
    nothing = msgspec.structs.replace(record, projects=())
    assert any("lost" in fault for fault in compare(known.truth, nothing).silent)
