import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pyoxigraph
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from jixiao.model.message import Message
from jixiao.model.record import (
    Alignment,
    Amount,
    Cell,
    Column,
    Document,
    Figure,
    Goal,
    Indicator,
    Problem,
    Project,
    Reader,
    Record,
    Region,
    Statement,
    StatementRow,
    Target,
    Where,
)
from jixiao.rdf.code_lists import codes
from jixiao.rdf.jsonld_context import context
from jixiao.rdf.mapping import quads
from jixiao.rdf.rdflib_graph import graph

# rdflib's Dataset warns of its own use of default_context.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")

ROOT = Path(__file__).parents[1]
FILES = sorted(f for f in (ROOT / "ontology").rglob("*.ttl") if "releases" not in f.parts)
HOME = "https://w3id.org/jixiao/"
JX = rdflib.Namespace(HOME + "ns#")
CODE = HOME + "code/"
OWN = (JX, HOME + "dimension#", CODE)
BOTH = {"zh-hans", "en"}


def indicator(**changes: Any) -> Indicator:
    return msgspec.structs.replace(
        Indicator(
            level1="产出指标",
            level2="数量指标",
            level3="编制方案套数",
            description="编制方案的套数",
            value="3套",
            category="output.quantity",
            target=Target("number", "eq", Decimal(3), Decimal(3), "tao"),
            basis="工作计划",
            basis_inherited=False,
            cost_scope=None,
            where=Where(
                page=25,
                table=14,
                row=3,
                bbox=(10.0, 20.0, 110.0, 40.0),
                cells={"level3": (10.0, 20.0, 60.0, 40.0), "value": (60.0, 20.0, 110.0, 40.0)},
            ),
        ),
        **changes,
    )


def project(name: str, *indicators: Indicator, **changes: Any) -> Project:
    return msgspec.structs.replace(
        Project(
            id=name,
            name=name,
            order=1,
            carried_over=False,
            scheme="2015",
            goals=(Goal(text="提高能力", where=Where(page=25)),),
            amounts=(),
            indicators=indicators or (indicator(),),
            where=Where(page=25, bbox=(1.0, 2.0, 3.0, 4.0)),
        ),
        **changes,
    )


TARGETS = (
    ("≥99%", Target("number", "ge", Decimal(99), None, "percent")),
    ("<5万元", Target("number", "lt", None, Decimal(5), "CNY-wan")),
    ("20.0-30", Target("range", None, Decimal("20.0"), Decimal(30), "ci")),
    ("2023年12月", Target("date", "eq", date="2023-12")),
    ("每月25日前", Target("recurring", "le", per="月", date="---25")),
    ("优", Target("grade")),
    ("明显改善", Target("text")),
    ("≧?", None),
    ("", None),
)
SMALL = Record(
    document=Document(
        file="预算.pdf",
        sha256="0a1b2c3d4e5f6071" * 4,
        format="pdf",
        reader=Reader("pdfium", "0.1.0+abc"),
        title="2023年部门预算信息公开",
        kind="budget",
        department="县人民政府办公室",
        department_code="434",
        region=Region("130529", "巨鹿县"),
        fiscal_year=2023,
        pages=39,
        amount_unit="万元",
    ),
    overall_goal=Goal(text="总体目标", where=Where(page=24)),
    goals=(
        Goal(text="提升服务", name="政务服务", indicators=(indicator(),), where=Where(page=24)),
    ),
    projects=(
        project(
            "aaaaaaaaaa",
            *(
                indicator(level3=f"指标{n}", value=value, target=target)
                for n, (value, target) in enumerate(TARGETS)
            ),
            indicator(basis="", basis_inherited=None, cost_scope="per-unit"),
            indicator(basis="", basis_inherited=True),
            amounts=(
                Amount(
                    yuan=Decimal("150000"),
                    text="15万元",
                    source="prose",
                    where=Where(page=23),
                    name="方案编制",
                    alignment=Alignment("same-name", 1.0, 1.0, ()),
                ),
            ),
        ),
        project(
            "bbbbbbbbbb",
            indicator(
                where=Where(
                    page=27,
                    bbox=(1.0, 2.0, 3.0, 4.0),
                    continued=(Where(page=28, bbox=(1.0, 2.0, 3.0, 4.0)),),
                )
            ),
            order=None,
            carried_over=True,
        ),
    ),
    figures=(Figure("total-income", Decimal("1.50"), "1.5元", Where(page=23)),),
    statements=(
        Statement(
            kind="expenditure",
            classification="functional",
            title="部门预算支出总表",
            unit="万元",
            columns=(
                Column("合计", "amount", {"measureScope": "total"}),
                Column("项目支出", "amount", {"expenditureKind": "project"}),
                Column("备注", "text"),
            ),
            rows=(
                StatementRow(
                    line="1",
                    section=None,
                    code="2010301",
                    name="行政运行",
                    total=False,
                    values={
                        "合计": Cell("799.51", Decimal("7995100.00")),
                        "备注": Cell("本级"),
                    },
                    where=Where(page=8, table=6, row=5, bbox=(1.0, 2.0, 3.0, 4.0)),
                ),
                StatementRow("2", None, None, "合计", True, {}, Where(page=8)),
            ),
            note="注：本表",
            where=Where(page=8),
        ),
    ),
    problems=(Problem("no-number", Message("不是数字", "no number"), Where(page=3)),),
)


