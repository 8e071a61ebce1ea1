"""Findings as RDF: EARL assertions and DQV measurements, and a SHACL validation report."""

from collections.abc import Sequence

from pyoxigraph import RdfFormat, Triple, serialize

from jixiao.checks.validation_report import validation
from jixiao.pipeline.reports import DocumentReport
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.namespaces import PREFIXES


def text(reports: Sequence[DocumentReport]) -> str:
    """Return the findings of all documents as Turtle, each triple once."""
    triples = dict[Triple, None]()  # a set would lose the order
    for report in reports:
        for quad in finding_quads(report.report, report.document):
            triples[Triple(quad.subject, quad.predicate, quad.object)] = None
    for report in reports:
        triples |= dict.fromkeys(validation(report.report, report.document))
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES)
    return (written or b"").decode()
