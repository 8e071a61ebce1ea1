"""Reads a request of the SPARQL 1.1 Protocol: a query, and the graphs it is asked of."""

import re
from urllib.parse import parse_qs

import msgspec

from jixiao.server.problems import Problem

_FORM = "application/x-www-form-urlencoded"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
# What stands in comments, IRIs, strings and names is no keyword. Each alternative takes what it has
# begun to the end, so that no character is read more than twice.
_PASSED = re.compile(
    r"""(?P<comment>\#[^\r\n]*+)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
    | "{3}(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3})?
    | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*+(?:'{3})?
    | "(?:[^"\\\r\n]|\\.)*+"?
    | '(?:[^'\\\r\n]|\\.)*+'?
    | \\.""",
    re.DOTALL | re.VERBOSE,
)
# The word, then what says where to: a keyword needs no blank before what follows it.
_SERVICE = re.compile(
    r"(?<![\w?$:-])(?<![\w:-]\.)SERVICE\s*+(?:SILENT\s*+)?"
    r"(?:[?$]\w++|<>|[\w.-]*+:[\w.:%-]*+)\s*+\{",
    re.IGNORECASE,
)


class Asked(msgspec.Struct, frozen=True):
    """A query; None for the graphs stands for those that the store or the query says."""

    text: str
    default: list[str] | None = None
    named: list[str] | None = None


def asked(method: str, query_string: str, media_type: str, body: bytes) -> Asked | None:
    """Return what a request asks, None where it asks nothing; raises `Problem`."""
    values = parse_qs(query_string, keep_blank_values=True)
    kind, _, charset = media_type.partition(";")
    if method == "POST":
        values = _posted(kind.strip().lower(), charset, body, values)
    if "update" in values:
        raise Problem("read-only")
    texts = values.get("query", [])
    if not texts and method != "POST":
        return None
    if len(texts) != 1:
        raise Problem("one-query", count=len(texts))
    default, named = values.get("default-graph-uri"), values.get("named-graph-uri")
    if default is None and named is None:
        return Asked(texts[0])
    return Asked(texts[0], default or [], named or [])


def _posted(
    kind: str, charset: str, body: bytes, values: dict[str, list[str]]
) -> dict[str, list[str]]:
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


def check_local(text: str) -> None:
    """Raise `Problem` for a query that plainly would have this machine ask another one."""
    if _SERVICE.search(_PASSED.sub(_blank, text)):
        raise Problem("no-service")


def check_strictly_local(text: str) -> None:
    """Raise `Problem` for a query that has the word anywhere: for systems that cannot refuse."""
    if "service" in text.lower():
        raise Problem("no-service")


def _blank(passed: re.Match[str]) -> str:
    if passed["comment"]:
        return " "
    return "<>" if passed["iri"] else "_"
