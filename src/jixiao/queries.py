"""Asks the questions of `queries/`, or any other SPARQL query that only reads.

A question is a file: its first comment says what it answers, `# zh:` says it in Chinese, and each
`# param NAME TYPE DEFAULT — description` declares a parameter. Parameters are bound as RDF terms,
never pasted into the text. The default graph is the union of the named graphs.
"""

import difflib
import io
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import rdflib
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import ResultRow

from jixiao.data import folder
from jixiao.errors import UsageError
from jixiao.record import Message
from jixiao.store import Store
from jixiao.vocabulary import XSD

Value = str | int | Decimal | bool | None
_PARAM = re.compile(r'# param (?P<name>\w+) (?P<type>\w+) (?P<default>".*?"|\S+) — (?P<told>.+)')
_UPDATE = re.compile(
    r"(?:\s|#[^\n]*\n|PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>)*"
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)
_DATATYPES = {"string": XSD.string, "integer": XSD.integer, "decimal": XSD.decimal}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question may be told: its name, type (string, integer, decimal, iri) and default."""

    name: str
    type: str
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query with what it answers, in words."""

    name: str
    title: Message
    parameters: tuple[Parameter, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that answer a question; an IRI is a string, a value that is not bound is None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@cache
def questions() -> tuple[Question, ...]:
    """Return the shipped questions, by name."""
    files = sorted(folder("queries").iterdir(), key=lambda file: file.name)
    return tuple(
        _question(file.name.removesuffix(".rq"), file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".rq")
    )


def _question(name: str, text: str) -> Question:
    comments = [line for line in text.splitlines() if line.startswith("#")]
    english = comments[0].removeprefix("# ") if comments else name
    chinese = next((c.removeprefix("# zh: ") for c in comments if c.startswith("# zh: ")), english)
    found = (_PARAM.match(comment) for comment in comments)
    parameters = tuple(
        Parameter(m["name"], m["type"], m["default"].strip('"'), m["told"]) for m in found if m
    )
    return Question(name, Message(zh=chinese, en=english), parameters, text)


def question(name: str) -> Question:
    """Return a question by its name, or by the path of a file; raises `UsageError`."""
    for known in questions():
        if known.name == name:
            return known
    path = Path(name)
    if path.suffix == ".rq" or path.is_file():
        try:
            return _question(path.stem, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("query-unreadable", path=path, reason=str(error)) from error
    names = [known.name for known in questions()]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names
    raise UsageError("query-unknown", name=name, near=", ".join(near))


def _asked(name: str) -> Question:
    """Return the question of a name, or a text of SPARQL as a question."""
    return _question("text", name) if re.search(r"[\s{]", name) else question(name)


def ask(source: Store | rdflib.Dataset, name: str, **parameters: str | int | Decimal) -> Answer:
    """Return the rows that answer a question, a file of SPARQL, or a text of SPARQL.

    Raises `UsageError` for an unknown question or parameter, a value of the wrong type, a syntax
    error, or a query that would write.
    """
    asked = _asked(name)
    bindings = _bindings(asked, parameters)
    if isinstance(source, Store):
        return _rows(_solve(source, asked, bindings))
    return _rdflib_rows(source, asked, bindings)


def answer_as(store: Store, name: str, parameters: dict[str, str], kind: str) -> bytes:
    """Return the answer in a standard format: csv, tsv or json (SPARQL 1.1), or Turtle."""
    asked = _asked(name)
    result = _solve(store, asked, _bindings(asked, parameters))
    if isinstance(result, QueryTriples):
        return serialize(result, format=RdfFormat.TURTLE) or b""
    formats = {
        "csv": QueryResultsFormat.CSV,
        "tsv": QueryResultsFormat.TSV,
        "json": QueryResultsFormat.JSON,
    }
    buffer = io.BytesIO()
    if isinstance(result, QueryBoolean):
        result.serialize(buffer, format=QueryResultsFormat.JSON)
    else:
        result.serialize(buffer, format=formats[kind])
    return buffer.getvalue()


def _bindings(
    asked: Question, given: dict[str, str] | dict[str, str | int | Decimal]
) -> dict[str, Literal | NamedNode]:
    known = {parameter.name: parameter for parameter in asked.parameters}
    for name in given:
        if name not in known:
            names = ", ".join(known) or "—"
            raise UsageError("query-parameter", query=asked.name, name=name, known=names)
    return {
        name: _term(asked, parameter, str(given.get(name, parameter.default)))
        for name, parameter in known.items()
    }


def _term(asked: Question, parameter: Parameter, value: str) -> Literal | NamedNode:
    try:
        if parameter.type == "iri":
            return NamedNode(value)
        if parameter.type == "integer":
            value = str(int(value))
        if parameter.type == "decimal":
            value = f"{Decimal(value):f}"
    except (ValueError, InvalidOperation) as error:
        raise UsageError(
            "query-value", query=asked.name, name=parameter.name, type=parameter.type, value=value
        ) from error
    return Literal(value, datatype=_DATATYPES[parameter.type])


# Comments, IRIs and strings are passed over, so that only variables are ever replaced.
_TOKEN = re.compile(
    r"""#[^\n]*|<[^<>"{}|^`\\\s]*>|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|[?$](?P<name>\w+)""",
    re.DOTALL,
)


def bind(text: str, bindings: dict[str, Literal | NamedNode]) -> str:
    """Return the query with its parameters' variables replaced by RDF terms.

    A term is written by the RDF library, which escapes it: no value can end it.
    """

    def term(match: re.Match[str]) -> str:
        bound = bindings.get(match["name"] or "")
        return match[0] if bound is None else str(bound)

    return _TOKEN.sub(term, text)


def _solve(
    store: Store, asked: Question, bindings: dict[str, Literal | NamedNode]
) -> QuerySolutions | QueryBoolean | QueryTriples:
    _refuse_update(asked)
    try:
        return store.database.query(bind(asked.text, bindings))
    except SyntaxError as error:
        raise UsageError("query-syntax", query=asked.name, reason=error.msg) from error


def _refuse_update(asked: Question) -> None:
    if _UPDATE.match(asked.text):
        raise UsageError("query-writes", query=asked.name)


def _rows(result: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(result, QueryBoolean):
        return Answer(("answer",), ((bool(result),),))
    if isinstance(result, QueryTriples):
        rows = tuple((t.subject.value, t.predicate.value, _plain(t.object)) for t in result)
        return Answer(("subject", "predicate", "object"), rows)
    columns = tuple(variable.value for variable in result.variables)
    return Answer(columns, tuple(tuple(_plain(s[c]) for c in columns) for s in result))


def _plain(term: object) -> Value:
    if term is None:
        return None
    if isinstance(term, Literal):
        return _number(term.value, term.datatype.value)
    return str(getattr(term, "value", term))


def _number(text: str, datatype: str) -> Value:
    kind = datatype.removeprefix("http://www.w3.org/2001/XMLSchema#")
    if kind == "integer":
        return int(text)
    if kind == "decimal":
        return Decimal(text)
    return text == "true" if kind == "boolean" else text


def _rdflib_rows(
    dataset: rdflib.Dataset, asked: Question, bindings: dict[str, Literal | NamedNode]
) -> Answer:
    _refuse_update(asked)
    try:
        prepared = prepareQuery(bind(asked.text, bindings))
    except Exception as error:  # rdflib's parser raises whatever pyparsing does
        raise UsageError("query-syntax", query=asked.name, reason=str(error)) from error
    result = dataset.query(prepared)
    columns = tuple(str(variable) for variable in result.vars or ())
    rows = [row for row in result if isinstance(row, ResultRow)]
    return Answer(columns, tuple(tuple(_rdflib_plain(row.get(c)) for c in columns) for row in rows))


def _rdflib_plain(term: object) -> Value:
    if isinstance(term, rdflib.Literal):
        return _number(str(term), str(term.datatype or ""))
    return None if term is None else str(term)
