"""Exports: each is read back by another program's rules, and says the same."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import rdflib
from benchmarks.export import enlarged, peak
from csvw import CSVW
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from tests.answers import ROOT, build_some, stored
from tests.papers import made_once

from jixiao.cli import cli
from jixiao.errors import UsageError
from jixiao.publishing import FORMATS, export
from jixiao.store.store import Store

Said = tuple[str, str, str, str]  # subject, predicate, object, what kind of object
ONE_WRITER = ("turtle", "nquads", "rdfxml")  # that of TriG, which has all graphs
SLOW = ("jsonld", "parquet")
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def small(run_folder: Path) -> Iterator[Store]:
    with stored(run_folder / "export-small", "culture-2023.xlsx") as store:
        yield store


@pytest.fixture(scope="module")
def few(run_folder: Path) -> Iterator[Store]:
    """Papers of each kind of file, a real one among them; all would say more of the same."""
    papers = ("farming-2023*", "[cw]*", "services*", "../putuo/justice*.pdf")
    with stored(run_folder / "export-few", *papers) as store:
        yield store


@pytest.fixture(scope="module")
def farming(run_folder: Path) -> Iterator[Store]:
    """A budget and its self-evaluation, for what takes long."""
    with stored(run_folder / "export-farming", "farming-2023*") as store:
        yield store


@pytest.mark.parametrize(
    ("kind", "syntax"), [("trig", RdfFormat.TRIG), ("nquads", RdfFormat.N_QUADS)]
)
def test_the_graphs_are_read_back(kind: str, syntax: RdfFormat, few: Store, tmp_path: Path) -> None:
    export(few, kind, tmp_path / "a")
    assert set(parse((tmp_path / "a").read_bytes(), syntax)) == set(few.quads())


@pytest.mark.parametrize("papers", ["farming", pytest.param("few", marks=pytest.mark.exhaustive)])
def test_jsonld_is_read_back(papers: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    store: Store = request.getfixturevalue(papers)
    export(store, "jsonld", tmp_path / "a")
    assert set(parse((tmp_path / "a").read_bytes(), RdfFormat.JSON_LD)) == set(store.quads())


@pytest.mark.parametrize("kind", ["turtle", "rdfxml"])
def test_the_union_is_read_back(kind: str, few: Store, tmp_path: Path) -> None:
    export(few, kind, tmp_path / "a")
    syntax = {"turtle": RdfFormat.TURTLE, "rdfxml": RdfFormat.RDF_XML}[kind]
    assert set(parse((tmp_path / "a").read_bytes(), syntax)) == set(few.union())


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own use
@pytest.mark.parametrize(
    ("kind", "name"), [("turtle", "turtle"), ("rdfxml", "xml"), ("jsonld", "json-ld")]
)
def test_rdflib_reads_the_same_graph(kind: str, name: str, small: Store, tmp_path: Path) -> None:
    export(small, kind, tmp_path / "a")
    export(small, "turtle", tmp_path / "b")
    read = rdflib.Dataset(default_union=True)
    read.parse(tmp_path / "a", format=name)
    other = set(rdflib.Graph().parse(tmp_path / "b", format="turtle"))
    assert len(other) == len(list(small.union()))
    assert not [node for triple in other for node in triple if isinstance(node, rdflib.BNode)]
    assert {quad[:3] for quad in read.quads()} == other, "without blank nodes, isomorphic is equal"


def test_jsonld_is_compact_and_needs_no_network(small: Store, tmp_path: Path) -> None:
    export(small, "jsonld", tmp_path / "a")
    document = json.loads((tmp_path / "a").read_text(encoding="utf-8"))
    shipped = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    assert document["@context"] == shipped["@context"]
    facts = next(g for g in document["@graph"] if g["id"].endswith("/facts"))
    project = next(n for n in facts["@graph"] if "BudgetProject" in n["type"])
    assert project["partOfBudget"].endswith("/2023")
    assert isinstance(project["hasIndicator"], list)
    keys = {key for node in facts["@graph"] for key in node}
    assert not [key for key in keys if key.startswith("http")], "every property has a short name"
    read: Any = import_module("pyld.jsonld")  # it has no type hints
    quads = read.to_rdf(document, {"format": "application/n-quads"})
    assert set(parse(quads.encode(), RdfFormat.N_QUADS)) == set(small.quads())


def _said(quads: Iterator[Quad]) -> set[Said]:
    return {_triple(q.subject.value, q.predicate.value, q.object) for q in quads}  # type: ignore[union-attr]


def _triple(subject: str, predicate: str, term: Any) -> Said:
    if isinstance(term, NamedNode):
        return subject, predicate, term.value, "iri"
    assert isinstance(term, Literal)
    kind = f"@{term.language.lower()}" if term.language else term.datatype.value
    return subject, predicate, _value(term.value, kind), kind


def _value(text: str, kind: str) -> str:
    return str(Decimal(text).normalize()) if kind == f"{XSD}decimal" else text


def _csvw(folder: Path) -> Iterator[Said]:
    """Yield what csv2rdf makes of the tables in its minimal mode (W3C, 2015)."""
    metadata = json.loads((folder / "csv-metadata.json").read_text(encoding="utf-8"))
    for table in metadata["tables"]:
        schema = table["tableSchema"]
        assert schema["aboutUrl"] == "{+id}"
        with (folder / table["url"]).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                for column in schema["columns"]:
                    text = row[column["titles"]]
                    if column.get("suppressOutput") or text == schema.get("null", ""):
                        continue
                    yield row["id"], column["propertyUrl"], *_cell(column, text)


def _cell(column: dict[str, str], text: str) -> tuple[str, str]:
    if "valueUrl" in column:
        assert column["valueUrl"] == f"{{+{column['name']}}}"
        return text, "iri"
    kind = f"@{column['lang'].lower()}" if "lang" in column else XSD + column["datatype"]
    return _value(text, kind), kind


def test_csvw_makes_the_same_triples(few: Store, tmp_path: Path) -> None:
    export(few, "csv", tmp_path / "tables")
    made = list(_csvw(tmp_path / "tables"))
    assert len(made) == len(set(made)) == len(list(few.union()))
    assert set(made) == _said(few.union())


def test_another_program_holds_the_csvw_valid(small: Store, tmp_path: Path) -> None:
    export(small, "csv", tmp_path / "tables")
    read: Any = CSVW(str(tmp_path / "tables" / "csv-metadata.json"), validate=True)
    assert read.is_valid, read.warnings
    projects = next(t for t in read.tables if str(t.url) == "BudgetProject.csv")
    assert len(list(projects.iterdicts())) == 4


def test_a_blank_value_is_not_a_missing_one(few: Store, tmp_path: Path) -> None:
    """The default of a question's parameter may be the blank text."""
    export(few, "csv", tmp_path / "tables")
    text = (tmp_path / "tables" / "sh_Parameter.sh_defaultValue_string.csv").read_text("utf-8")
    assert "projects/parameter/year,\n" in text.replace("\r", "")


