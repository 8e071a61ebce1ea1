"""What a check finds, as plain values and as RDF (EARL and DQV)."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.model.finding import Finding, Report, Score
from jixiao.rdf.iris import digest, graphs
from jixiao.rdf.namespaces import DCT, DQV, EARL, HOME, JX, OA, RDF, SH, XSD

SHACL_LEVELS = {"error": SH.Violation, "warning": SH.Warning, "info": SH.Info}
Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
_OUTCOMES = {"failed": EARL.failed, "cannot-tell": EARL.cantTell}


def finding_quads(report: Report, document: NamedNode) -> Iterator[Quad]:
    """Yield the findings of a document for its graph of findings; the IRIs say nothing of a run."""
    _, _, graph = graphs(document)
    for triple in (
        *_findings(report.findings, document),
        *_rates(report, document),
        *_scores(report.scores, document),
    ):
        yield Quad(*triple, graph)


def finding_iri(finding: Finding, document: NamedNode) -> NamedNode:
    """Return what a finding is called: the same in each run that finds it."""
    key = "|".join((document.value, finding.focus, finding.shape, finding.message.en))
    return NamedNode(f"{HOME}id/finding/{sha256(key.encode()).hexdigest()[:16]}")


def _findings(findings: Iterable[Finding], document: NamedNode) -> Iterator[Triple]:
    for finding in findings:
        node = finding_iri(finding, document)
        result = NamedNode(f"{node.value}/result")
        focus = NamedNode(finding.focus)
        yield node, RDF.type, JX.Finding
        yield node, RDF.type, EARL.Assertion
        yield node, RDF.type, DQV.QualityAnnotation
        yield node, DCT.identifier, Literal(finding.code)
        yield node, DCT.source, document
        yield node, JX.severity, SHACL_LEVELS[finding.severity]
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


def _rates(report: Report, document: NamedNode) -> Iterator[Triple]:
    """Yield how many checks each rule, and each category, made and failed."""
    for metric, rates in ((JX.failedByRule, report.rates), (JX.failedByCategory, report.levels)):
        for rate in rates:
            node = NamedNode(f"{document.value}/measurement/{rate.code}")
            yield node, DCT.identifier, Literal(rate.code)
            yield from _measured(node, metric, document, rate.failed)
            yield from _counts(node, rate.checked, rate.failed, rate.cannot_tell)


def _scores(scores: Iterable[Score], document: NamedNode) -> Iterator[Triple]:
    """Yield the scores, each of the thing that it is of."""
    for score in scores:
        node = NamedNode(f"{document.value}/measurement/score-{digest(score.node)}")
        yield from _measured(node, JX.reviewScore, NamedNode(score.node), score.score)
        yield node, DCT.source, document
        yield from _counts(node, score.checked, score.failed, score.cannot_tell)


def _measured(
    node: NamedNode, metric: NamedNode, of: NamedNode, value: Decimal | int | None
) -> Iterator[Triple]:
    yield node, RDF.type, DQV.QualityMeasurement
    yield node, DQV.isMeasurementOf, metric
    yield node, DQV.computedOn, of
    if value is not None:
        kind = XSD.integer if isinstance(value, int) else XSD.decimal
        yield node, DQV.value, Literal(f"{value}", datatype=kind)


def _counts(node: NamedNode, checked: int, failed: int, cannot_tell: int) -> Iterator[Triple]:
    for predicate, count in (
        (JX.checked, checked),
        (JX.failed, failed),
        (JX.cannotTell, cannot_tell),
    ):
        yield node, predicate, Literal(str(count), datatype=XSD.integer)