def named(found: Iterable[pyoxigraph.Quad]) -> set[str]:
    """Return the IRIs of all terms."""
    terms = chain.from_iterable((q.subject, q.predicate, q.object) for q in found)
    return {term.value for term in terms if isinstance(term, pyoxigraph.NamedNode)}


def subjects(record: Record) -> set[str]:
    return {q.subject.value for q in quads(record) if isinstance(q.subject, pyoxigraph.NamedNode)}


@cache
def terms() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology" / "jixiao.ttl")


@cache
def code_lists() -> rdflib.Graph:
    found = rdflib.Graph()
    for file in (ROOT / "ontology" / "codes").glob("*.ttl"):
        found.parse(file)
    return found


def languages(subject: Node, predicate: rdflib.URIRef, of: rdflib.Graph) -> list[str]:
    texts = of.objects(subject, predicate)
    return sorted(str(text.language).lower() for text in texts if isinstance(text, rdflib.Literal))


# The files


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_loads_in_both_engines_and_has_no_blank_nodes(file: Path) -> None:
    found = list(pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE))
    assert len(set(found)) == len(rdflib.Graph().parse(file, format="turtle"))
    assert not any(isinstance(q.subject, pyoxigraph.BlankNode) for q in found)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_nothing(file: Path) -> None:
    assert not list(rdflib.Graph().parse(file).triples((None, OWL.imports, None)))


def test_every_term_has_a_label_and_a_definition_in_both_languages() -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property)
    found = {term for kind in kinds for term in terms().subjects(RDF.type, kind)}
    assert found
    wrong = [
        (term, predicate)
        for term in found
        for predicate in (RDFS.label, SKOS.definition)
        if set(languages(term, predicate, terms())) != BOTH
        or len(languages(term, predicate, terms())) != len(BOTH)
    ]
    assert not wrong


def test_domains_ranges_and_superclasses_are_declared() -> None:
    own = {
        value
        for predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf)
        for value in terms().objects(None, predicate)
        if str(value).startswith(JX)
    }
    assert not {value for value in own if (value, RDF.type, None) not in terms()}


def test_every_code_has_one_label_a_language_and_a_scheme() -> None:
    lists = code_lists()
    concepts = set(lists.subjects(RDF.type, SKOS.Concept))
    schemes = set(lists.subjects(RDF.type, SKOS.ConceptScheme))
    assert [c for c in concepts if languages(c, SKOS.prefLabel, lists) != sorted(BOTH)] == []
    assert {scheme for c in concepts for scheme in lists.objects(c, SKOS.inScheme)} <= schemes
    for concept in concepts:
        notation, scheme = lists.value(concept, SKOS.notation), lists.value(concept, SKOS.inScheme)
        assert str(concept) == f"{scheme}/{notation}"


def test_links_between_codes_lead_to_codes() -> None:
    lists = code_lists()
    names = ("broader", "narrower", "exactMatch", "closeMatch", "broadMatch", "narrowMatch")
    relations = [SKOS[name] for name in (*names, "hasTopConcept", "topConceptOf")]
    linked = chain.from_iterable(lists.objects(None, relation) for relation in relations)
    own = {code for code in linked if str(code).startswith(CODE)}
    assert own
    assert not {code for code in own if (code, SKOS.prefLabel, None) not in lists}


