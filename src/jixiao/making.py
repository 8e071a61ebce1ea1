"""Makes one document: file -> record -> quads -> findings, and what a store and an index load."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from pyoxigraph import Quad, RdfFormat, serialize

from jixiao import garbage
from jixiao.engines import Engine
from jixiao.errors import FileError
from jixiao.extract import READERS, read, reader_version
from jixiao.findings import Report, finding_quads
from jixiao.index import Abstract, abstract
from jixiao.iris import document_iri, graphs
from jixiao.ontology import quads
from jixiao.profile import AUTO, Profile
from jixiao.record import Record
from jixiao.shapes import check_quads
from jixiao.sources import Failed
from jixiao.store import Lines, loadable


@dataclass(frozen=True, slots=True)
class Built:
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


class Ways(msgspec.Struct, frozen=True):
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
class Made:
    """What comes back of a document: what a store and an index load, and what is counted.

    `lines` are its quads, so many as `count`.
    """

    sha256: str
    lines: Lines
    count: int
    abstract: Abstract
    tally: Tally
    built: Built | None = None


@garbage.kept()
def make(path: Path, reader: str = "pdfium", engine: Engine = "auto", profile: str = AUTO) -> Built:
    """Read, map and check one file; raises `FileError`."""
    record, report, made = _made(path, Ways(reader, engine, profile))
    return Built(path, record, serialize(made, format=RdfFormat.N_QUADS) or b"", report)


def _made(path: Path, ways: Ways) -> tuple[Record, Report, list[Quad]]:
    record = read(path, reader=ways.reader)
    stated = list(quads(record))
    report = check_quads(stated, ways.engine, ways.profile)
    return record, report, [*stated, *finding_quads(report, document_iri(record.document.sha256))]


@garbage.kept()
def outcome(path: Path, name: str, ways: Ways) -> Made | Failed:
    """Make a document, or say why it cannot be; `name` is what the user knows the file as."""
    try:
        record, report, made = _made(path, ways)
    except FileError as error:
        return Failed(path, FileError(error.code, **{**error.fields, "path": name}))
    except MemoryError:
        return Failed(path, FileError("too-large", path=name))
    facts, _, findings = graphs(document_iri(record.document.sha256))
    lines = loadable(made)
    return Made(
        sha256=record.document.sha256,
        lines=lines,
        count=lines.graphs.count(b"\n"),
        abstract=abstract(
            (quad for quad in made if quad.graph_name == facts),
            (quad for quad in made if quad.graph_name == findings),
        ),
        tally=_counted(record, report),
        built=Built(path, record, b"", report) if ways.whole else None,
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
