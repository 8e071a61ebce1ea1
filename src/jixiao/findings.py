"""What a check finds, as plain values and as RDF (EARL and DQV)."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Literal as Choice

import msgspec
from pyoxigraph import Literal, NamedNode, Quad

from jixiao.iris import graphs
from jixiao.record import Message, Where
from jixiao.vocabulary import DCT, DQV, EARL, HOME, JX, OA, RDF, XSD, Namespace

Severity = Choice["error", "warning", "info"]
Outcome = Choice["failed", "cannot-tell"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_SH = Namespace("http://www.w3.org/ns/shacl#")
_LEVELS = {"error": _SH.Violation, "warning": _SH.Warning, "info": _SH.Info}
Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
_OUTCOMES = {"failed": EARL.failed, "cannot-tell": EARL.cantTell}


class Repair(msgspec.Struct, frozen=True):
    """What would mend a finding: the one node that can be at fault, and the values that say how.

    A repair that is not `certain` is where to look first, no more.
    """

    culprit: str
    message: Message
    values: dict[str, str]
    certain: bool = True


class Finding(msgspec.Struct, frozen=True):
    """One rule that one thing does not meet, or that could not be judged.

    `focus` is the IRI of the thing and `name` what it is called; `evidence` has the words that
    are printed where `where` says.
    """

    code: str
    severity: Severity
    outcome: Outcome
    dimension: str
    focus: str
    name: str
    shape: str
    message: Message
    where: Where | None
    evidence: tuple[str, ...]
    repair: Repair | None
    document: str = ""


class Rate(msgspec.Struct, frozen=True):
    """How many things a rule was held to, and how many did not meet it."""

    code: str
    name: Message
    checked: int
    failed: int
    cannot_tell: int


class Report(msgspec.Struct, frozen=True):
    """All that a check found, the gravest first."""

    findings: tuple[Finding, ...]
    rates: tuple[Rate, ...]


def order(finding: Finding) -> tuple[int, str, tuple[int, ...], str, str]:
    """Return what findings are sorted by: severity, rule, place, thing, and what is said of it."""
    at = finding.where or Where()
    place = tuple(number or 0 for number in (at.page, at.table, at.row, at.line))
    rank = SEVERITIES.index(finding.severity)
    return rank, finding.code, place, finding.focus, finding.message.en


def finding_quads(report: Report, document: NamedNode) -> Iterator[Quad]:
    """Yield the findings of a document for its graph of findings; the IRIs say nothing of a run."""
    _, _, graph = graphs(document)
    for triple in (*_findings(report.findings, document), *_rates(report.rates, document)):
        yield Quad(*triple, graph)


def _findings(findings: Iterable[Finding], document: NamedNode) -> Iterator[Triple]:
    for finding in findings:
        key = "|".join((document.value, finding.focus, finding.shape, finding.message.en))
        node = NamedNode(f"{HOME}id/finding/{sha256(key.encode()).hexdigest()[:16]}")
        result = NamedNode(f"{node.value}/result")
        focus = NamedNode(finding.focus)
        yield node, RDF.type, JX.Finding
        yield node, RDF.type, EARL.Assertion
        yield node, RDF.type, DQV.QualityAnnotation
        yield node, DCT.identifier, Literal(finding.code)
        yield node, DCT.source, document
        yield node, JX.severity, _LEVELS[finding.severity]
        yield node, DQV.inDimension, NamedNode(finding.dimension)
        yield node, OA.hasTarget, focus
        yield node, OA.motivatedBy, DQV.qualityAssessment
        yield node, EARL.subject, focus
        yield node, EARL.test, NamedNode(finding.shape)
        yield node, EARL.mode, EARL.automatic
        yield node, EARL.result, result
        yield result, RDF.type, EARL.TestResult
        yield result, EARL.outcome, _OUTCOMES[finding.outcome]
        yield result, DCT.description, Literal(finding.message.zh, language="zh-Hans")
        yield result, DCT.description, Literal(finding.message.en, language="en")
        if finding.repair:
            if finding.repair.certain:
                yield node, JX.culprit, NamedNode(finding.repair.culprit)
            yield node, JX.repair, Literal(finding.repair.message.zh, language="zh-Hans")
            yield node, JX.repair, Literal(finding.repair.message.en, language="en")


def _rates(rates: Iterable[Rate], document: NamedNode) -> Iterator[Triple]:
    for rate in rates:
        node = NamedNode(f"{document.value}/measurement/{rate.code}")
        yield node, RDF.type, DQV.QualityMeasurement
        yield node, DQV.computedOn, document
        yield node, DCT.identifier, Literal(rate.code)
        for predicate, count in (
            (JX.checked, rate.checked),
            (JX.failed, rate.failed),
            (JX.cannotTell, rate.cannot_tell),
            (DQV.value, rate.failed),
        ):
            yield node, predicate, Literal(str(count), datatype=XSD.integer)
