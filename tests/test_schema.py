"""What follows from the ontology is current, and describes what exports hold."""

import json

import pytest
from scripts.docs.schema import (
    CONTEXT,
    Schema,
    context,
    dictionary,
    files,
    glossary,
    record_keys,
    tables,
)

from jixiao.publishing.table_schema import column_name, plan
from jixiao.rdf.namespaces import HOME, RDF
from jixiao.store.store import Store

NEW = """
@prefix jx: <https://w3id.org/jixiao/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
jx:dataSource a owl:DatatypeProperty ;
    rdfs:domain jx:PerformanceIndicator ; rdfs:range rdf:langString ;
    rdfs:label "数据来源"@zh-Hans, "data source"@en ;
    skos:definition "实际值取自何处。"@zh-Hans, "Where the actual value is taken from."@en .
"""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema()


def test_the_generated_files_are_current() -> None:
    stale = [path for path, text in files().items() if text != path.read_text(encoding="utf-8")]
    assert stale == [], "run scripts/schema"


def test_the_context_can_be_made_from_nothing(schema: Schema) -> None:
    """The current file gives entries their place and form only."""
    current = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]

    def plain(entries: dict[str, object]) -> dict[str, object]:
        return {key: {"@id": e} if isinstance(e, str) else e for key, e in entries.items()}

    assert plain(context(schema, {})) == plain(current)
    spoilt = {**current, "carriedOver": "jx:carriedOver", "gone": "jx:gone"}
    del spoilt["pageCount"]
    assert plain(context(schema, spoilt)) == plain(current)


def test_a_new_term_needs_only_its_declaration(schema: Schema) -> None:
    current = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    new = Schema(NEW)
    entry = {"@id": "jx:dataSource", "@language": "zh-Hans"}
    assert context(new, current) == {**current, "dataSource": entry}
    before, after = (
        {table["url"]: table["tableSchema"]["columns"] for table in tables(s)["tables"]}
        for s in (schema, new)
    )
    changed = {url for url in after if after[url] != before[url]}
    assert changed == {"PerformanceIndicator.csv"}
    columns = {column["name"]: column for column in after["PerformanceIndicator.csv"]}
    assert columns["dataSource_zh_hans"]["propertyUrl"] == f"{HOME}ns#dataSource"
    for page in (dictionary, glossary):
        added = set(page(new).splitlines()) - set(page(schema).splitlines())
        assert any("数据来源" in line for line in added)


def test_two_terms_cannot_have_one_key() -> None:
    clash = NEW.replace("jx:dataSource", "<https://w3id.org/jixiao/dimension#amount>")
    with pytest.raises(ValueError, match="amount"):
        context(Schema(clash), {})


def test_the_record_has_every_key_that_a_term_names(schema: Schema) -> None:
    assert schema.all_record_keys() - record_keys() == set()


def test_exported_columns_are_described(corpus: Store, schema: Schema) -> None:
    """The tables of our own classes: the names, the kinds, and where values may be several."""
    described = {
        (str(of_class.iri), str(term.iri)): term
        for of_class in schema.classes
        for term in schema.properties_of(of_class)
    }
    columns, wrong = 0, list[tuple[str, str, str]]()
    for about, table in plan(corpus).items():
        for key, column in table.columns.items():
            if not about.startswith(f"{HOME}ns#") or key.predicate == RDF.type.value:
                continue
            term = described.get((about, key.predicate))
            fits = (
                term is not None
                and key.kind in schema.kinds(term)
                and column.name in {column_name(key, mixed=mixed) for mixed in (True, False)}
                and (schema.several(term) or not column.several)
            )
            columns += 1
            wrong += [] if fits else [(about, key.predicate, key.kind)]
    assert wrong == []
    assert columns > 100, "most tables are there"
