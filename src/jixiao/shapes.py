"""Checks one document's graph against the SHACL of `shapes/`.

The engine is pySHACL; what it says is read back from its report. Only facts and codes are
validated: evidence is three times as large and no rule speaks of it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources.abc import Traversable
from typing import cast

import pyshacl
from pyoxigraph import Quad
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, SKOS
from rdflib.query import ResultRow
from rdflib.term import Node

from jixiao.data import folder
from jixiao.findings import Finding, Outcome, Rate, Repair, Report, Severity, order
from jixiao.ontology import CODES, codes, rdflib_triple, value_of
from jixiao.places import Places
from jixiao.record import Message
from jixiao.vocabulary import HOME

_validate = cast("Callable[..., tuple[object, ...]]", pyshacl.validate)  # typed in part only
_JX = HOME + "ns#"
_IN_DIMENSION = URIRef("http://www.w3.org/ns/dqv#inDimension")
_CANNOT_TELL = URIRef("http://www.w3.org/ns/earl#cantTell")
_SEVERITIES: dict[Node | None, Severity] = {
    SH.Violation: "error",
    SH.Warning: "warning",
    SH.Info: "info",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What `shapes/` says of a rule, besides its constraints."""

    shape: URIRef
    code: str
    name: Message
    dimension: str
    outcome: Outcome


def check(graph: Dataset) -> Report:
    """Return what does not hold in the graph of one document (see `ontology.graph`)."""
    data, evidence = Graph(), list[tuple[str, str, str]]()
    for part in graph.graphs():
        name = str(part.identifier)
        if name.endswith("/evidence"):
            evidence += [(str(s), str(p), str(o)) for s, p, o in part]
        elif name.endswith("/facts"):
            data += part
    return _judge(data, Places(evidence))


def check_quads(quads: Iterable[Quad]) -> Report:
    """Return what does not hold in one document's quads (see `ontology.quads`)."""
    data, evidence = Graph(), list[tuple[str, str, str]]()
    for quad in quads:
        if value_of(quad.graph_name).endswith("/evidence"):
            terms = quad.subject, quad.predicate, quad.object
            subject, predicate, value = (value_of(term) for term in terms)
            evidence.append((subject, predicate, value))
        else:
            data.add(rdflib_triple(quad))
    return _judge(data, Places(evidence))


def _judge(data: Graph, places: Places) -> Report:
    data += _background()
    found = [finding for result in _results(data) if (finding := _finding(result, data))]
    located = sorted((places.locate(finding, path) for finding, path in found), key=order)
    return Report(findings=tuple(located), rates=tuple(_rates(data, located)))


@cache
def _background() -> Graph:
    """Return the code lists, and what the indicator schemes require."""
    graph = Graph() + _parsed("requirements.ttl")
    for quad in codes():
        if quad.graph_name == CODES:
            graph.add(rdflib_triple(quad))
    return graph


@cache
def shapes() -> Graph:
    """Return the shapes, all files of the folder together."""
    graph = Graph()
    for file in sorted(_files(), key=lambda file: file.name):
        graph += _parsed(file.name)
    return graph


def _files() -> Iterable[Traversable]:
    return (file for file in folder("shapes").iterdir() if file.name.endswith(".ttl"))


@cache
def _parsed(name: str) -> Graph:
    return Graph().parse(data=(folder("shapes") / name).read_bytes(), format="turtle")


@cache
def rules() -> dict[Node, Rule]:
    """Return the rule of each shape, and of each property shape or constraint within it."""
    found, graph = dict[Node, Rule](), shapes()
    for shape, code in graph.subject_objects(DCTERMS.identifier):
        if not isinstance(shape, URIRef):
            continue
        parts = [shape, *graph.objects(shape, SH.property)]
        for part in parts:
            outcomes = {graph.value(node, URIRef(_JX + "outcome")) for node in (shape, part)}
            found[part] = Rule(
                shape=shape,
                code=str(code),
                name=_both(graph, shape, RDFS.label),
                dimension=str(graph.value(shape, _IN_DIMENSION)),
                outcome="cannot-tell" if _CANNOT_TELL in outcomes else "failed",
            )
    return found


def _validated(data: Graph) -> Graph:
    report = _validate(data, shacl_graph=shapes(), inplace=True)[1]
    if not isinstance(report, Graph):
        raise TypeError(str(report))
    return report


def _results(data: Graph) -> Iterator["_Result"]:
    report = _validated(data)
    for node in report.subjects(RDF.type, SH.ValidationResult):
        yield _Result(
            focus=report.value(node, SH.focusNode),
            source=report.value(node, SH.sourceShape),
            severity=_SEVERITIES[report.value(node, SH.resultSeverity)],
            path=report.value(node, SH.resultPath),
            value=report.value(node, SH.value),
            message=_both(report, node, SH.resultMessage),
        )


