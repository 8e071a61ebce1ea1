"""The budget statements are well-formed cubes, as the W3C's integrity constraints say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, RdfFormat, Store
from tests.answers import ROOT

from jixiao.rdf.namespaces import HOME, JX, OBEU_ATTRIBUTE, OBEU_MEASURE, QB, RDF
from jixiao.store.store import Store as Corpus

SUITE = ROOT / "tests" / "suites" / "data-cube"
CONSTRAINTS = sorted(SUITE.glob("IC-*.rq"))
OBSERVATION = NamedNode(HOME + "id/spoilt")


@pytest.fixture(scope="module")
def cubes(corpus: Corpus) -> Store:
    made = Store()
    made.extend(Quad(*quad.triple) for quad in corpus.union())
    made.load(path=SUITE / "openbudgets.ttl", format=RdfFormat.TURTLE)
    return made


def _offenders(store: Store, constraint: Path) -> Iterator[str]:
    found = store.query(constraint.read_text(encoding="utf-8"))
    assert isinstance(found, QuerySolutions)
    for solution in found:
        yield str(solution["offender"])


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda path: path.stem)
def test_nothing_offends(constraint: Path, cubes: Store) -> None:
    assert list(_offenders(cubes, constraint)) == []


def test_there_is_what_could_offend(cubes: Store) -> None:
    assert len(CONSTRAINTS) == 21
    assert len(list(cubes.quads_for_pattern(None, RDF.type, QB.Observation))) > 1500
    assert len(list(cubes.quads_for_pattern(None, QB.structure, JX.budgetStructure))) > 30


@pytest.mark.parametrize(
    ("constraint", "removed"),
    [
        ("IC-01", QB.dataSet),
        ("IC-11", JX.columnLabel),
        ("IC-13", OBEU_ATTRIBUTE.currency),
        ("IC-14", OBEU_MEASURE.amount),
    ],
)
def test_what_is_missing_offends(constraint: str, removed: NamedNode, cubes: Store) -> None:
    spoilt = Store()
    spoilt.extend(cubes)
    observation = next(iter(cubes.quads_for_pattern(None, RDF.type, QB.Observation))).subject
    for quad in list(spoilt.quads_for_pattern(observation, removed, None)):
        spoilt.remove(quad)
    assert list(_offenders(spoilt, SUITE / f"{constraint}.rq")) == [str(observation)]


def test_what_is_there_twice_offends(cubes: Store) -> None:
    spoilt = Store()
    spoilt.extend(cubes)
    observation = next(iter(cubes.quads_for_pattern(None, RDF.type, QB.Observation))).subject
    for quad in cubes.quads_for_pattern(observation, None, None):
        spoilt.add(Quad(OBSERVATION, quad.predicate, quad.object))
    found = list(_offenders(spoilt, SUITE / "IC-12.rq"))
    assert found in ([str(observation)], [str(OBSERVATION)])


def test_a_code_of_another_list_offends(cubes: Store) -> None:
    spoilt = Store()
    spoilt.extend(cubes)
    dimension = NamedNode(HOME + "dimension#measureScope")
    spoilt.add(Quad(OBSERVATION, RDF.type, QB.Observation))
    spoilt.add(Quad(OBSERVATION, dimension, NamedNode(HOME + "code/unit/percent")))
    offender = f"<{HOME}code/unit/percent>"
    assert list(_offenders(spoilt, SUITE / "IC-19.rq")) == [offender]
