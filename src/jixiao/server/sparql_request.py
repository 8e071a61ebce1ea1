"""Reads a request of the SPARQL 1.1 Protocol: a query, and the graphs it is asked of."""

import re
from urllib.parse import parse_qs

import msgspec

from jixiao.server.problems import Problem

_FORM = "application/x-www-form-urlencoded"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
# What stands in strings, IRIs and comments is no keyword.
_QUOTED = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*""",
    re.DOTALL,
)
_SERVICE = re.compile(r"(?<![\w?$:.-])SERVICE(?![\w:.-])", re.IGNORECASE)


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
    check_local(texts[0])
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
    """Raise `Problem` for a query that would have this machine ask another one."""
    if _SERVICE.search(_QUOTED.sub(" <> ", text)):
        raise Problem("no-service")