def test_the_two_indicator_schemes_are_dated_and_differ_in_cost() -> None:
    lists = code_lists()
    old, new = (rdflib.URIRef(f"{CODE}indicator/{year}") for year in ("2015", "2021"))
    issued = [lists.value(scheme, rdflib.DCTERMS.issued) for scheme in (old, new)]
    assert [str(date) for date in issued] == ["2015-05-21", "2021-08-18"]
    assert (old + "/output.cost", SKOS.broader, old + "/output") in lists
    assert (new + "/cost", SKOS.topConceptOf, new) in lists


@pytest.mark.parametrize(
    ("key", "yuan"), [("CNY-qian", 1000), ("CNY-wan", 10000), ("CNY-yi", 10**8)]
)
def test_money_says_how_many_yuan_it_is(key: str, yuan: int) -> None:
    multiplier = rdflib.URIRef("http://qudt.org/schema/qudt/conversionMultiplier")
    value = code_lists().value(rdflib.URIRef(f"{CODE}unit/{key}"), multiplier)
    assert isinstance(value, rdflib.Literal)
    assert value.value == yuan


def settings_of(name: str) -> Any:
    return tomllib.loads((ROOT / "extract" / name).read_text(encoding="utf-8"))


def test_every_code_that_the_reading_rules_give_is_in_a_list() -> None:
    tables, prose = settings_of("statements.toml"), settings_of("prose.toml")
    wanted = {f"unit/{key}" for key in settings_of("values.toml")["units"]}
    wanted |= {f"statement/{entry['kind']}" for entry in tables["statements"]}
    wanted |= {f"figure/{entry['kind']}" for entry in prose["figures"]}
    for column in tables["columns"]:
        for key, notation in column.get("dimensions", {}).items():
            wanted.add(re.sub("([A-Z])", r"-\1", key).lower() + "/" + notation)
    for scheme in settings_of("categories.toml")["schemes"]:
        wanted |= {f"indicator/{scheme['id']}/{key}" for key in scheme["second"]}
        wanted |= {f"indicator/{scheme['id']}/{key}" for key in scheme["first"]}
    assert not {
        key for key in wanted if (rdflib.URIRef(CODE + key), None, None) not in code_lists()
    }


# The mapping


def test_two_calls_give_the_same_quads() -> None:
    assert list(quads(SMALL)) == list(quads(SMALL))


def test_there_are_no_blank_nodes_and_iris_are_ascii() -> None:
    for quad in quads(SMALL):
        assert isinstance(quad.subject, pyoxigraph.NamedNode)
        assert not isinstance(quad.object, pyoxigraph.BlankNode)
    assert all(iri.isascii() for iri in named(quads(SMALL)))


def test_every_term_and_code_used_is_defined() -> None:
    defined = named(codes()) | {str(s) for s in terms().subjects()}
    described = {
        q.subject.value
        for q in quads(SMALL)
        if q.predicate.value == str(SKOS.prefLabel) and isinstance(q.subject, pyoxigraph.NamedNode)
    }
    used = {iri for iri in named(quads(SMALL)) if iri.startswith(OWN)}
    assert used - defined - described == set()


def test_the_real_disclosure_uses_only_what_is_defined(julu: Record) -> None:
    defined = {str(s) for g in (terms(), code_lists()) for s in g.subjects()}
    used = {iri for iri in named(quads(julu)) if iri.startswith(OWN)}
    assert used - defined == {f"{CODE}region/{code}" for code in ("130000", "130500", "130529")}


def test_facts_know_no_reader_and_evidence_does() -> None:
    parts = {
        q.graph_name.value.rpartition("/")[2]
        for q in quads(SMALL)
        if q.predicate.value == str(JX.readerVersion)
        and isinstance(q.graph_name, pyoxigraph.NamedNode)
    }
    assert parts == {"evidence"}


def test_a_target_keeps_its_text_and_its_bounds() -> None:
    found = graph(SMALL)
    stated = {str(o): s for s, o in found.subject_objects(JX.stated)}
    assert (stated["≥99%"], JX.lowerInclusive, rdflib.Literal(True)) in found
    assert (stated["≥99%"], JX.upperBound, None) not in found
    assert (stated["<5万元"], JX.upperInclusive, rdflib.Literal(False)) in found
    assert (stated["20.0-30"], RDF.type, JX.RangeTarget) in found
    assert (stated["≧?"], RDF.type, JX.UnparsedTarget) in found
    december = rdflib.Literal("2023-12", datatype=rdflib.XSD.gYearMonth)
    assert (stated["2023年12月"], JX.date, december) in found
    day = rdflib.Literal("---25", datatype=rdflib.XSD.gDay)
    assert (stated["每月25日前"], JX.recurringDay, day) in found
    assert "" not in stated


