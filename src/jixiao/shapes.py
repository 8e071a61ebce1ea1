"""Checks one document's graph against the SHACL of `shapes/`.

Only facts and codes are validated: evidence is three times as large and no rule speaks of it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from pyoxigraph import Quad, RdfFormat, Triple, serialize
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH, SKOS
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result, ResultRow
from rdflib.term import Identifier, Node

from jixiao.data import folder
from jixiao.engines import Engine, Failure, failures
from jixiao.findings import Finding, Outcome, Rate, Repair, Report, Severity, order
from jixiao.ontology import CODES, codes, rdflib_triple, value_of
from jixiao.places import Places
from jixiao.record import Message
from jixiao.vocabulary import HOME

_JX = HOME + "ns#"
_IN_DIMENSION = URIRef("http://www.w3.org/ns/dqv#inDimension")
_OPERANDS, _REPAIR, _CERTAIN, _COUNT, _APPLICABLE_TO = (
    URIRef(_JX + name)
    for name in ("operandQuery", "repairQuery", "certain", "countQuery", "applicableTo")
)
_CANNOT_TELL = URIRef("http://www.w3.org/ns/earl#cantTell")
_SEVERITIES: dict[Node | None, Severity] = {
    SH.Violation: "error",
    SH.Warning: "warning",
    SH.Info: "info",
}

Row = dict[str, Identifier]


class Asked(Graph):
    """A graph that parses a query once: pySHACL asks the same one of each node anew."""

    def query(self, query_object: str | Query, *args: Any, **named: Any) -> Result:
        """Answer a query, parsed before if it can be."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **named)


@cache
def _prepared(text: str) -> Query:
    return prepareQuery(text)


@dataclass(frozen=True, slots=True)
class Rule:
    """What `shapes/` says of a rule, besides its constraints."""

    shape: URIRef
    code: str
    name: Message
    dimension: str
    outcome: Outcome


def check(graph: Dataset, *, engine: Engine = "auto") -> Report:
    """Return what does not hold in the graph of one document (see `ontology.graph`)."""
    data, evidence = Asked(), list[tuple[str, str, str]]()
    for part in graph.graphs():
        name = str(part.identifier)
        if name.endswith("/evidence"):
            evidence += [(str(s), str(p), str(o)) for s, p, o in part]
        elif name.endswith("/facts"):
            data += part
    return _judge(data, Places(evidence), engine)


def check_quads(quads: Iterable[Quad], engine: Engine = "auto") -> Report:
    """Return what does not hold in one document's quads (see `ontology.quads`)."""
    data, facts, evidence = Asked(), list[Triple](), list[tuple[str, str, str]]()
    for quad in quads:
        if value_of(quad.graph_name).endswith("/evidence"):
            terms = quad.subject, quad.predicate, quad.object
            subject, predicate, value = (value_of(term) for term in terms)
            evidence.append((subject, predicate, value))
        else:
            data.add(rdflib_triple(quad))
            facts.append(quad.triple)
    text = (serialize(facts, format=RdfFormat.N_TRIPLES) or b"") + _background_text()
    return _judge(data, Places(evidence), engine, text)


def _judge(data: Graph, places: Places, engine: Engine, text: bytes | None = None) -> Report:
    data += _background()
    unmet = failures(data, shapes(), engine, text)
    found = [found for failure in unmet for found in _findings(failure, data)]
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
def _background_text() -> bytes:
    return _background().serialize(format="nt", encoding="utf-8")


@cache
def shapes() -> Graph:
    """Return the shapes, all files of the folder together, each node with an IRI."""
    graph = Graph()
    for file in sorted(_files(), key=lambda file: file.name):
        graph += _parsed(file.name)
    return graph.skolemize()


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


def _findings(failure: Failure, data: Graph) -> Iterator[tuple[Finding, str | None]]:
    rule = rules()[failure.source]
    for told, row in _cases(rule, failure, data):
        finding = Finding(
            code=rule.code,
            severity=_severity(rule, failure.source),
            outcome=rule.outcome,
            dimension=rule.dimension,
            focus=str(failure.focus),
            name=str(data.value(failure.focus, SKOS.prefLabel) or ""),
            shape=str(rule.shape),
            message=_filled(told, row, data),
            where=None,
            evidence=(),
            repair=_repair(rule.shape, row, data),
        )
        yield finding, str(failure.path) if failure.path else None


