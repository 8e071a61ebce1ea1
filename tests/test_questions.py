"""The shipped questions: expected rows on the Julu disclosure, the same on both engines."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Triple, parse, serialize
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from scripts.docs.questions import page
from tests.answers import columns, same
from tests.conftest import PDF, ROOT

from jixiao.comparison.update import compare
from jixiao.errors import UsageError
from jixiao.fingerprints import Fingerprints
from jixiao.model.record import Record, Region
from jixiao.pipeline.build import read_and_check
from jixiao.queries.answering import ask
from jixiao.queries.catalogue import question
from jixiao.rdf.iris import document_iri
from jixiao.rdf.mapping import quads
from jixiao.rdf.questions import question_quads, questions, read
from jixiao.store.search_index import refresh
from jixiao.store.store import Entry, Store, create_store

DATA = Path(__file__).parent / "data" / "juluxian-2023"
NAMES = [known.name for known in questions()]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    built = read_and_check(PDF)
    with create_store(tmp_path_factory.mktemp("questions") / "store") as made:
        made.refresh_codes()
        entry = Entry("a.pdf", document_iri(built.record.document.sha256), Fingerprints("1"))
        made.replace(entry, parse(built.nquads, RdfFormat.N_QUADS))
        refresh(made)
        compare(made)
        yield made


@pytest.fixture(scope="module")
def dataset(store: Store) -> rdflib.Dataset:
    made = rdflib.Dataset(default_union=True)
    made.parse(data=serialize(store.quads(), format=RdfFormat.N_QUADS) or b"", format="nquads")
    return made


@pytest.fixture(scope="module")
def truth() -> Any:
    return json.loads((DATA / "truth.json").read_text(encoding="utf-8"))


SLOW = {"similar-projects"}  # rdflib joins each project with each


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.exhaustive if n in SLOW else ()) for n in NAMES]
)
def test_rdflib_gives_the_same_rows(name: str, store: Store, dataset: rdflib.Dataset) -> None:
    assert same(ask(store, name)) == same(ask(dataset, name))


@pytest.mark.parametrize("name", NAMES)
def test_a_question_says_what_it_answers(name: str) -> None:
    known = question(name)
    head = known.head
    assert any("\u4e00" <= c <= "\u9fff" for c in head.title.zh)
    assert head.title.en.isascii() and head.description.en.isascii()
    assert any("\u4e00" <= c <= "\u9fff" for c in head.description.zh)
    assert len(head.keywords.zh) == len(head.keywords.en) > 0
    assert all("\u4e00" <= word[0] <= "\u9fff" for word in head.keywords.zh)
    assert all(word.isascii() for word in head.keywords.en)
    for parameter, about in head.parameters.items():
        assert f"?{parameter}" in known.text
        assert about.zh and about.en


def test_every_question_has_an_id_of_its_own_and_a_row_of_the_page() -> None:
    ids = [known.head.id for known in questions()]
    assert all(ids) and len(set(ids)) == len(ids)
    assert (ROOT / "docs" / "questions.md").read_text(encoding="utf-8") == page()


def test_questions_are_described_as_shacl_describes_queries() -> None:
    described = rdflib.Graph()
    triples = (Triple(q.subject, q.predicate, q.object) for q in question_quads())
    described.parse(data=serialize(triples, format=RdfFormat.N_TRIPLES) or b"", format="nt")
    executables = set(described.subjects(rdflib.RDF.type, SH.SPARQLSelectExecutable))
    assert len(executables) == len(NAMES)
    node = rdflib.URIRef("https://w3id.org/jixiao/query/same-target")
    label = described.value(node, rdflib.RDFS.label, any=True)
    assert isinstance(label, rdflib.Literal) and label.language in ("zh-hans", "en")
    schema = rdflib.Namespace("https://schema.org/")
    for executable in executables:
        for predicate in (rdflib.RDFS.label, rdflib.DCTERMS.description, schema.keywords):
            told = list(described.objects(executable, predicate))
            languages = {o.language for o in told if isinstance(o, rdflib.Literal)}
            assert languages == {"zh-hans", "en"}
    parameter = described.value(node, SH.parameter)
    assert described.value(parameter, SH.datatype) == rdflib.XSD.integer
    assert described.value(parameter, SH.defaultValue) == rdflib.Literal(10)
    for executable in executables:
        select = str(described.value(executable, SH.select))
        declared = described.objects(described.value(executable, SH.prefixes), SH.declare)
        prefixes = {
            str(described.value(d, SH.prefix)): str(described.value(d, SH.namespace))
            for d in declared
        }
        heads = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())
        prepareQuery(heads + select)  # what is described can be asked by another program


def test_a_head_that_is_not_right_is_told() -> None:
    with pytest.raises(UsageError, match="titel"):
        read("mine", '#: titel.zh = "x"\nSELECT * { ?s ?p ?o }')


def test_projects(store: Store, truth: Any) -> None:
    answer = ask(store, "projects")
    stated = sorted(Decimal(a["amount_wan"]) * 10000 for a in truth["narrative_amounts"])
    assert [row[2] for row in answer.rows] == list(range(1, 24))
    assert [row[3] for row in answer.rows] == [p["name"] for p in truth["projects"]]
    assert sorted(Decimal(str(row[4])) for row in answer.rows) == stated
    assert {row[5] for row in answer.rows} == {7}
    assert ask(store, "projects", year="2022").rows == ()
    assert len(ask(store, "projects", department="巨鹿", year="2023").rows) == 23


def test_category_use(store: Store) -> None:
    rows = ask(store, "category-use").rows
    assert {(row[0], row[1]) for row in rows} == {("巨鹿县", "2023")}
    assert {row[2]: row[4] for row in rows} == {
        "output.quantity": 23,
        "output.quality": 23,
        "output.timeliness": 23,
        "output.cost": 23,
        "benefit.economic": 4,
        "benefit.social": 23,
        "benefit.sustainable": 19,
        "satisfaction.recipient": 23,
    }


@pytest.mark.parametrize(
    ("category", "count"),
    [("benefit.ecological", 23), ("benefit.economic", 19), ("benefit.sustainable", 4),
     ("output.quantity", 0)],
)  # fmt: skip
def test_missing_category(store: Store, dataset: rdflib.Dataset, category: str, count: int) -> None:
    for source in (store, dataset):
        assert len(ask(source, "missing-category", category=category).rows) == count


def test_missing_basis(store: Store) -> None:
    rows = columns(ask(store, "missing-basis"), "ordinal", "number", "state_name")
    assert rows == [(14, n, "blank") for n in range(2, 7)]


def test_same_target(store: Store, truth: Any) -> None:
    kinds = {
        "数量指标": "output.quantity",
        "质量指标": "output.quality",
        "时效指标": "output.timeliness",
        "成本指标": "output.cost",
        "经济效益指标": "benefit.economic",
        "社会效益指标": "benefit.social",
        "可持续影响指标": "benefit.sustainable",
        "服务对象满意度指标": "satisfaction.recipient",
    }
    counts = Counter(
        (kinds[i["level2"]], i["value"]) for p in truth["projects"] for i in p["indicators"]
    )
    for minimum in (5, 10):
        want = {(*key, n) for key, n in counts.items() if n >= minimum}
        assert set(ask(store, "same-target", minimum=minimum).rows) == want


def test_name_as_description(store: Store) -> None:
    assert len(ask(store, "name-as-description").rows) == 112


def test_cost_over_amount(store: Store) -> None:
    rows = columns(ask(store, "cost-over-amount"), "ordinal", "product", "yuan")
    products = {ordinal: (str(product), str(yuan)) for ordinal, product, yuan in rows}
    assert products == {
        11: ("280000", "273000"),
        14: ("1575000", "1460000"),
        16: ("200000", "195600"),
        19: ("137000", "136800"),
        20: ("25000", "21600"),
    }


def test_questions_of_practice(store: Store) -> None:
    comparators = {row[:2]: row[2] for row in ask(store, "comparator-use").rows}
    assert comparators["percent", "ge"] == 91 + 8, "those of the department's goals are said inline"
    clusters = {row[:2]: row[2] for row in ask(store, "percent-targets").rows}
    assert clusters["output.quality", Decimal(99)] == 23
    assert clusters["satisfaction.recipient", Decimal(95)] == 23
    grounds = {row[:2]: row[2] for row in ask(store, "basis-kinds").rows}
    assert grounds["satisfaction.recipient", "survey"] == 23
    arranged = [int(str(n)) for key, n in grounds.items() if key[1] == "leaders-arrangement"]
    assert sum(arranged) == 96
    assert len(ask(store, "payment-deadlines").rows) == 16
    money = columns(ask(store, "unmeasurable-money"), "of_no_ratio")
    assert len(money) == 23 and sum(int(str(n)) for (n,) in money) == 35
    assert ask(store, "satisfaction-grounds").rows == (("≥95%", "问卷调查", 23),)
    assert set(columns(ask(store, "carried-over"), "ordinal")) == {(1,)}


def test_where_printed(store: Store) -> None:
    rows = ask(store, "where-printed", text="2312.92").rows
    assert [(row[0], row[1], row[3]) for row in rows] == [("juluxian-2023.pdf", 23, "2312.92万元")]
    assert str(rows[0][2]).startswith("page=23&viewrect=62.50,288.36,")


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=20))
def test_no_value_ends_its_term(store: Store, text: str) -> None:
    """Whatever is asked for is looked for, and nothing else is done."""
    rows = ask(store, "where-printed", text=text).rows
    assert all(text in str(row[3]) for row in rows)


def test_an_injection_is_only_a_text(store: Store) -> None:
    attack = '") } ; DROP ALL ; SELECT * WHERE { FILTER(?x = "'
    assert ask(store, "where-printed", text=attack).rows == ()
    assert len(ask(store, "name-as-description").rows) == 112


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("projcts", {}, "near ones: projects"),
        ("projects", {"yeer": "2023"}, "takes: department, year"),
        ("same-target", {"minimum": "many"}, "of type integer"),
        ("SELECT ?x WHERE { ?x", {}, "syntax error"),
        ("PREFIX a: <urn:a> DROP ALL", {}, "would change data"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", {}, "would change data"),
    ],
)
def test_what_cannot_be_asked(
    store: Store, dataset: rdflib.Dataset, name: str, parameters: dict[str, str], told: str
) -> None:
    for source in (store, dataset):
        with pytest.raises(UsageError, match=told):
            ask(source, name, **parameters)


def test_departments_of_one_name_are_told_apart(julu: Record, tmp_path: Path) -> None:
    """Two departments may be called the same; their division tells them apart."""
    with create_store(tmp_path / "store") as made:
        made.refresh_codes()
        for code in ("130528", "130529"):
            region = Region(code, f"某县{code}")
            head = msgspec.structs.replace(
                julu.document, region=region, sha256=code + julu.document.sha256[6:]
            )
            record = msgspec.structs.replace(julu, document=head)
            made.replace(Entry(code, document_iri(head.sha256), Fingerprints("1")), quads(record))
        assert len(ask(made, "projects").rows) == 46
        assert len(ask(made, "missing-category").rows) == 46
        assert len(ask(made, "cost-over-amount").rows) == 10
        names = ask(made, "shared-names").rows
        assert names[0] == ("支付时效", 2, 26)
        goals = ask(made, "shared-goals").rows
        assert len(goals) == 69 and {row[1] for row in goals} <= {2}
