"""Checks several documents, from files or from a store, and joins their reports.

reports = check_files([Path("2023.pdf")], "pdfium")
for finding in all_findings(reports): ...
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import msgspec
from pyoxigraph import NamedNode

from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO
from jixiao.checks.run import check_quads
from jixiao.errors import UsageError
from jixiao.model.finding import Finding, Rate, Report, order
from jixiao.pipeline.build import CheckedDocument, documents, make
from jixiao.rdf.iris import document_iri, graphs
from jixiao.store.store import open_store


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """A document and its report.

    Attributes:
        file: The name of its file.
        document: Its IRI.
        report: The findings and rates.
        built: The record and the path of the file, if the file was read for this check.

    """

    file: str
    document: NamedNode
    report: Report
    built: CheckedDocument | None = None

    def findings(self) -> list[Finding]:
        """Return the findings with the name of the file."""
        return [msgspec.structs.replace(f, document=self.file) for f in self.report.findings]


def check_files(
    paths: Sequence[Path], reader: str, engine: Engine = "auto", profile: str = AUTO
) -> list[DocumentReport]:
    """Read files and check them.

    Args:
        paths: Files, folders and archives.
        reader: "pdfium" or "pdfplumber", for PDF.
        engine: The SHACL engine.
        profile: The name or the path of a profile of rules.

    Raises:
        FileError: The first file that cannot be read.

    """
    sources, failed = documents(paths)
    if failed:
        raise failed[0].error
    # All are fetched before the first is read: a missing file ends the check in its first second.
    for source in sources:
        source.fetch()
    checked = [
        replace(make(source.path, reader, engine, profile), held=source.held) for source in sources
    ]
    return [
        DocumentReport(c.path.name, document_iri(c.record.document.sha256), c.report, c)
        for c in checked
    ]


def check_store(folder: Path, engine: Engine = "auto", profile: str = AUTO) -> list[DocumentReport]:
    """Check the documents of a store, one at a time; see `check_files`. No file is read."""
    with open_store(folder) as store:
        reports = list[DocumentReport]()
        for document in store.documents():
            facts, evidence, _ = graphs(document)
            report = check_quads(store.quads((facts, evidence)), engine, profile)
            reports.append(DocumentReport(store.file_name(document), document, report))
        return reports


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
