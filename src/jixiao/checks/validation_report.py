"""Findings as a SHACL validation report, for tools that read one."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple
from rdflib import URIRef
from rdflib.namespace import SH as RSH

from jixiao.checks.catalogue import shapes
from jixiao.model.finding import Report
from jixiao.rdf.findings import SHACL_LEVELS, finding_iri
from jixiao.rdf.namespaces import RDF, SH, XSD


def validation(report: Report, document: NamedNode) -> Iterator[Triple]:
    """Yield the report; its results are the findings, under the IRIs they have in the store."""
    node = NamedNode(f"{document.value}/report")
    conforms = Literal("false" if report.findings else "true", datatype=XSD.boolean)
    yield Triple(node, RDF.type, SH.ValidationReport)
    yield Triple(node, SH.conforms, conforms)
    for finding in report.findings:
        result = finding_iri(finding, document)
        yield Triple(node, SH.result, result)
        yield Triple(result, RDF.type, SH.ValidationResult)
        yield Triple(result, SH.focusNode, NamedNode(finding.focus))
        yield Triple(result, SH.sourceShape, NamedNode(finding.shape))
        yield Triple(result, SH.resultSeverity, SHACL_LEVELS[finding.severity])
        yield Triple(result, SH.sourceConstraintComponent, _component(finding.shape))
        message = Literal(finding.message.zh, language="zh-Hans")
        yield Triple(result, SH.resultMessage, message)
        yield Triple(result, SH.resultMessage, Literal(finding.message.en, language="en"))


def _component(shape: str) -> NamedNode:
    """Return what kind of constraint a shape has: SPARQL, a negation, or else one of properties."""
    node, graph = URIRef(shape), shapes()
    for predicate, name in ((RSH.sparql, "SPARQL"), (RSH["not"], "Not"), (RSH["or"], "Or")):
        if graph.value(node, predicate) is not None:
            return SH[f"{name}ConstraintComponent"]
    return SH.PropertyConstraintComponent
