"""From an engine's failures to findings: message, figures and repair, by queries of the shapes.

A validation report has room for a node and a message only. The shapes therefore declare queries for
the rest: `sh:select` of the constraint names what the message mentions, `jx:operandsQuery` the
figures, `jx:repairQuery` the node that can be at fault.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec
from pyoxigraph import Literal, NamedNode
from rdflib import Literal as RdfLiteral
from rdflib import URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from jixiao.checks.catalogue import JX, Shape, both, by_source, shapes
from jixiao.checks.dataset import CheckDataset, Row
from jixiao.checks.engine import Failure
from jixiao.checks.profiles import Profile
from jixiao.model.finding import Finding, Operand, Repair
from jixiao.model.message import Message
from jixiao.model.money import plain_decimal
from jixiao.rdf.namespaces import JX as TERMS
from jixiao.rdf.terms import Term, value_of

# A finding without its place, and the things and fields whose place shows it, the best first.
Explained = tuple[Finding, tuple[str, ...]]


def explained(
    failures: Iterable[Failure], data: CheckDataset, profile: Profile
) -> Iterator[Explained]:
    """Yield the findings that failures amount to; rules that the profile switches off have none.

    Args:
        failures: the report of an engine.
        data: the document's facts.
        profile: the profile of the review.

    """
    least = profile.thresholds.get("certain-from", Decimal(0))
    by_part = dict[Node, list[Failure]]()
    for failure in failures:
        by_part.setdefault(failure.source, []).append(failure)
    for part, failed in by_part.items():
        shape = by_source()[part]
        if shape.code in profile.off:
            continue
        doubted = {doubt: data.nodes(doubt.select) for doubt in shape.doubts}
        for template, row, failure in _cases(shape, part, failed, data):
            finding, evidence = _finding(shape, template, row, failure, data, profile)
            # Text recognised in a picture may be misread: its rules cannot be judged then.
            read = data.values(NamedNode(finding.focus), TERMS.confidence)
            if any(Decimal(value_of(confidence)) < least for confidence in read):
                finding = msgspec.structs.replace(finding, outcome="cannot-tell")
            for doubt, nodes in doubted.items():
                if finding.outcome == "failed" and finding.focus in nodes:
                    finding = _doubtful(finding, doubt.reason)
            yield finding, evidence


def _doubtful(finding: Finding, reason: Message) -> Finding:
    """Return a finding that cannot be told, and why."""
    zh, en = f"{finding.message.zh}；{reason.zh}", f"{finding.message.en}; {reason.en}"
    told = Message(zh=zh, en=en)
    return msgspec.structs.replace(finding, outcome="cannot-tell", message=told)


def _cases(
    shape: Shape, part: Node, failed: list[Failure], data: CheckDataset
) -> Iterator[tuple[Node, Row, Failure]]:
    """Yield for each finding the node that has its message, the row that fills it, the failure.

    A constraint in SPARQL gives a finding for each row of its query.
    """
    graph = shapes()
    constraints = sorted(set(graph.objects(shape.iri, SH.sparql)), key=str)
    if part == shape.iri and constraints:
        by_focus = {str(failure.focus): failure for failure in failed}
        for constraint in constraints:
            for row in data.rows(str(graph.value(constraint, SH.select))):
                failure = by_focus.get(value_of(row["this"]))
                if failure:
                    yield constraint, row, failure
        return
    query = graph.value(shape.iri, JX.operandQuery)
    rows = {row["this"]: row for row in data.rows(str(query))} if query else {}
    for failure in failed:
        focus = NamedNode(str(failure.focus))
        yield part, {"this": focus, **rows.get(focus, {})}, failure


def _finding(
    shape: Shape,
    template: Node,
    row: Row,
    failure: Failure,
    data: CheckDataset,
    profile: Profile,
) -> Explained:
    focus = row["value"] if shape.of_value else row["this"]
    severity = shape.severity
    if shape.outcome == "failed":
        severity = profile.severity.get(shape.code, severity)
    finding = Finding(
        code=shape.code,
        severity=severity,
        outcome=shape.outcome,
        dimension=shape.dimension,
        focus=value_of(focus),
        name=data.label(focus, "zh"),
        shape=str(shape.iri),
        message=_filled(template, row, data),
        where=None,
        evidence=(),
        repair=_repair(shape.iri, row, data),
        operands=tuple(_operands(shape.iri, focus, data)),
    )
    # What the query names shows a finding best, then the field that the shape or its path names.
    evidence = [value_of(row["shown"])] if "shown" in row else []
    field = shape.shown or (str(failure.path) if failure.path else None)
    if field and isinstance(focus, NamedNode):
        values = data.values(focus, NamedNode(field))
        evidence += [value.value for value in values if isinstance(value, NamedNode)]
        evidence.append(field)
    return finding, tuple(evidence)


def _repair(shape: URIRef, row: Row, data: CheckDataset) -> Repair | None:
    """Return the first repair the shape declares that leaves one answer only.

    Two possible culprits would send the reader to the wrong one half of the time.
    """
    graph = shapes()
    declarations = sorted(
        graph.objects(shape, JX.repairQuery), key=lambda n: str(graph.value(n, SH.order))
    )
    for declared in declarations:
        rows = data.rows(str(graph.value(declared, SH.select)), row)
        if len(rows) == 1:
            values = {name: _plain(value) for name, value in rows[0].items() if name not in row}
            certain = graph.value(declared, JX.certain) != RdfLiteral(False)
            message = _filled(declared, row | rows[0], data)
            return Repair(values.pop("culprit"), message, values, certain)
    return None


def _operands(shape: URIRef, focus: Term, data: CheckDataset) -> Iterator[Operand]:
    """Yield the figures that a finding is about, by their roles and ranks."""
    query = shapes().value(shape, JX.operandsQuery)
    if query is None:
        return

    def rank(row: Row) -> tuple[str, Decimal]:
        return value_of(row["role"]), Decimal(value_of(row["rank"])) if "rank" in row else Decimal()

    for row in sorted(data.rows(str(query), {"this": focus}), key=rank):
        node = row["operand"]
        name = value_of(row["name"]) if "name" in row else data.label(node, "zh")
        yield Operand(value_of(row["role"]), name, _plain(row["wan"]), value_of(node))


def _filled(template: Node, row: Row, data: CheckDataset) -> Message:
    """Return the message of a shape or constraint with the values of a row filled in."""

    def fill(text: str, lang: str) -> str:
        def value(match: re.Match[str]) -> str:
            node = row.get(match[1])
            return match[0] if node is None else data.label(node, lang) or _plain(node)

        return re.sub(r"\{[?$](\w+)\}", value, text)

    message = both(template, SH.message)
    return Message(zh=fill(message.zh, "zh"), en=fill(message.en, "en"))


def _plain(value: Term) -> str:
    """Return a term as text; a decimal without the zeros that arithmetic leaves."""
    if isinstance(value, Literal) and value.datatype.value.endswith(("#decimal", "#integer")):
        return plain_decimal(Decimal(value.value))
    return value.value
