"""Process one document: read it, map it to quads, check them, and prepare what a store loads.

A document that was processed before need not go through all stages: its kept record is mapped
again, or its stored quads are checked again.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from jixiao import fingerprints
from jixiao.checks import profiles
from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO, Profile
from jixiao.checks.run import check_quads
from jixiao.documents import gc_pause
from jixiao.errors import FileError
from jixiao.extraction import READERS, read
from jixiao.extraction.stated import stated
from jixiao.fingerprints import Fingerprints, Stage
from jixiao.logs import timed
from jixiao.model.coverage import Totals, totals
from jixiao.model.finding import Report
from jixiao.model.manifest import ManifestRow
from jixiao.model.record import Record
from jixiao.pipeline.sources import FailedFile
from jixiao.rdf.coverage import read_coverage
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.mapping import map_record
from jixiao.rdf.namespaces import JX, RDF
from jixiao.store.index_entries import index_entries_of
from jixiao.store.records import compress, decompress
from jixiao.store.search_index import IndexEntries, failed_rules
from jixiao.store.store import SerializedQuads, serialize_quads

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document that was read: its record, its quads as N-Quads, and the report of its check.

    `unpacked` keeps the temporary folder alive to which its archive was unpacked.
    """

    path: Path
    record: Record
    nquads: bytes
    report: Report
    unpacked: object = None


