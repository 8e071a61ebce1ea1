"""Checks several documents, from files or from a store, and joins their reports.

reports = check_files([Path("2023.pdf")], "pdfium")
for finding in all_findings(reports): ...
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec
from pyoxigraph import NamedNode, Quad
from rdflib import Dataset

from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO, Profile, load
from jixiao.checks.run import check, check_quads
from jixiao.errors import UsageError
from jixiao.model.finding import Finding, Rate, Report, order
from jixiao.model.record import Coverage, Record
from jixiao.pipeline.process_document import CheckedDocument, ProcessingOptions
from jixiao.pipeline.process_limits import USUAL, Limits
from jixiao.pipeline.sources import FailedFile, documents
from jixiao.pipeline.workers import Task, processes
from jixiao.rdf.coverage import stored_coverage
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.mapping import map_record
from jixiao.rdf.rdf_files import read_rdf
from jixiao.store.store import Store, open_store


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """A document and its report.

    Attributes:
        file: The name of its file.
        document: Its IRI.
        report: The findings and rates.
        built: The record and the path of the file, if the file was read for this check.
        coverage: How far it was read; of a file of RDF nothing is known.

    """

    file: str
    document: NamedNode
    report: Report
    built: CheckedDocument | None = None
    coverage: Sequence[Coverage] = ()

    def findings(self) -> list[Finding]:
        """Return the findings with the name of the file."""
        return [msgspec.structs.replace(f, document=self.file) for f in self.report.findings]


def check_files(
    paths: Sequence[Path],
    reader: str,
    engine: Engine = "auto",
    profile: str = AUTO,
    limits: Limits = USUAL,
    *,
    jobs: int = 1,
) -> list[DocumentReport]:
    """Read files and check them, each in a process with limits.

    Args:
        paths: Files, folders and archives.
        reader: "pdfium" or "pdfplumber", for PDF.
        engine: The SHACL engine.
        profile: The name or the path of a profile of rules.
        limits: What one file may cost.
        jobs: How many processes to use.

    Returns:
        The reports, in the order of the files.

    Raises:
        FileError: A file cannot be read within the limits; of several, the first that ended so.

    """
    sources, failed = documents(paths)
    if failed:
        raise failed[0].error
    # All are fetched before the first is read: a missing file ends the check in its first second.
    for source in sources:
        source.fetch()
    options = ProcessingOptions(reader, engine, AUTO if profile == AUTO else load(profile))
    reports = dict[Path, DocumentReport]()
    with processes(max(1, min(jobs, len(sources))), options, limits) as executor:
        for source, outcome in executor(Task(source) for source in sources):
            if isinstance(outcome, FailedFile):
                raise outcome.error
            if outcome.checked:
                built = replace(outcome.checked, path=source.path, unpacked=source.unpacked)
                document = document_iri(outcome.sha256)
                name = source.path.name
                coverage = built.record.coverage
                reports[source.path] = DocumentReport(name, document, built.report, built, coverage)
    return [reports[source.path] for source in sources]


def check_store(folder: Path, engine: Engine = "auto", profile: str = AUTO) -> list[DocumentReport]:
    """Check the documents of a store, one at a time; see `check_files`. No file is read."""
    with open_store(folder) as store:
        return check_opened(store, engine, profile)


def check_opened(
    store: Store, engine: Engine = "auto", profile: str | Profile = AUTO
) -> list[DocumentReport]:
    """Check the documents of an open store; see `check_store`."""
    reports = list[DocumentReport]()
    for document in store.documents():
        facts, evidence, _ = graphs(document)
        report = check_quads(store.quads((facts, evidence)), engine, profile)
        coverage = stored_coverage(store.database, document)
        name = store.file_name(document)
        reports.append(DocumentReport(name, document, report, coverage=coverage))
    return reports


def check_one(
    source: Record | Dataset, engine: Engine = "auto", profile: str | Profile = AUTO
) -> Report:
    """Check one document: its record, or its graph."""
    if isinstance(source, Dataset):
        return check(source, engine=engine, profile=profile)
    mapped = map_record(source)
    return check_quads(mapped.facts, engine, profile, EvidenceIndex.from_values(mapped.stated))


def check_rdf(
    path: Path, engine: Engine = "auto", profile: str | Profile = AUTO
) -> list[DocumentReport]:
    """Check the documents in a file of RDF.

    Args:
        path: The file, in one of `RDF_SUFFIXES`. In a format without named graphs, all triples
            count as one document.
        engine: The SHACL engine.
        profile: The profile of rules.

    Raises:
        FileError: The file cannot be read, or is no RDF.

    """
    documents, alone = dict[NamedNode, list[Quad]](), list[Quad]()
    whole = NamedNode(path.resolve().as_uri())
    for quad in read_rdf(path):
        if isinstance(quad.graph_name, NamedNode):
            name, _, part = quad.graph_name.value.rpartition("/")
            if part in ("facts", "evidence"):
                documents.setdefault(NamedNode(name), []).append(quad)
        else:
            alone.append(Quad(quad.subject, quad.predicate, quad.object, graphs(whole)[0]))
    reports = [
        DocumentReport(path.name, document, check_quads(quads, engine, profile))
        for document, quads in documents.items()
    ]
    if alone:  # evidence and facts are not in graphs of their own
        report = check_quads(alone, engine, profile, EvidenceIndex.from_quads(alone))
        reports.append(DocumentReport(path.name, whole, report))
    return reports


def join(reports: Sequence[DocumentReport]) -> Report:
    """Return the reports of several documents as one, each finding with the name of its file."""
    if len(reports) == 1:
        return reports[0].report
    return Report(
        findings=tuple(all_findings(reports)),
        rates=tuple(total_rates(reports)),
        scores=tuple(score for report in reports for score in report.report.scores),
    )


def new_findings(reports: Sequence[DocumentReport], baseline: Path) -> list[DocumentReport]:
    """Drop the findings of an earlier check.

    Args:
        reports: The reports.
        baseline: The earlier check, as `jixiao check --format json` printed it.

    Returns:
        The reports with new findings only; their rates do not change.

    Raises:
        UsageError: The baseline is no such file.

    """
    try:
        earlier = msgspec.json.decode(baseline.read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError("bad-baseline", path=baseline) from error
    earlier_prints = {fingerprint(finding) for finding in earlier.findings}
    new = list[DocumentReport]()
    for report in reports:
        findings = tuple(f for f in report.findings() if fingerprint(f) not in earlier_prints)
        new.append(
            replace(report, report=msgspec.structs.replace(report.report, findings=findings))
        )
    return new


def all_findings(reports: Sequence[DocumentReport]) -> list[Finding]:
    """Return the findings of all reports, the gravest first, each with the name of its file."""
    return sorted((f for report in reports for f in report.findings()), key=order)


def total_rates(reports: Sequence[DocumentReport]) -> list[Rate]:
    """Return the sum of the rates of all reports, by rule."""
    totals = dict[str, Rate]()
    for rate in (rate for report in reports for rate in report.report.rates):
        total = totals.get(rate.code, Rate(rate.code, rate.name, 0, 0, 0))
        totals[rate.code] = msgspec.structs.replace(
            total,
            checked=total.checked + rate.checked,
            failed=total.failed + rate.failed,
            cannot_tell=total.cannot_tell + rate.cannot_tell,
        )
    return [totals[code] for code in sorted(totals)]


def fingerprint(finding: Finding) -> str:
    """Return a digest that a finding keeps from one check to the next.

    It leaves out the place: a table that moves to another page is no new finding.
    """
    identity = "|".join((finding.document, finding.code, finding.focus, finding.message.zh))
    return sha256(identity.encode()).hexdigest()[:32]
