"""Assembles the record of a document from what its tables and its prose state."""

from collections.abc import Iterator, Sequence

import msgspec

from jixiao.documents.model import DocumentContent, Table
from jixiao.extraction import furniture, kept
from jixiao.extraction.forms import lists, projects
from jixiao.extraction.identity import identify
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.narrative import descriptions, prose, remarks, reports
from jixiao.extraction.narrative.alignment import Pair, align
from jixiao.extraction.narrative.goals_of_forms import with_goals_below
from jixiao.extraction.narrative.merging import merge
from jixiao.extraction.narrative.prose import NamedAmount
from jixiao.extraction.problems import problem
from jixiao.extraction.segments import split
from jixiao.extraction.statements import budget_tables
from jixiao.model.record import Amount, Document, Figure, Problem, Project, Reader, Record, Where


def assemble(
    content: DocumentContent,
    *,
    file: str,
    sha256: str,
    kind: str,
    reader: Reader,
    ledger: Ledger | None = None,
) -> Record:
    """Return the record of a document.

    Args:
        content: The document's paragraphs and tables.
        file: The file's name as users see it.
        sha256: The digest of the file's bytes.
        kind: The file's kind ("pdf", "docx").
        reader: The engine that read the file.
        ledger: Where to tell what becomes of each cell and character; None for whom the record's
            `coverage` and `unread` are enough.
    """
    content, ledger = split(content), ledger or Ledger()
    furniture.claim(content, ledger)
    identity = identify(content, ledger)
    forms = projects.read(content, identity.year, ledger)
    described = descriptions.read(content, identity.year, ledger)
    reported = reports.read(content, identity.year, ledger)
    named = prose.project_amounts(content, identity.kind, ledger)
    told = [*described.projects, *reported.projects]
    if not told and not forms.projects:
        told = prose.listed_projects(named)
    told, forms.projects = with_goals_below(content, told, forms.projects)
    merged, doubts = merge(told, forms.projects)
    # Numbered one by one, because projects of the same name get different identifiers.
    forms.projects = merged[: len(forms.projects)]
    for project in merged[len(forms.projects) :]:
        forms.projects.append(projects.numbered(project, forms.projects))
    statements, unread = budget_tables.read(content, forms.tables, ledger)
    forms.projects, listed = lists.read(content, forms.projects, ledger)
    unread = [p for p in unread if not (p.where and p.where.table in listed)]
    pairs = align([(amount.name, amount.yuan) for amount in named], forms.projects)
    paired = {pair.amount for pair in pairs}
    unpaired = [stated for at, stated in enumerate(named) if at not in paired]
    funded = tuple(_with_amounts(forms.projects, named, pairs))
    overall, goals = prose.department_goals(content, ledger)
    figures = tuple(prose.figures(content, ledger))
    record = Record(
        document=Document(
            file=file,
            sha256=sha256,
            format=kind,
            reader=reader,
            title=identity.title,
            kind=identity.kind,
            department=identity.department,
            department_code=identity.code,
            region=identity.region,
            fiscal_year=identity.year,
            pages=content.pages,
            amount_unit=identity.unit,
            body_kind=identity.body_kind,
            found=identity.found,
            bodies=identity.bodies,
        ),
        overall_goal=forms.overall or overall,
        goals=(*goals, *reported.goals, *forms.tasks),
        projects=funded,
        figures=(
            *figures,
            *(
                Figure(kind="project", yuan=stated.yuan, text=stated.text, where=stated.where)
                for stated in unpaired
            ),
        ),
        statements=tuple(statements),
        passages=remarks.read(content, funded),
        problems=(
            *_faults(content),
            *identity.problems,
            *_gaps(has_indicators=bool(funded or forms.tables)),
            *forms.problems,
            *described.problems,
            *reported.problems,
            *doubts,
            *unread,
            *(
                problem(
                    "amount-without-project", stated.where, name=stated.name, amount=stated.text
                )
                for stated in unpaired
            ),
        ),
    )
    kept.release(content, record, ledger)
    coverage, left = ledger.close(content.blocks)
    return msgspec.structs.replace(record, coverage=coverage, unread=left)


def _with_amounts(
    projects: Sequence[Project], named: Sequence[NamedAmount], pairs: Sequence[Pair]
) -> Iterator[Project]:
    """Yield each project, with the amount that the prose names for it before its other amounts."""
    pair_of = {pair.project: pair for pair in pairs}
    for at, project in enumerate(projects):
        if pair := pair_of.get(at):
            stated = named[pair.amount]
            amount = Amount(
                yuan=stated.yuan,
                text=stated.text,
                source="prose",
                where=stated.where,
                name=stated.name,
                stage=stated.stage,
                order=pair.amount + 1,
                alignment=pair.why,
            )
            yield msgspec.structs.replace(project, amounts=(amount, *project.amounts))
        else:
            yield project


def _faults(content: DocumentContent) -> Iterator[Problem]:
    """Yield the parts of the file that could not be read, and tables whose cells are inferred."""
    for fault in content.faults:
        where = Where(page=fault.page, path=fault.path) if fault.page or fault.path else None
        yield problem(fault.code, where, **fault.fields)
    for table in (block for block in content.blocks if isinstance(block, Table)):
        if table.confidence < 1:
            yield problem("inferred-table", table.where(0), table=table.number)


def _gaps(*, has_indicators: bool) -> Iterator[Problem]:
    """Yield what a disclosure must have and this one has not."""
    if not has_indicators:
        yield problem("no-indicators", None)
