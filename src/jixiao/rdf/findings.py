"""Findings as RDF (EARL and DQV): written and read here only.

finding  a jx:Finding ; dct:identifier "C05" ; jx:severity sh:Violation ; earl:subject project ;
earl:test shape ; earl:result result ; jx:culprit amount ; jx:repair "…"@zh-Hans, "…"@en
result   earl:outcome earl:failed ; dct:description "…"@zh-Hans, "…"@en
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.model.finding import SEVERITIES, Finding, Outcome, Report, Score, Severity
from jixiao.model.message import Message
from jixiao.rdf.iris import digest, graphs
from jixiao.rdf.labels import in_both_languages, read_message
from jixiao.rdf.namespaces import DCT, DQV, EARL, HOME, JX, OA, RDF, SH
from jixiao.rdf.terms import Term, Triple, decimal, integer, value_of

SHACL_LEVELS: Mapping[Severity, NamedNode] = {
    "error": SH.Violation,
    "warning": SH.Warning,
    "info": SH.Info,
}
_SEVERITIES: Mapping[str, Severity] = {
    SHACL_LEVELS[severity].value: severity for severity in SEVERITIES
}
_OUTCOMES: Mapping[Outcome, NamedNode] = {"failed": EARL.failed, "cannot-tell": EARL.cantTell}

# From a finding to its messages, for those who read nothing else of it.
MESSAGE_PATH = (EARL.result, DCT.description)
# The properties that `read_findings` needs: less than a third of the quads of the graph, so that a
# store that can look up one property at a time reads these only.
READ_PROPERTIES = (
    JX.severity, DCT.identifier, DQV.inDimension, EARL.subject, EARL.test, JX.culprit, JX.repair,
    EARL.result, EARL.outcome, DCT.description,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding as the graph has it: without its place, its words and its figures.

    Attributes:
        iri: what it is called.
        code: the rule.
        severity: how grave it is.
        outcome: whether the thing failed the rule, or could not be judged.
        dimension: the IRI of the rule's dimension.
        focus: the IRI of the thing; `shape` is that of the shape it does not meet.
        culprit: the IRI of the node at fault if that is certain, else blank.
        message: the finding in words.
        repair: how to fix it, None if no repair is known.

    """

    iri: str
    code: str
    severity: Severity
    outcome: Outcome
    dimension: str
    focus: str
    shape: str
    culprit: str
    message: Message
    repair: Message | None

    @property
    def contradicts(self) -> bool:
        """Whether figures contradict each other."""
        return self.severity == "error" and self.dimension.endswith("/consistency")


def finding_quads(report: Report, document: NamedNode) -> Iterator[Quad]:
    """Yield the findings, rates and scores of a document for its graph of findings.

    The IRIs depend on nothing of a run: the same report gives the same quads.
    """
    _, _, graph = graphs(document)
    for finding in report.findings:
        for triple in _finding(finding, document):
            yield Quad(*triple, graph)
    for triple in (*_rates(report, document), *_scores(report.scores, document)):
        yield Quad(*triple, graph)


def finding_iri(finding: Finding, document: NamedNode) -> NamedNode:
    """Return the IRI of a finding: the same in every run that has it."""
    key = "|".join((document.value, finding.focus, finding.shape, finding.message.en))
    return NamedNode(f"{HOME}id/finding/{sha256(key.encode()).hexdigest()[:16]}")


def as_stored(finding: Finding, document: NamedNode) -> StoredFinding:
    """Return a finding as it is read back after it was written."""
    repair = finding.repair
    return StoredFinding(
        iri=finding_iri(finding, document).value,
        code=finding.code,
        severity=finding.severity,
        outcome=finding.outcome,
        dimension=finding.dimension,
        focus=finding.focus,
        shape=finding.shape,
        culprit=repair.culprit if repair and repair.certain else "",
        message=finding.message,
        repair=repair.message if repair else None,
    )


def read_findings(quads: Iterable[Quad]) -> list[StoredFinding]:
    """Read findings back.

    Args:
        quads: a graph of findings, or its quads with `READ_PROPERTIES` alone.

    Returns:
        The findings in the order of their IRIs.

    """
    values = defaultdict[tuple[str, NamedNode], list[Term]](list)
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            values[quad.subject.value, quad.predicate].append(quad.object)

    def one(iri: str, predicate: NamedNode) -> str:
        return min((value_of(term) for term in values.get((iri, predicate), ())), default="")

    outcomes: dict[str, Outcome] = {node.value: outcome for outcome, node in _OUTCOMES.items()}
    # Measurements have no severity, and so are left out.
    nodes = sorted(iri for iri, predicate in values if predicate == JX.severity)
    result = list[StoredFinding]()
    for iri in nodes:
        of_result, repair = one(iri, EARL.result), values.get((iri, JX.repair))
        finding = StoredFinding(
            iri=iri,
            code=one(iri, DCT.identifier),
            severity=_SEVERITIES[one(iri, JX.severity)],
            outcome=outcomes.get(one(of_result, EARL.outcome), "failed"),
            dimension=one(iri, DQV.inDimension),
            focus=one(iri, EARL.subject),
            shape=one(iri, EARL.test),
            culprit=one(iri, JX.culprit),
            message=read_message(values.get((of_result, DCT.description), ())),
            repair=read_message(repair) if repair else None,
        )
        result.append(finding)
    return result


def _finding(finding: Finding, document: NamedNode) -> Iterator[Triple]:
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
    yield from in_both_languages(result, DCT.description, finding.message)
    if finding.repair:
        # An uncertain culprit is a hint for the reader of the report: it is not published.
        if finding.repair.certain:
            yield node, JX.culprit, NamedNode(finding.repair.culprit)
        yield from in_both_languages(node, JX.repair, finding.repair.message)


def _rates(report: Report, document: NamedNode) -> Iterator[Triple]:
    """Yield the number of checks of each rule and each category, and how many failed."""
    for metric, rates in ((JX.failedByRule, report.rates), (JX.failedByCategory, report.levels)):
        for rate in rates:
            node = NamedNode(f"{document.value}/measurement/{rate.code}")
            yield node, DCT.identifier, Literal(rate.code)
            yield from _measurement(node, metric, document)
            yield node, DQV.value, integer(rate.failed)
            yield from _counts(node, rate.checked, rate.failed, rate.cannot_tell)


def _scores(scores: Iterable[Score], document: NamedNode) -> Iterator[Triple]:
    for score in scores:
        node = NamedNode(f"{document.value}/measurement/score-{digest(score.node)}")
        yield from _measurement(node, JX.reviewScore, NamedNode(score.node))
        if score.score is not None:
            yield node, DQV.value, decimal(score.score)
        yield node, DCT.source, document
        yield from _counts(node, score.checked, score.failed, score.cannot_tell)


def _measurement(node: NamedNode, metric: NamedNode, thing: NamedNode) -> Iterator[Triple]:
    yield node, RDF.type, DQV.QualityMeasurement
    yield node, DQV.isMeasurementOf, metric
    yield node, DQV.computedOn, thing


def _counts(node: NamedNode, checked: int, failed: int, cannot_tell: int) -> Iterator[Triple]:
    yield node, JX.checked, integer(checked)
    yield node, JX.failed, integer(failed)
    yield node, JX.cannotTell, integer(cannot_tell)
