"""Reads a disclosure as the folder `extract/` declares: file -> flow -> record."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

from jixiao.documents import gc_pause
from jixiao.documents.model import Flow, Table
from jixiao.documents.open import ARCHIVE, READERS, SUFFIXES, open_file
from jixiao.extraction import identity as disclosure
from jixiao.extraction.forms import projects
from jixiao.extraction.narrative import descriptions, prose, remarks
from jixiao.extraction.narrative.alignment import Pair, align
from jixiao.extraction.narrative.prose import NamedAmount
from jixiao.extraction.skew import as_printed
from jixiao.extraction.statements import budget_tables
from jixiao.messages import message, shown
from jixiao.model.record import Amount, Document, Figure, Problem, Project, Reader, Record, Where

__all__ = ["ARCHIVE", "READERS", "SUFFIXES", "read"]


@gc_pause.kept()
def read(path: Path | str, *, reader: str = "pdfium") -> Record:
    """Return the record of one file; raises `FileError` where it cannot be read at all."""
    path = Path(path)
    kind, digest, flow = open_file(path, reader)
    identity = disclosure.identify(flow)
    reading = projects.read(flow, identity.year)
    described, doubts = descriptions.read(flow)
    for project in described:
        reading.projects.append(projects.numbered(project, reading.projects))
    identity = disclosure.named(identity, reading.departments)
    tables, unread = budget_tables.read(flow, reading.tables)
    named = prose.project_amounts(flow)
    pairs = align([(amount.name, amount.yuan) for amount in named], reading.projects)
    overall, goals = prose.department_goals(flow)
    funded = tuple(_with_amounts(reading.projects, named, pairs))
    record = Record(
        document=Document(
            file=shown(path.name),
            sha256=digest,
            format=kind,
            reader=Reader(reader if kind == "pdf" else kind, version("jixiao")),
            title=identity.title,
            kind=identity.kind,
            department=identity.department,
            department_code=identity.code,
            region=identity.region,
            fiscal_year=identity.year,
            pages=flow.pages,
            amount_unit=identity.unit,
        ),
        overall_goal=reading.overall or overall,
        goals=(*goals, *reading.tasks),
        projects=funded,
        figures=(*prose.figures(flow), *_unpaired(named, pairs)),
        statements=tuple(tables),
        passages=remarks.read(flow, funded),
        problems=(
            *_faults(flow),
            *_gaps(identity, funded or reading.tables),
            *reading.problems,
            *doubts,
            *unread,
            *_lonely(named, pairs),
        ),
    )
    return as_printed(record, flow.askew)


def _with_amounts(
    projects: Sequence[Project], named: Sequence[NamedAmount], pairs: Sequence[Pair]
) -> Iterator[Project]:
    """Yield each project with the amount that the prose names for it, before the other ones."""
    paired = {pair.project: pair for pair in pairs}
    for at, project in enumerate(projects):
        if pair := paired.get(at):
            stated = named[pair.amount]
            amount = Amount(
                yuan=stated.yuan,
                text=stated.text,
                source="prose",
                where=stated.where,
                name=stated.name,
                order=pair.amount + 1,
                alignment=pair.why,
            )
            yield msgspec.structs.replace(project, amounts=(amount, *project.amounts))
        else:
            yield project


def _unpaired(named: Sequence[NamedAmount], pairs: Sequence[Pair]) -> Iterator[Figure]:
    for stated in _without_project(named, pairs):
        yield Figure(kind="project", yuan=stated.yuan, text=stated.text, where=stated.where)


def _without_project(named: Sequence[NamedAmount], pairs: Sequence[Pair]) -> list[NamedAmount]:
    paired = {pair.amount for pair in pairs}
    return [stated for at, stated in enumerate(named) if at not in paired]


def _lonely(named: Sequence[NamedAmount], pairs: Sequence[Pair]) -> Iterator[Problem]:
    for stated in _without_project(named, pairs):
        told = message("amount-without-project", name=stated.name, amount=stated.text)
        yield Problem("amount-without-project", told, stated.where)


def _faults(flow: Flow) -> Iterator[Problem]:
    for fault in flow.faults:
        where = Where(page=fault.page, path=fault.path) if fault.page or fault.path else None
        yield Problem(fault.code, message(fault.code, **fault.fields), where)
    for table in (block for block in flow.blocks if isinstance(block, Table)):
        if table.confidence < 1:
            told = message("inferred-table", table=table.number)
            yield Problem("inferred-table", told, table.where(0))


def _gaps(identity: disclosure.Identity, indicators: object) -> Iterator[Problem]:
    """Yield what a disclosure should say and this one does not, or not where it was looked for."""
    for code, found in (
        ("no-department", identity.department),
        ("no-year", identity.year),
        ("no-indicators", indicators),
    ):
        if not found:
            yield Problem(code, message(code), None)