def test_a_value_is_found_on_its_page() -> None:
    question = """
        PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT DISTINCT ?place WHERE {
          ?ind jx:hasTarget ?body . ?body jx:stated "≥99%" .
          ?note oa:hasBody ?body ; jx:field jx:stated .
          ?note oa:hasTarget/oa:hasSelector/rdf:value ?place }
    """
    rows = [str(row[0]) for row in graph(SMALL).query(question) if isinstance(row, tuple)]
    assert len(rows) == 1
    numbers = [float(n) for n in re.findall(r"[\d.]+", rows[0])]
    assert rows[0].startswith("page=25&viewrect=")
    assert numbers == [25, 60, 20, 50, 20]


def test_what_goes_on_over_a_page_has_two_places() -> None:
    has_target = "http://www.w3.org/ns/oa#hasTarget"
    places = Counter(q.subject for q in quads(SMALL) if q.predicate.value == has_target)
    assert max(places.values()) == 2


NAMES = st.lists(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12),
    min_size=1,
    max_size=5,
    unique=True,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(NAMES, st.randoms())
def test_iris_do_not_hang_on_the_order_of_projects(names: list[str], random: Any) -> None:
    # A project's id is the digest of its name; see jixiao.extraction.
    projects = [project(name.encode().hex(), indicator(level3=name)) for name in names]
    before = subjects(msgspec.structs.replace(SMALL, projects=tuple(projects)))
    random.shuffle(projects)
    assert subjects(msgspec.structs.replace(SMALL, projects=tuple(projects))) == before


def test_the_codes_are_in_graphs_of_their_own() -> None:
    found = {str(q.graph_name) for q in codes()}
    assert found == {f"<{HOME}graph/codes>", f"<{HOME}graph/ontology>"}


def test_the_union_is_the_default_graph() -> None:
    found = graph(SMALL)
    assert (None, JX.hasTarget, None) in found
    assert (rdflib.URIRef(f"{CODE}unit/tao"), SKOS.prefLabel, None) in found


def with_row(code: str) -> Record:
    statement = SMALL.statements[0]
    row = msgspec.structs.replace(statement.rows[0], code=code, name="新科目")
    return msgspec.structs.replace(
        SMALL, statements=(msgspec.structs.replace(statement, rows=(row,)),)
    )


@pytest.mark.parametrize("code", ["A 01", "货物A01", "2010301/2", "<>", ""])
def test_an_odd_code_still_gives_ascii_iris(code: str) -> None:
    assert all(iri.isascii() for iri in named(quads(with_row(code))))


def test_a_class_that_no_list_has_is_described() -> None:
    concept = rdflib.URIRef(f"{CODE}functional/2139999")
    label = graph(with_row("2139999")).value(concept, SKOS.prefLabel)
    assert str(label) == "新科目"


def test_a_decimal_has_no_exponent() -> None:
    figure = Figure("total-income", Decimal("1E+5"), "10万元", Where(page=1))
    found = graph(msgspec.structs.replace(SMALL, figures=(figure,)))
    assert "100000" in {str(amount) for amount in found.objects(None, JX.amount)}


def test_final_accounts_are_not_mixed_with_the_budget() -> None:
    accounts = msgspec.structs.replace(SMALL.document, kind="final-accounts")
    budgets = {s for s in subjects(SMALL) if "/id/budget/" in s}
    later = subjects(msgspec.structs.replace(SMALL, document=accounts))
    assert not budgets & later


# The JSON-LD context


def test_the_context_names_every_property() -> None:
    inner = context()
    assert isinstance(inner, dict)
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    names = {str(p).rpartition("#")[2] for kind in kinds for p in terms().subjects(RDF.type, kind)}
    assert names <= inner.keys()


def test_a_graph_goes_through_json_ld_and_back() -> None:
    facts = rdflib.Graph()
    for triple in graph(SMALL).triples((None, None, None)):
        if "/id/" in str(triple[0]):
            facts.add(triple)
    text = facts.serialize(format="json-ld", context=context(), auto_compact=True)
    assert "carriedOver" in text
    assert JX not in json.dumps(json.loads(text)["@graph"])
    # The other engine reads it back: rdflib's own reader warns of its deprecated graph.
    triples = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.JSON_LD)
    back = "".join(f"{q.subject} {q.predicate} {q.object} .\n" for q in triples)
    assert isomorphic(rdflib.Graph().parse(data=back, format="nt"), facts)
