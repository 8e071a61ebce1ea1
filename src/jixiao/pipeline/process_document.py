"""Makes one document: file -> record -> quads -> findings, and what a store and an index load."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from pyoxigraph import Quad, RdfFormat, serialize

from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO, Profile
from jixiao.checks.run import check_quads
from jixiao.documents import gc_pause
from jixiao.errors import FileError
from jixiao.extraction import READERS, read, reader_version
from jixiao.model.finding import Report
from jixiao.model.record import Record
from jixiao.pipeline.sources import FailedFile
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.mapping import map_record
from jixiao.store.index_entries import index_entries_of
from jixiao.store.search_index import IndexEntries
from jixiao.store.store import SerializedQuads, serialize_quads


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document that was read: its record, its quads as N-Quads, and what was found.

    `held` keeps the folder to which its archive was unpacked.
    """

    path: Path
    record: Record
    nquads: bytes
    report: Report
    held: object = None


@dataclass(slots=True)
class Tally:
    """How much was read and found: findings by severity, and by rule what was held to it."""

    documents: int = 0
    projects: int = 0
    indicators: int = 0
    problems: int = 0
    findings: Counter[str] = field(default_factory=Counter[str])
    failed: Counter[str] = field(default_factory=Counter[str])
    checked: Counter[str] = field(default_factory=Counter[str])

    def add(self, other: "Tally") -> None:
        """Add what another tally counts."""
        self.documents += other.documents
        self.projects += other.projects
        self.indicators += other.indicators
        self.problems += other.problems
        for name in ("findings", "failed", "checked"):
            getattr(self, name).update(getattr(other, name))


class ProcessingOptions(msgspec.Struct, frozen=True):
    """How documents are read and checked; `whole` asks for the record and the report as well."""

    reader: str = READERS[0]
    engine: Engine = "auto"
    profile: str | Profile = AUTO
    whole: bool = True

    def version(self, file: Path) -> str:
        """Return what a file that is read so counts as read by: another reader reads PDFs anew."""
        usual = self.reader == READERS[0] or file.suffix.lower() != ".pdf"
        return reader_version() if usual else f"{reader_version()} {self.reader}"


@dataclass(frozen=True, slots=True)
class ProcessedDocument:
    """What comes back of a document: what a store and an index load, and what is counted.

    `lines` are its quads, so many as `count`.
    """

    sha256: str
    lines: SerializedQuads
    count: int
    abstract: IndexEntries
    tally: Tally
    built: CheckedDocument | None = None


@gc_pause.kept()
def make(
    path: Path, reader: str = "pdfium", engine: Engine = "auto", profile: str = AUTO
) -> CheckedDocument:
    """Read, map and check one file; raises `FileError`."""
    record, report, made = _made(path, ProcessingOptions(reader, engine, profile))
    return CheckedDocument(path, record, serialize(made, format=RdfFormat.N_QUADS) or b"", report)


def _made(path: Path, ways: ProcessingOptions) -> tuple[Record, Report, list[Quad]]:
    record = read(path, reader=ways.reader)
    mapped = map_record(record)
    printed = EvidenceIndex.from_values(mapped.stated)
    report = check_quads(mapped.facts, ways.engine, ways.profile, printed)
    findings = finding_quads(report, mapped.document)
    return record, report, [*mapped.facts, *mapped.evidence, *findings]


@gc_pause.kept()
def outcome(path: Path, name: str, ways: ProcessingOptions) -> ProcessedDocument | FailedFile:
    """Make a document, or say why it cannot be; `name` is what the user knows the file as."""
    try:
        record, report, made = _made(path, ways)
    except FileError as error:
        return FailedFile(path, FileError(error.code, **{**error.fields, "path": name}))
    except MemoryError:
        return FailedFile(path, FileError("too-large", path=name))
    lines = serialize_quads(made)
    return ProcessedDocument(
        sha256=record.document.sha256,
        lines=lines,
        count=lines.graphs.count(b"\n"),
        abstract=index_entries_of(record, report),
        tally=_counted(record, report),
        built=CheckedDocument(path, record, b"", report) if ways.whole else None,
    )


def _counted(record: Record, report: Report) -> Tally:
    return Tally(
        documents=1,
        projects=len(record.projects),
        indicators=sum(len(project.indicators) for project in record.projects),
        problems=len(record.problems),
        findings=Counter(finding.severity for finding in report.findings),
        failed=Counter({rate.code: rate.failed for rate in report.rates if rate.failed}),
        checked=Counter({rate.code: rate.checked for rate in report.rates}),
    )