def test_parquet_makes_the_same_triples(few: Store, tmp_path: Path) -> None:
    export(few, "parquet", tmp_path / "tables")
    made = list[Said]()
    for file in sorted((tmp_path / "tables").glob("*.parquet")):
        made += _parquet(file)
    assert len(made) == len(set(made)) == len(list(few.union()))
    assert set(made) == _said(few.union())
    amounts = _parquet_file(tmp_path / "tables" / "ProjectAmount.parquet")
    assert str(amounts.schema.field("amount").type).startswith("decimal128")


def _parquet_file(file: Path) -> Any:
    return import_module("pyarrow.parquet").read_table(file)


def _parquet(file: Path) -> Iterator[Said]:
    table = _parquet_file(file)
    for field in list(table.schema)[1:]:
        several = str(field.type).startswith("list")
        told = {name.decode(): value.decode() for name, value in field.metadata.items()}
        for iri, cell in zip(table["id"].to_pylist(), table[field.name].to_pylist(), strict=True):
            for value in (cell or []) if several else [cell]:
                if value is not None:
                    text = str(value).lower() if isinstance(value, bool) else str(value)
                    kind = told["kind"].lower() if told["kind"][0] == "@" else told["kind"]
                    yield iri, told["property"], _value(text, kind), kind


def test_a_folder_of_others_is_left_alone(small: Store, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"):
        export(small, "csv", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    export(small, "csv", tmp_path / "tables")
    (tmp_path / "tables" / "stale.csv").touch()
    export(small, "csv", tmp_path / "tables")
    assert not (tmp_path / "tables" / "stale.csv").exists(), "written anew as a whole"
    with pytest.raises(UsageError, match="--output"):
        export(small, "parquet", Path("-"))


def test_the_command_knows_every_format() -> None:
    choice = next(p for p in cli.commands["export"].params if p.name == "kind").type
    assert set(choice.choices) == {*FORMATS, "dcat"}  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def grown(run_folder: Path) -> dict[Path, int]:
    """Stores of the same paper two, five and twelve times, and how many quads each has."""
    copies = (2, 5, 12)

    def make(folder: Path) -> None:
        build_some(folder / "one", "roads-2019.docx")
        sizes = [enlarged(folder / "one", folder / f"{n}", n) for n in copies]
        (folder / "quads.json").write_text(json.dumps(sizes))

    folder = made_once(run_folder / "export-grown", make)
    sizes = json.loads((folder / "quads.json").read_text())
    return dict(zip((folder / f"{n}" for n in copies), sizes, strict=True))


_LEAST = 400  # bytes of a quad that is held; 600 as an object


def _growth(grown: dict[Path, int], kind: str, folder: Path) -> float:
    """Return by how many bytes a quad more lets the peak of memory grow.

    The two smaller stores tell it, but not of Parquet: it holds rows until they are many.
    """
    small, large = list(grown)[1:] if kind == "parquet" else list(grown)[:2]
    peaks = [peak(store, kind, folder / store.name) for store in (small, large)]
    return (peaks[1] - peaks[0]) * 2**20 / (grown[large] - grown[small])


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.exhaustive) if kind in ONE_WRITER + SLOW else kind
        for kind in FORMATS
    ],
)
def test_memory_does_not_grow_with_the_store(
    kind: str, grown: dict[Path, int], tmp_path: Path
) -> None:
    """What grows is the database's own cache of blocks; Parquet holds 2,000 rows a table."""
    assert _growth(grown, kind, tmp_path) < (_LEAST if kind == "parquet" else _LEAST / 2)


def test_what_holds_the_store_would_be_noticed(grown: dict[Path, int], tmp_path: Path) -> None:
    assert _growth(grown, "all at once", tmp_path) > _LEAST
