"""Findings as a SHACL validation report, for tools that read one."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple
from rdflib import URIRef
from rdflib.namespace import SH

from jixiao.findings import SHACL, SHACL_LEVELS, Report, finding_iri
from jixiao.rules import shapes
from jixiao.vocabulary import RDF, XSD


def validation(report: Report, document: NamedNode) -> Iterator[Triple]:
    """Yield the report; its results are the findings, under the IRIs they have in the store."""
    node = NamedNode(f"{document.value}/report")
    conforms = Literal("false" if report.findings else "true", datatype=XSD.boolean)
    yield Triple(node, RDF.type, SHACL.ValidationReport)
    yield Triple(node, SHACL.conforms, conforms)
    for finding in report.findings:
        result = finding_iri(finding, document)
        yield Triple(node, SHACL.result, result)
        yield Triple(result, RDF.type, SHACL.ValidationResult)
        yield Triple(result, SHACL.focusNode, NamedNode(finding.focus))
        yield Triple(result, SHACL.sourceShape, NamedNode(finding.shape))
        yield Triple(result, SHACL.resultSeverity, SHACL_LEVELS[finding.severity])
        yield Triple(result, SHACL.sourceConstraintComponent, _component(finding.shape))
        message = Literal(finding.message.zh, language="zh-Hans")
        yield Triple(result, SHACL.resultMessage, message)
        yield Triple(result, SHACL.resultMessage, Literal(finding.message.en, language="en"))


def _component(shape: str) -> NamedNode:
    """Return what kind of constraint a shape has: SPARQL, a negation, or else one of properties."""
    node, graph = URIRef(shape), shapes()
    for predicate, name in ((SH.sparql, "SPARQL"), (SH["not"], "Not"), (SH["or"], "Or")):
        if graph.value(node, predicate) is not None:
            return SHACL[f"{name}ConstraintComponent"]
    return SHACL.PropertyConstraintComponent