@dataclass(frozen=True, slots=True)
class _Result:
    focus: Node | None
    source: Node | None
    severity: Severity
    path: Node | None
    value: Node | None
    message: Message


def _finding(result: _Result, data: Graph) -> tuple[Finding, str | None] | None:
    if not isinstance(result.focus, URIRef) or result.source is None:
        return None
    rule = rules()[result.source]
    finding = Finding(
        code=rule.code,
        severity=result.severity,
        outcome=rule.outcome,
        dimension=rule.dimension,
        focus=str(result.focus),
        name=str(data.value(result.focus, SKOS.prefLabel) or ""),
        shape=str(rule.shape),
        message=_told(rule.shape, result, data),
        where=None,
        evidence=(),
        repair=_repair(rule.shape, result.focus, data),
    )
    return finding, str(result.path) if result.path else None


def _told(shape: URIRef, result: _Result, data: Graph) -> Message:
    """Return the message in both languages; an engine fills the variables of only one."""
    constraint = shapes().value(shape, SH.sparql)
    if constraint is None:
        return result.message
    rows = _solutions(constraint, result.focus, data)
    chosen = (row for row in rows if row.get("value") in (None, result.value))
    return _filled(constraint, next(chosen, dict[str, Node]()))


def _repair(shape: URIRef, focus: URIRef, data: Graph) -> Repair | None:
    """Return what the shape's own query says would mend the focus node, if it says anything."""
    declared = shapes().value(shape, URIRef(_JX + "repairQuery"))
    if declared is None:
        return None
    for row in _solutions(declared, focus, data):
        if culprit := row.get("culprit"):
            values = {name: _plain(value) for name, value in row.items() if name in _SHOWN}
            return Repair(str(culprit), _filled(declared, row), values)
    return None


_SHOWN = ("stated_wan", "repaired_wan")


def _solutions(query: Node, focus: Node | None, data: Graph) -> list[dict[str, Node]]:
    """Return the solutions of a query of `shapes/` for a focus node."""
    text = _prefixes() + str(shapes().value(query, SH.select))
    bindings = {"this": focus} if isinstance(focus, URIRef) else {}
    rows = data.query(text, initBindings=bindings)
    return [dict(row.asdict()) for row in rows if isinstance(row, ResultRow)]


def _filled(node: Node, row: dict[str, Node]) -> Message:
    values = {name: _plain(value) for name, value in row.items()}
    told = _both(shapes(), node, SH.message)
    return Message(zh=_fill(told.zh, values), en=_fill(told.en, values))


@cache
def _prefixes() -> str:
    graph = shapes()
    return "".join(
        f"PREFIX {graph.value(node, SH.prefix)}: <{graph.value(node, SH.namespace)}>\n"
        for node in graph.objects(None, SH.declare)
    )


def _fill(template: str, values: dict[str, str]) -> str:
    return re.sub(r"\{[?$](\w+)\}", lambda m: values.get(m[1], m[0]), template)


def _plain(value: object) -> str:
    """Return a term as text; a decimal without the zeros that division leaves."""
    if isinstance(value, Literal) and isinstance(value.value, Decimal):
        return f"{value.value.normalize():f}"
    return str(value)


def _both(graph: Graph, node: Node, predicate: URIRef) -> Message:
    """Return the texts of a node in both languages."""
    texts = {
        (text.language or "en")[:2].lower(): str(text)
        for text in graph.objects(node, predicate)
        if isinstance(text, Literal)
    }
    either = next(iter(texts.values()), "")
    return Message(zh=texts.get("zh", either), en=texts.get("en", either))


def _rates(data: Graph, findings: Iterable[Finding]) -> Iterator[Rate]:
    """Yield for each rule how many nodes it was held to and how many did not meet it."""
    found = list(findings)
    for code in sorted({rule.code for rule in rules().values()}):
        of_code = [rule for rule in rules().values() if rule.code == code]
        focus = {node for rule in of_code for node in _targets(data, rule.shape)}
        failed = {f.focus for f in found if f.code == code and f.outcome == "failed"}
        unsure = {f.focus for f in found if f.code == code and f.outcome == "cannot-tell"}
        yield Rate(code, of_code[0].name, len(focus), len(failed), len(unsure - failed))


def _targets(data: Graph, shape: URIRef) -> Iterator[Node]:
    graph = shapes()
    for kind in graph.objects(shape, SH.targetClass):
        yield from data.subjects(RDF.type, kind)
    for predicate in graph.objects(shape, SH.targetSubjectsOf):
        if isinstance(predicate, URIRef):
            yield from data.subjects(predicate)
    for predicate in graph.objects(shape, SH.targetObjectsOf):
        if isinstance(predicate, URIRef):
            yield from data.objects(None, predicate)
