"""The shipped questions, `queries/*.rq`: what each answers, its parameters, its chart.

The head of a file is TOML in comments that begin with `#:`; the rest is the query. In the graph a
question is a `sh:SPARQLSelectExecutable`, so that editors of SPARQL can offer it.
"""

import re
from collections.abc import Iterator
from typing import Any
from typing import Literal as Choice

import msgspec
from pyoxigraph import Literal, NamedNode, Quad

from jixiao.config import cache, folder
from jixiao.config.toml_files import Merged, TomlError, convert, parsed
from jixiao.errors import UsageError
from jixiao.model.message import Message
from jixiao.rdf.namespaces import DCT, HOME, RDF, RDFS, SCHEMA, SH, XSD

QUESTIONS = NamedNode(HOME + "graph/questions")
DATATYPES = {"string": XSD.string, "integer": XSD.integer, "decimal": XSD.decimal}
_HEAD = "#:"
_PREFIX = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE)
Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a question may be told: its type, its default, and what it means.

    "iris" are any number of IRIs with spaces between; blank stands for all. In the query they take
    the place of `UNDEF` in `VALUES ?name { UNDEF }`.
    """

    type: Choice["string", "integer", "decimal", "iri", "iris"]
    default: str
    zh: str
    en: str


class Keywords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a question is about, in the words that one would look for it by."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a question's file says of it.

    `chart` is Vega-Lite without the data; `fold` in it makes a row of each of some columns. What
    a chart shows of a column are words: `codes` names the code lists that have them, `words` has
    them itself, in the order of the legend. `needs` are the facts without which a document
    is left out, which the description tells: no question loses documents in silence.
    """

    id: str = ""
    title: Message
    description: Message = Message(zh="", en="")
    keywords: Keywords = Keywords()
    needs: tuple[Choice["year", "name", "region", "category"], ...] = ()
    parameters: dict[str, Parameter] = {}
    chart: dict[str, Any] | None = None
    codes: dict[str, tuple[str, ...]] = {}
    words: dict[str, dict[str, Message]] = {}


class Question(msgspec.Struct, frozen=True):
    """A query with what it answers, in words."""

    name: str
    head: Head
    text: str


@cache
def questions() -> tuple[Question, ...]:
    """Return the shipped questions, by name."""
    return tuple(
        read(file.name.removesuffix(".rq"), file.read_text(), str(file))
        for file in folder("queries").files(".rq")
    )


def read(name: str, text: str, path: str = "") -> Question:
    """Return a text of SPARQL as a question; one without a head is called by its name.

    Raises:
        UsageError: the head is not right; the message has the file (`path`) and the line.

    """
    written = head_of(text)
    if not written.strip():
        return Question(name, Head(title=Message(zh=name, en=name)), text)
    path = path or f"{name}.rq"
    try:
        head = convert(Merged(parsed(written, path), [(path, written)]), Head)
    except TomlError as error:
        where = f"{path}:{error.line}"
        raise UsageError("bad-question", path=where, reason=error.reason) from error
    lines = text.splitlines()
    query = "".join(f"{line}\n" for line in lines if not line.startswith(_HEAD))
    return Question(name, head, query)


def head_of(text: str) -> str:
    """Return the TOML of a question's head, each line where it is in the file."""
    lines = (
        line.removeprefix(_HEAD).strip() if line.startswith(_HEAD) else ""
        for line in text.splitlines()
    )
    return "\n".join(lines)


def question_quads() -> Iterator[Quad]:
    """Yield the shipped questions as SHACL describes executable queries."""
    for known in questions():
        for triple in _described(known):
            yield Quad(*triple, QUESTIONS)


def _described(known: Question) -> Iterator[Triple]:
    node, head = NamedNode(f"{HOME}query/{known.name}"), known.head
    yield node, RDF.type, SH.SPARQLExecutable
    yield node, RDF.type, SH.SPARQLSelectExecutable
    yield node, DCT.identifier, Literal(head.id)
    yield from _in_both_languages(node, RDFS.label, head.title)
    yield from _in_both_languages(node, DCT.description, head.description)
    for keyword in head.keywords.zh:
        yield node, SCHEMA.keywords, Literal(keyword, language="zh-Hans")
    for keyword in head.keywords.en:
        yield node, SCHEMA.keywords, Literal(keyword, language="en")
    for prefix, namespace in _PREFIX.findall(known.text):
        declared = NamedNode(f"{HOME}query/prefix/{prefix}")
        yield node, SH.prefixes, QUESTIONS
        yield QUESTIONS, SH.declare, declared
        yield declared, SH.prefix, Literal(prefix)
        yield declared, SH.namespace, Literal(namespace, datatype=XSD.anyURI)
    yield node, SH.select, Literal(_PREFIX.sub("", known.text).strip() + "\n")
    for order, (name, parameter) in enumerate(head.parameters.items(), 1):
        yield from _parameter(node, order, name, parameter)


def _parameter(node: NamedNode, order: int, name: str, parameter: Parameter) -> Iterator[Triple]:
    about = NamedNode(f"{node.value}/parameter/{name}")
    datatype = DATATYPES.get(parameter.type)
    yield node, SH.parameter, about
    yield about, RDF.type, SH.Parameter
    yield about, SH.path, NamedNode(f"{HOME}query/parameter#{name}")
    yield about, SH.name, Literal(name)
    yield about, SH.order, Literal(str(order), datatype=XSD.integer)
    yield about, SH.optional, Literal("true", datatype=XSD.boolean)
    if datatype:
        yield about, SH.datatype, datatype
        yield about, SH.defaultValue, Literal(parameter.default, datatype=datatype)
    else:
        yield about, SH.nodeKind, SH.IRI
        if parameter.default:
            yield about, SH.defaultValue, NamedNode(parameter.default)
    yield from _in_both_languages(about, SH.description, Message(zh=parameter.zh, en=parameter.en))


def _in_both_languages(node: NamedNode, predicate: NamedNode, words: Message) -> Iterator[Triple]:
    yield node, predicate, Literal(words.zh, language="zh-Hans")
    yield node, predicate, Literal(words.en, language="en")
