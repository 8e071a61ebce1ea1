"""Parses requests of the SPARQL 1.1 Protocol, and rejects queries that call other servers."""

import re
from urllib.parse import parse_qs

import msgspec

from jixiao.server.problems import Problem

_FORM = "application/x-www-form-urlencoded"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
# Comments, IRIs, strings and escapes, within which no keyword stands. Each alternative consumes its
# token to the end (possessive quantifiers), so that no character is read more than twice.
_NO_KEYWORD = re.compile(
    r"""(?P<comment>\#[^\r\n]*+)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | "{3}(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3})?
    | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*+(?:'{3})?
    | "(?:[^"\\\r\n]|\\.)*+"?
    | '(?:[^'\\\r\n]|\\.)*+'?
    | \\.""",
    re.DOTALL | re.VERBOSE,
)
# The keyword, then a variable or an IRI: the grammar demands no blank between them.
_SERVICE = re.compile(
    r"(?<![\w?$:-])(?<![\w:-]\.)SERVICE\s*+(?:SILENT\s*+)?"
    r"(?:[?$]\w++|<>|[\w.-]*+:[\w.:%-]*+)\s*+\{",
    re.IGNORECASE,
)


class QueryRequest(msgspec.Struct, frozen=True):
    """A query and its dataset.

    Attributes:
        text: The query.
        default: IRIs of the default graph, None if the request names no dataset.
        named: IRIs of the named graphs, None if the request names no dataset.

    """

    text: str
    default: list[str] | None = None
    named: list[str] | None = None


def parse_request(
    method: str, query_string: str, media_type: str, body: bytes
) -> QueryRequest | None:
    """Parse a request of the SPARQL 1.1 Protocol.

    Args:
        method: The HTTP method.
        query_string: The part of the address after "?".
        media_type: The Content-Type header.
        body: The body of a POST.

    Returns:
        The query; None if a GET has none.

    Raises:
        Problem: It is an update ("read-only"), has no or several queries ("one-query"), or a body
            that is not of the protocol ("media-type", "not-utf8").

    """
    values = parse_qs(query_string, keep_blank_values=True)
    kind, _, charset = media_type.partition(";")
    if method == "POST":
        values = _with_body(kind.strip().lower(), charset, body, values)
    if "update" in values:
        raise Problem("read-only")
    texts = values.get("query", [])
    if not texts and method != "POST":
        return None
    if len(texts) != 1:
        raise Problem("one-query", count=len(texts))
    default, named = values.get("default-graph-uri"), values.get("named-graph-uri")
    if default is None and named is None:
        return QueryRequest(texts[0])
    # One of them alone defines the dataset: the other is empty then, not that of the store.
    return QueryRequest(texts[0], default or [], named or [])


def _with_body(
    kind: str, charset: str, body: bytes, values: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Return the parameters of a POST: those of the address and those of the body."""
    if kind == _UPDATE:
        raise Problem("read-only")
    if kind not in (_FORM, _QUERY):
        raise Problem("media-type", given=kind or "—")
    if "charset" in charset.lower() and "utf-8" not in charset.lower():
        raise Problem("not-utf8")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Problem("not-utf8") from None
    if kind == _QUERY:
        return {**values, "query": [*values.get("query", []), text]}
    form = parse_qs(text, keep_blank_values=True)
    return {name: values.get(name, []) + form.get(name, []) for name in values | form}


def reject_service(text: str) -> None:
    """Raise `Problem` "no-service" if a query clearly has a SERVICE clause.

    It only explains the refusal: a clause that this scan misses fails in the engine, which has no
    network.
    """
    if _SERVICE.search(_NO_KEYWORD.sub(_placeholder, text)):
        raise Problem("no-service")


def reject_service_word(text: str) -> None:
    """Raise `Problem` "no-service" if a query contains the word "service" anywhere.

    For operating systems that cannot keep the engine from the network.
    """
    if "service" in text.lower():
        raise Problem("no-service")


def _placeholder(token: re.Match[str]) -> str:
    if token["comment"]:
        return " "
    return "<>" if token["iri"] else "_"
