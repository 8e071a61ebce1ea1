"""Findings as a SHACL validation report, for tools that read one."""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple
from rdflib import URIRef
from rdflib.namespace import SH as RSH

from jixiao.checks.catalogue import shapes
from jixiao.model.finding import Report
from jixiao.rdf.findings import SHACL_LEVELS, finding_iri
from jixiao.rdf.labels import in_both_languages
from jixiao.rdf.namespaces import RDF, SH
from jixiao.rdf.terms import boolean


def validation(report: Report, document: NamedNode) -> Iterator[Triple]:
    """Yield a report as a `sh:ValidationReport`.

    Args:
        report: the report of a document.
        document: its IRI. The results have the IRIs that the findings have in a store.

    """
    node = NamedNode(f"{document.value}/report")
    yield Triple(node, RDF.type, SH.ValidationReport)
    yield Triple(node, SH.conforms, boolean(not report.findings))
    for finding in report.findings:
        result = finding_iri(finding, document)
        yield Triple(node, SH.result, result)
        yield Triple(result, RDF.type, SH.ValidationResult)
        yield Triple(result, SH.focusNode, NamedNode(finding.focus))
        yield Triple(result, SH.sourceShape, NamedNode(finding.shape))
        yield Triple(result, SH.resultSeverity, SHACL_LEVELS[finding.severity])
        yield Triple(result, SH.sourceConstraintComponent, _component(finding.shape))
        for triple in in_both_languages(result, SH.resultMessage, finding.message):
            yield Triple(*triple)


def _component(shape: str) -> NamedNode:
    """Return the kind of constraint a shape has: SPARQL, a negation, or else one of properties.

    SHACL demands one component a result; a shape of ours has one constraint of the first kinds.
    """
    node, graph = URIRef(shape), shapes()
    for predicate, name in ((RSH.sparql, "SPARQL"), (RSH["not"], "Not"), (RSH["or"], "Or")):
        if graph.value(node, predicate) is not None:
            return SH[f"{name}ConstraintComponent"]
    return SH.PropertyConstraintComponent
