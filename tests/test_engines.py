"""Both SHACL engines find the same."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from benchmarks.invent import LAYOUTS, invent
from benchmarks.write import write
from rdflib import Dataset, URIRef

from jixiao.checks import engine
from jixiao.checks.run import check
from jixiao.errors import UsageError
from jixiao.extraction import read
from jixiao.model.finding import Report
from jixiao.model.record import Record
from jixiao.rdf.rdflib_graph import graph

CASES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
INVENTED = [(layout, seed) for seed in range(8) for layout in LAYOUTS][:50]
# One of each layout from day to day; the others for a release.
TRIED = [
    pytest.param(layout, seed, marks=pytest.mark.exhaustive if seed else ())
    for layout, seed in INVENTED
]

needs_both = pytest.mark.skipif(
    find_spec("shacl") is None, reason="the extra jixiao[fast] is not installed"
)


@pytest.fixture(autouse=True)
def _wordless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pySHACL not write out what its results are about: half of its time, read by nobody."""

    def nothing(*_: object, **__: object) -> str:
        return ""

    import_module("pyshacl")
    for name, module in [*sys.modules.items()]:
        if name.startswith("pyshacl.") and hasattr(module, "stringify_node"):
            monkeypatch.setattr(module, "stringify_node", nothing)


def both(data: Dataset) -> tuple[Report, Report]:
    return check(data, engine="pyshacl"), check(data, engine="fast")


@needs_both
def test_on_the_real_disclosure(julu: Record) -> None:
    slow, fast = both(graph(julu))
    assert slow.findings
    assert slow == fast


def daily(file: Path) -> bool:
    """Tell whether a graph is one of those that show each rule at work once."""
    return file.name == "invalid.ttl"


@needs_both
@pytest.mark.parametrize(
    "file",
    [pytest.param(f, marks=() if daily(f) else pytest.mark.exhaustive) for f in CASES],
    ids=lambda file: f"{file.parent.name}-{file.stem}",
)
def test_on_each_fixture(file: Path) -> None:
    data = Dataset(default_union=True)
    data.graph(URIRef("https://w3id.org/jixiao/id/doc/1/facts")).parse(file, format="turtle")
    slow, fast = both(data)
    assert slow == fast


@needs_both
@pytest.mark.parametrize(("layout", "seed"), TRIED)
def test_on_invented_documents(layout: str, seed: int, tmp_path: Path) -> None:
    record = read(write(invent(layout, seed), "docx", tmp_path, seed))
    slow, fast = both(graph(record))
    assert slow == fast


def test_without_the_fast_engine_the_reference_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    data = graph(read(Path(__file__).parent / "data" / "corpus" / "water-2024.docx"))

    def missing(name: str) -> None:
        return None

    monkeypatch.setattr(engine, "find_spec", missing)
    assert check(data).findings
    with pytest.raises(UsageError, match="jixiao\\[fast\\]"):
        check(data, engine="fast")
