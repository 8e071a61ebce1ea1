"""Reports of files or of a store, as text for people or in the formats of programs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from jixiao.checks.engine import Engine
from jixiao.checks.profiles import AUTO
from jixiao.checks.run import check_quads
from jixiao.checks.validation_report import validation
from jixiao.errors import UsageError
from jixiao.messages import texts
from jixiao.model.finding import Finding, Rate, Report, order
from jixiao.model.record import Record
from jixiao.pipeline.build import CheckedDocument, documents, read_and_check
from jixiao.publishing.check_formats.sarif import fingerprint, sarif
from jixiao.publishing.finding_text import place_text, told
from jixiao.publishing.report import Sheet, html
from jixiao.rdf.findings import finding_quads
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.namespaces import PREFIXES
from jixiao.store.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Checked:
    """A document and what was found in it; its record where it was read for the check."""

    file: str
    document: NamedNode
    report: Report
    built: CheckedDocument | None = None


def files(
    paths: Sequence[Path], reader: str, engine: Engine = "auto", profile: str = AUTO
) -> list[Checked]:
    """Return what the rules find in files; raises `FileError` for the first bad one."""
    sources, failed = documents(paths)
    if failed:
        raise failed[0].error
    ways = reader, engine, profile
    for source in sources:
        source.fetch()
    made = [
        replace(read_and_check(source.path, *ways), unpacked=source.unpacked) for source in sources
    ]
    return [Checked(b.path.name, _iri(b.record), b.report, b) for b in made]


def _iri(record: Record) -> NamedNode:
    return document_iri(record.document.sha256)


def stored(folder: Path, engine: Engine = "auto", profile: str = AUTO) -> list[Checked]:
    """Return what the rules find in a store, document by document."""
    with open_store(folder) as store:
        return [
            Checked(store.file_name(document), document, _recheck(store, document, engine, profile))
            for document in store.documents()
        ]


def _recheck(store: Store, document: NamedNode, engine: Engine, profile: str) -> Report:
    facts, evidence, _ = graphs(document)
    return check_quads(store.quads((facts, evidence)), engine, profile)


def findings(checked: Sequence[Checked]) -> list[Finding]:
    """Return all findings, the gravest first, each with its file's name."""
    found = [_of(finding, one) for one in checked for finding in one.report.findings]
    return sorted(found, key=order)


def _rates(checked: Sequence[Checked]) -> list[Rate]:
    rates = dict[str, Rate]()
    for rate in (rate for one in checked for rate in one.report.rates):
        before = rates.get(rate.code, Rate(rate.code, rate.name, 0, 0, 0))
        rates[rate.code] = Rate(
            code=rate.code,
            name=rate.name,
            checked=before.checked + rate.checked,
            failed=before.failed + rate.failed,
            cannot_tell=before.cannot_tell + rate.cannot_tell,
        )
    return [rates[code] for code in sorted(rates)]


def since(checked: Sequence[Checked], baseline: Path) -> list[Checked]:
    """Return what an earlier check, printed as json, did not find; raises `UsageError`."""
    try:
        before = msgspec.json.decode(baseline.read_bytes(), type=Report)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError("bad-baseline", path=baseline) from error
    known = {fingerprint(finding) for finding in before.findings}
    return [
        replace(one, report=msgspec.structs.replace(one.report, findings=tuple(new)))
        for one in checked
        for new in [[f for f in one.report.findings if fingerprint(_of(f, one)) not in known]]
    ]


def _of(finding: Finding, checked: Checked) -> Finding:
    return msgspec.structs.replace(finding, document=checked.file)


def text(checked: Sequence[Checked], kind: str, lang: str) -> str:
    """Return reports as text for people, as json, csv, sarif or turtle, or as the html report.

    Raises `UsageError` for html of a store: the report shows what is read from the files.
    """
    if kind == "json":
        report = Report(tuple(findings(checked)), tuple(_rates(checked)))
        return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    if kind == "turtle":
        return _turtle(checked)
    if kind == "sarif":
        return sarif(findings(checked), _rates(checked), lang)
    if kind == "html":
        return _html(checked, lang)
    return _csv(checked, lang) if kind == "csv" else _lines(checked, lang)


def _turtle(checked: Sequence[Checked]) -> str:
    quads = (quad for one in checked for quad in finding_quads(one.report, one.document))
    triples = dict.fromkeys(Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    for one in checked:
        triples |= dict.fromkeys(validation(one.report, one.document))
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES)
    return (written or b"").decode()


def _html(checked: Sequence[Checked], lang: str) -> str:
    built = [one.built for one in checked if one.built]
    if len(built) < len(checked):
        raise UsageError("report-of-store")
    return html([Sheet(b.record, b.report, b.path) for b in built], lang)


def _lines(checked: Sequence[Checked], lang: str) -> str:
    say = texts("check", lang)
    lines = list[str]()
    for finding in findings(checked):
        file = finding.document if len(checked) > 1 else ""
        place = " ".join(part for part in (file, place_text(finding.where, lang)) if part)
        grade = say(finding.outcome if finding.outcome == "cannot-tell" else finding.severity)
        lines.append(
            f"{finding.code}  {grade}  {told(finding, lang)}" + (f"  [{place}]" if place else "")
        )
        if finding.evidence:
            lines.append("      " + say("printed", words=" / ".join(finding.evidence)))
        if finding.repair:
            lines.append(f"      → {getattr(finding.repair.message, lang)}")
    lines += [""] if lines else []
    for rate in _rates(checked):
        name = getattr(rate.name, lang)
        unsure = say("unsure", count=rate.cannot_tell) if rate.cannot_tell else ""
        lines.append(f"{rate.code:14}{rate.failed:5} / {rate.checked:<6} {name}{unsure}")
    return "".join(f"{line}\n" for line in lines)


def _csv(checked: Sequence[Checked], lang: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        ["file", "code", "severity", "outcome", "message", "page", "focus", "evidence", "repair"]
    )
    for finding in findings(checked):
        repair = getattr(finding.repair.message, lang) if finding.repair else ""
        writer.writerow(
            [
                finding.document,
                finding.code,
                finding.severity,
                finding.outcome,
                getattr(finding.message, lang),
                (finding.where.page if finding.where else None) or "",
                finding.focus,
                " / ".join(finding.evidence),
                repair,
            ]
        )
    return buffer.getvalue()