def _cases(rule: Rule, failure: Failure, data: Graph) -> Iterator[tuple[Node, Row]]:
    """Yield what tells of a failure, and what it names: a report has no room for the latter."""
    graph, this = shapes(), Row(this=failure.focus)
    constraints = list(graph.objects(rule.shape, SH.sparql))
    if failure.source == rule.shape and constraints:
        for constraint in constraints:
            rows = _solutions(graph.value(constraint, SH.select), this, data)
            yield from ((constraint, this | row) for row in rows)
    else:
        rows = _solutions(graph.value(rule.shape, _OPERANDS), this, data)
        yield failure.source, this | next(iter(rows), Row())


def _severity(rule: Rule, source: Node) -> Severity:
    declared = (shapes().value(node, SH.severity) for node in (source, rule.shape))
    return _SEVERITIES[next((found for found in declared if found), SH.Violation)]


def _repair(shape: URIRef, row: Row, data: Graph) -> Repair | None:
    """Return the first repair the shape declares that leaves one answer only."""
    graph = shapes()
    declarations = sorted(
        graph.objects(shape, _REPAIR), key=lambda n: str(graph.value(n, SH.order))
    )
    for declared in declarations:
        rows = _solutions(graph.value(declared, SH.select), row, data)
        if len(rows) == 1:
            values = {name: _plain(value) for name, value in rows[0].items() if name not in row}
            certain = graph.value(declared, _CERTAIN) != Literal(False)
            told = _filled(declared, row | rows[0], data)
            return Repair(values.pop("culprit"), told, values, certain)
    return None


def _solutions(query: Node | None, known: Row, data: Graph) -> list[Row]:
    """Return the solutions of a query of `shapes/`, given what is known already."""
    if query is None:
        return []
    result = data.query(_prefixes() + str(query), initBindings=known)
    rows = [row.asdict() for row in result if isinstance(row, ResultRow)]
    return sorted(rows, key=lambda row: sorted((name, str(node)) for name, node in row.items()))


@cache
def _prefixes() -> str:
    graph = shapes()
    return "".join(
        f"PREFIX {graph.value(node, SH.prefix)}: <{graph.value(node, SH.namespace)}>\n"
        for node in graph.objects(None, SH.declare)
    )


def _filled(told: Node, row: Row, data: Graph) -> Message:
    """Return the message of a shape or a constraint with what it names filled in."""
    template = _both(shapes(), told, SH.message)
    return Message(zh=_fill(template.zh, row, data, "zh"), en=_fill(template.en, row, data, "en"))


def _fill(template: str, row: Row, data: Graph, language: str) -> str:
    def shown(match: re.Match[str]) -> str:
        node = row.get(match[1])
        return match[0] if node is None else _label(node, data, language) or _plain(node)

    return re.sub(r"\{[?$](\w+)\}", shown, template)


def _label(node: Node, data: Graph, language: str) -> str:
    """Return what a thing is called, in the language if it has a name there."""
    labels = [text for text in data.objects(node, SKOS.prefLabel) if isinstance(text, Literal)]
    spoken = [text for text in labels if (text.language or "").startswith(language)]
    return str(min(spoken or labels, default=""))


def _plain(value: object) -> str:
    """Return a term as text; a decimal without the zeros that arithmetic leaves."""
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
    names = {rule.code: rule.name for rule in rules().values()}
    for code, name in sorted(names.items()):
        failed = {f.focus for f in found if f.code == code and f.outcome == "failed"}
        unsure = {f.focus for f in found if f.code == code and f.outcome == "cannot-tell"}
        of_code = shapes().subjects(DCTERMS.identifier, Literal(code))
        checked = sum(_checked(data, shape) for shape in of_code)
        yield Rate(code, name, checked, len(failed), len(unsure - failed))


def _checked(data: Graph, shape: Node) -> int:
    """Count what a shape says it is held to: a class, or what a query of its own counts."""
    graph = shapes()
    for row in _solutions(graph.value(shape, _COUNT), {}, data):
        return int(str(row["checked"]))
    classes = set(graph.objects(shape, _APPLICABLE_TO))
    return len({node for kind in classes for node in data.subjects(RDF.type, kind)})
