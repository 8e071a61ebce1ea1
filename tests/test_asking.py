"""Queries of one's own, and what is told where one cannot be answered."""

import io
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from pyoxigraph import Store as Database

from jixiao.errors import UsageError
from jixiao.queries.answering import ask
from jixiao.queries.catalogue import question
from jixiao.queries.formats import answer, from_input, listing
from jixiao.rdf.questions import questions
from jixiao.store.store import Store

XSD = "http://www.w3.org/2001/XMLSchema#"
HEAD = """#: title.zh = "甲"
#: title.en = "a"
#: parameters.n = { type = "integer", default = "3", zh = "甲", en = "a" }
#: parameters.d = { type = "decimal", default = "1", zh = "甲", en = "a" }
#: parameters.t = { type = "string", default = "", zh = "甲", en = "a" }
#: parameters.i = { type = "iri", default = "urn:a", zh = "甲", en = "a" }
#: parameters.l = { type = "iris", default = "", zh = "甲", en = "a" }
"""


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store(Database())
    made.database.update('INSERT DATA { <urn:a> <urn:b> "3" , 3 . <urn:c> <urn:b> <urn:d> }')
    yield made
    assert len(made.database) == 3, "nothing that was asked has changed anything"


def _one(store: Store, term: str) -> object:
    return ask(store, f"SELECT ({term} AS ?x) {{}}").rows[0][0]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", "integer", 12),
        ("abc", "integer", "abc"),
        ("1_0", "integer", "1_0"),
        ("9" * 5000, "integer", "9" * 5000),
        ("1.50", "decimal", Decimal("1.50")),
        ("NaN", "decimal", "NaN"),
        ("1e3", "decimal", "1e3"),
        ("1", "boolean", True),
        ("0", "boolean", False),
        ("yes", "boolean", "yes"),
    ],
)
def test_a_value_is_what_its_datatype_says_or_text(
    store: Store, text: str, kind: str, value: object
) -> None:
    found = _one(store, f'STRDT("{text}", <{XSD}{kind}>)')
    assert found == value and type(found) is type(value)


MARKED = "[red]甲[/red] [/] :smile: a|b \\\\ c"


def test_cells_are_shown_as_they_are(store: Store) -> None:
    text = f'SELECT ("{MARKED}" AS ?x) {{}}'
    plain = MARKED.replace("\\\\", "\\")
    assert plain in answer(store, text, {}, "table", "en").decode()
    lines = 'SELECT ("a|b\\nc\\\\" AS ?x) {}'
    assert answer(store, lines, {}, "markdown", "en").decode().splitlines()[2:] == [
        r"| a\|b<br>c\\ |"
    ]
    assert "minimum=10" in listing("en")


def test_a_truth_value_has_every_format_of_rows(store: Store) -> None:
    for kind in ("csv", "tsv"):
        assert answer(store, "ASK {}", {}, kind, "en").strip() == b"true"
    assert b'"boolean":true' in answer(store, "ASK {}", {}, "json", "en")


def test_a_graph_is_turtle_and_no_table_of_values(store: Store) -> None:
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    found = list(parse(answer(store, text, {}, "turtle", "en"), RdfFormat.TURTLE))
    assert len(found) == 3
    for kind in ("csv", "tsv", "json"):
        with pytest.raises(UsageError, match="--format turtle"):
            answer(store, text, {}, kind, "en")
    with pytest.raises(UsageError, match="--format csv"):
        answer(store, "SELECT * { ?s ?p ?o }", {}, "turtle", "en")


def test_a_parameter_may_be_listed(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(
        HEAD
        + "SELECT ?n (?d + 1 AS ?m) ?t WHERE { ?s ?p ?n { SELECT (COUNT(?n) AS ?c) { ?a ?b ?n } } "
        "}",
        encoding="utf-8",
    )
    found = ask(store, str(path), t="?n")
    assert found.columns == ("n", "m", "t")
    assert found.rows == ((3, Decimal(2), "?n"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", "NaN"),
        ("n", "Infinity"),
        ("n", "3 } ; DROP ALL"),
        ("d", "NaN"),
        ("d", "-Infinity"),
        ("d", "sNaN"),
        ("t", "\ud800"),
        ("i", "urn:a> } ; DROP ALL ; SELECT * { <urn:a"),
        ("i", 'urn:a"'),
        ("i", "urn:\ud800"),
        ("i", "no iri"),
        ("l", "urn:a urn:b>"),
        ("l", "urn:a } INSERT { <urn:x> <urn:y> <urn:z>"),
    ],
)
def test_a_value_that_is_none_is_told(store: Store, name: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    query = (
        "SELECT * { VALUES ?l { UNDEF } ?i <urn:b> ?x FILTER(?x != ?n && ?x != ?d && ?x != ?t) }"
    )
    path.write_text(HEAD + query, encoding="utf-8")
    with pytest.raises(UsageError, match=f"parameter {name} of the question mine"):
        ask(store, str(path), **{name: value})


@pytest.mark.parametrize("name", [q.name for q in questions() if q.head.parameters])
def test_no_iri_ends_its_term_in_the_shipped_questions(corpus: Store, name: str) -> None:
    attack = "urn:a> } } ; DROP ALL ; SELECT * { <urn:a"
    for parameter, known in question(name).head.parameters.items():
        if known.type in ("iri", "iris"):
            with pytest.raises(UsageError, match="of type iri"):
                ask(corpus, name, **{parameter: attack})


@pytest.mark.parametrize("form", ["SELECT *", "ASK", "CONSTRUCT { ?s ?p ?o }"])
def test_a_service_that_fails_is_told(store: Store, form: str) -> None:
    text = f"{form} {{ SERVICE <http://127.0.0.1:9/none> {{ ?s ?p ?o }} }}"
    with pytest.raises(UsageError, match="SERVICE"):
        ask(store, text)
    kind = "turtle" if "CONSTRUCT" in form else "csv"
    with pytest.raises(UsageError, match="SERVICE"):
        answer(store, text, {}, kind, "en")


@pytest.mark.parametrize(
    ("given", "told"),
    [(b"", "empty"), (b" \n", "empty"), (b"\xff\xfe", "cannot be read"), (b"ASK", "syntax error")],
)
def test_what_comes_in_is_a_query_or_told(
    store: Store, given: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    with pytest.raises(UsageError, match=told):
        answer(store, from_input(), {}, "csv", "en")


def test_half_a_character_is_no_query(store: Store) -> None:
    with pytest.raises(UsageError, match="syntax error"):
        ask(store, 'SELECT ("\ud800" AS ?x) {}')