@dataclass(slots=True)
class Tally:
    """Counts of what was processed: by stage, by severity, and by rule.

    `stages` counts the documents that went through each stage. `failed` and `checked` count by
    rule the things that did not meet it, and all that it was applied to. `read` counts what was
    read of tables and prose, and what was not.
    """

    documents: int = 0
    projects: int = 0
    indicators: int = 0
    problems: int = 0
    read: Totals = field(default_factory=Totals)
    stages: Counter[Stage] = field(default_factory=Counter[Stage])
    findings: Counter[str] = field(default_factory=Counter[str])
    failed: Counter[str] = field(default_factory=Counter[str])
    checked: Counter[str] = field(default_factory=Counter[str])

    def add(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        self.documents += other.documents
        self.projects += other.projects
        self.indicators += other.indicators
        self.problems += other.problems
        self.read += other.read
        for name in ("stages", "findings", "failed", "checked"):
            getattr(self, name).update(getattr(other, name))


class ProcessingOptions(msgspec.Struct, frozen=True):
    """How documents are read and checked.

    `whole` asks for the record and the report of each document as well.
    """

    reader: str = READERS[0]
    engine: Engine = "auto"
    profile: str | Profile = AUTO
    whole: bool = True

    def fingerprints(self, file: Path, row: ManifestRow | None = None) -> Fingerprints:
        """Return by what a file is made with these options.

        The reader counts for PDF files only, what a manifest states of the file is part of the
        mapping, and the profile is part of the check.
        """
        now = fingerprints.current()
        usual = self.reader == READERS[0] or file.suffix.lower() != ".pdf"
        return Fingerprints(
            read=now.read if usual else f"{now.read} {self.reader}",
            map=f"{now.map} {row.digest()}" if row else now.map,
            check=f"{now.check} {profiles.digest(self.profile)}",
        )


class Work(msgspec.Struct, frozen=True):
    """What is to be done for a document, from which stage on.

    `record` is its kept record and `quads` are its stored facts and evidence as N-Quads: what the
    first stage needs, b"" for a document that is read anew. `row` is what the manifest states.
    """

    start: Stage = "read"
    record: bytes = b""
    quads: bytes = b""
    row: ManifestRow | None = None


READ_ANEW = Work()


def was_stated(made_by: Fingerprints) -> bool:
    """Tell whether a manifest stated something about a document when it was made."""
    return " " in made_by.map


@dataclass(frozen=True, slots=True)
class ProcessedDocument:
    """What the processing of a document gives: what a store and an index load, and the counts.

    `lines` are the quads of the stages that were done, `count` is their number. `record` is the
    compressed record of a document that was read anew. `entries` are None where only the findings
    changed; `failed_rules` then counts them.
    """

    sha256: str
    stage: Stage
    lines: SerializedQuads
    count: int
    record: bytes
    entries: IndexEntries | None
    failed_rules: Counter[tuple[str, str]]
    tally: Tally
    checked: CheckedDocument | None = None


@gc_pause.paused()
def read_and_check(
    path: Path, reader: str = READERS[0], engine: Engine = "auto", profile: str = AUTO
) -> CheckedDocument:
    """Read, map and check one file.

    Raises:
        FileError: the file cannot be read.

    """
    record = read(path, reader=reader)
    quads, report = check_record(record, engine, profile)
    return CheckedDocument(path, record, serialize(quads, format=RdfFormat.N_QUADS) or b"", report)


def check_record(
    record: Record, engine: Engine = "auto", profile: str = AUTO
) -> tuple[list[Quad], Report]:
    """Map and check a record.

    Returns:
        The quads of its facts, its evidence and its findings, and the report of the check.

    """
    mapped = map_record(record)
    report = check_quads(mapped.facts, engine, profile, EvidenceIndex.from_values(mapped.stated))
    return [*mapped.facts, *mapped.evidence, *finding_quads(report, mapped.document)], report


@gc_pause.paused()
def process(
    path: Path, name: str, options: ProcessingOptions, work: Work = READ_ANEW
) -> ProcessedDocument | FailedFile:
    """Process a document from the first stage that it needs.

    Args:
        path: the file.
        name: what the user knows the file as, for messages.
        options: how to read and check it.
        work: the stage to begin with, and what that needs of earlier ones.

    Returns:
        What a store loads, or why the file cannot be read.

    """
    try:
        if work.start == "check":
            return _check_again(path, options, work)
        kept = decompress(work.record) if work.start == "map" else None
        record = kept or read(path, reader=options.reader)
        return process_record(path, record, options, work.row, was_read=kept is None)
    except FileError as error:
        return FailedFile(path, FileError(error.code, **{**error.fields, "path": name}))
    except MemoryError:
        return FailedFile(path, FileError("too-large", path=name))


def process_record(
    path: Path,
    record: Record,
    options: ProcessingOptions,
    row: ManifestRow | None = None,
    *,
    was_read: bool = True,
) -> ProcessedDocument:
    """Map and check a record.

    Args:
        path: The file that it was read from.
        record: The record.
        options: How to check it.
        row: What the manifest states about it. What is kept is the record without that, so that
            another row needs no reading.
        was_read: Whether it has just been read, and is to be kept.

    Returns:
        What a store loads.

    """
    kept = compress(record) if was_read else b""
    if row:
        record = stated(record, row)
    with timed(_log, "mapped", path):
        mapped = map_record(record)
    evidence = EvidenceIndex.from_values(mapped.stated)
    report = check_quads(mapped.facts, options.engine, options.profile, evidence)
    quads = [*mapped.facts, *mapped.evidence, *finding_quads(report, mapped.document)]
    tally = _tally(report, ("read", "map", "check") if was_read else ("map", "check"))
    tally.projects = len(record.projects)
    tally.indicators = sum(len(project.indicators) for project in record.projects)
    tally.problems = len(record.problems)
    tally.read = totals(record.coverage)
    return ProcessedDocument(
        sha256=record.document.sha256,
        stage="read" if was_read else "map",
        lines=serialize_quads(quads),
        count=len(quads),
        record=kept,
        entries=index_entries_of(record, report),
        failed_rules=failed_rules(report.findings),
        tally=tally,
        checked=CheckedDocument(path, record, b"", report) if options.whole else None,
    )


def _check_again(path: Path, options: ProcessingOptions, work: Work) -> ProcessedDocument:
    """Check the stored quads of a document; its file is not opened."""
    quads = list(parse(work.quads, RdfFormat.N_QUADS))
    document = _document_of(quads)
    report = check_quads(quads, options.engine, options.profile)
    found = list(finding_quads(report, document))
    tally = _tally(report, ("check",))
    classes = Counter(quad.object for quad in quads if quad.predicate == RDF.type)
    tally.projects = classes[JX.BudgetProject]
    tally.problems = classes[JX.Problem]
    tally.read = totals(read_coverage(quads))
    tally.indicators = len(set(_indicators_of_projects(quads)))
    record = decompress(work.record) if work.record else None
    if record and work.row:
        record = stated(record, work.row)
    return ProcessedDocument(
        sha256=document.value.rpartition("/")[2],
        stage="check",
        lines=serialize_quads(found),
        count=len(found),
        record=b"",
        entries=None,
        failed_rules=failed_rules(report.findings),
        tally=tally,
        checked=CheckedDocument(path, record, b"", report) if record else None,
    )


def _document_of(quads: Sequence[Quad]) -> NamedNode:
    graph = quads[0].graph_name
    if not isinstance(graph, NamedNode):
        raise TypeError("the quads of a document are in its named graphs")
    return NamedNode(graph.value.rpartition("/")[0])


def _indicators_of_projects(quads: Iterable[Quad]) -> Iterator[object]:
    """Yield the indicators of projects; those of the department's goals are not counted."""
    projects, holders = set[object](), list[tuple[object, object]]()
    for quad in quads:
        if quad.predicate == RDF.type and quad.object == JX.BudgetProject:
            projects.add(quad.subject)
        elif quad.predicate == JX.hasIndicator:
            holders.append((quad.subject, quad.object))
    return (indicator for holder, indicator in holders if holder in projects)


def _tally(report: Report, stages: Sequence[Stage]) -> Tally:
    return Tally(
        documents=1,
        stages=Counter(stages),
        findings=Counter(finding.severity for finding in report.findings),
        failed=Counter({rate.code: rate.failed for rate in report.rates if rate.failed}),
        checked=Counter({rate.code: rate.checked for rate in report.rates}),
    )
