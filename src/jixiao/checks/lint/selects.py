"""Checks SPARQL: whether both engines parse it, and whether its names name something."""

import re
from functools import lru_cache

from pyoxigraph import QuerySolutions, Store
from rdflib.plugins.sparql import prepareQuery

from jixiao.checks.lint.faults import Faults
from jixiao.checks.lint.known import THRESHOLDS, Known
from jixiao.checks.lint.tables import regex_fault, suggestion
from jixiao.config import folder
from jixiao.errors import UsageError
from jixiao.rdf.namespaces import SH
from jixiao.rdf.turtle_lines import parse_turtle

_HIDDEN = re.compile(
    r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|<[^<>\s]*>|#[^\n]*'
)
_NAME = re.compile(r"(?<![\w?$:.-])([A-Za-z][\w-]*)?:([\w][\w.-]*)")
_PREFIX = re.compile(r"PREFIX\s+([\w-]*):\s*<([^>]*)>", re.I)
_REGEX = re.compile(r'\b(?:REGEX|REPLACE)\s*\((?:[^",]|"[^"]*")*,\s*"((?:\\.|[^"\\])*)"', re.I)
_NOT_PORTABLE = re.compile(r"\(\?<?[=!]|\(\?P=|\\[1-9]")
_AT = re.compile(r"error at (\d+):\d+: (.*)", re.S)
_AT_LINE = re.compile(r"\(at char \d+\), \(line:(\d+), col:\d+\)")
Where = tuple[object, int]  # a file, and the line on which the text begins


def check_select(text: str, where: Where, known: Known, faults: Faults) -> None:
    """Note the faults of a query of the shapes."""
    declared = shape_prefixes()
    head = "".join(f"PREFIX {name}: <{space}>\n" for name, space in declared.items())
    check_query(head, text.lstrip("\n"), where, known, faults)


def check_query(head: str, text: str, where: Where, known: Known, faults: Faults) -> None:
    """Note the faults of a query; `head` are lines before it that are not in the file."""
    path, line = where
    skipped = head.count("\n")
    if fault := _syntax_fault(head + text):
        at, said = fault
        faults.add(path, max(line, line + at - 1 - skipped), "sparql", reason=said)
        return
    prefixes = dict(_PREFIX.findall(head + text))
    for number, row in enumerate(_shown(text).splitlines()):
        if _PREFIX.match(row.strip()):
            continue
        for prefix, local in _NAME.findall(row):
            iri = prefixes.get(prefix, "") + local.rstrip(".")
            if prefix in prefixes and not known.resolves(iri):
                near = suggestion(local, [_tail(known_iri) for known_iri in known.iris_like(iri)])
                code = "unknown-threshold" if iri.startswith(THRESHOLDS) else "unknown-term"
                name = f"{prefix}:{local.rstrip('.')}"
                faults.add(path, line + number, code, name=name, near=near)
    for match in _REGEX.finditer(text):
        pattern = match[1].replace("\\\\", "\\")
        at = line + text.count("\n", 0, match.start())
        if said := regex_fault(pattern):
            faults.add(path, at, "regex", pattern=pattern, reason=said)
        elif part := _NOT_PORTABLE.search(pattern):
            faults.add(path, at, "regex-portable", pattern=pattern, part=part[0])


def _tail(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


def _shown(text: str) -> str:
    """Return a query with blanks for its strings, IRIs and comments."""
    return _HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


@lru_cache(maxsize=512)
def _syntax_fault(text: str) -> tuple[int, str] | None:
    """Return the line of a fault and what a parser says; both parsers must take the query."""
    try:
        Store().query(text)
    except SyntaxError as error:
        match = _AT.search(str(error))
        return (int(match[1]), match[2].strip()) if match else (1, str(error))
    try:
        prepareQuery(text)
    except Exception as error:  # rdflib raises what its parts raise
        match = _AT_LINE.search(str(error))
        return int(match[1]) if match else 1, f"rdflib: {str(error).splitlines()[0]}"
    return None


def columns(text: str, head: str | None = None) -> list[str] | None:
    """Return the names that a query selects, None where it does not parse or selects nothing."""
    if head is None:
        declared = shape_prefixes().items()
        head = "".join(f"PREFIX {name}: <{space}>\n" for name, space in declared)
    try:
        found = Store().query(head + text)
    except SyntaxError:
        return None
    return [name.value for name in found.variables] if isinstance(found, QuerySolutions) else None


def shape_prefixes() -> dict[str, str]:
    """Return the prefixes that the queries of the shapes share."""
    prefixes, spaces = dict[object, str](), dict[object, str]()
    for file in folder("shapes").files(".ttl"):
        try:
            for quad in parse_turtle(file):
                if quad.predicate == SH.prefix:
                    prefixes[quad.subject] = getattr(quad.object, "value", "")
                elif quad.predicate == SH.namespace:
                    spaces[quad.subject] = getattr(quad.object, "value", "")
        except UsageError:
            continue
    return {prefixes[node]: spaces[node] for node in prefixes if node in spaces}
