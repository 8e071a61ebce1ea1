"""Maps what concerns the document as a whole: file, department, budget, figures, passages."""

from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Passage, Provenance, Where
from jixiao.rdf.bodies import body_kind, body_name
from jixiao.rdf.dates import date_or_none, year_or_none
from jixiao.rdf.evidence import StatedValue
from jixiao.rdf.iris import digest, plain, region_iri, unique
from jixiao.rdf.labels import in_both_languages
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.mapping.region import map_division
from jixiao.rdf.namespaces import CODE, DCT, FOAF, JX, ORG, PROV, RDF, SKOS, SPDX
from jixiao.rdf.terms import (
    Triple,
    code_or_none,
    decimal,
    describe,
    integer,
    integer_or_none,
    text_or_none,
    zh,
    zh_or_none,
)


def map_department_and_budget(context: MappingContext) -> Iterator[Triple]:
    """Yield the department, its region, and the budget."""
    document, region = context.record.document, region_iri(context.record.document)
    yield from describe(
        context.department,
        (RDF.type, ORG.OrganizationalUnit),
        (RDF.type, JX.BudgetDepartment),
        # Without what only tells which paper it is: papers of one body give it one name.
        (SKOS.prefLabel, zh(body_name(document))),
        # ORG's identifier is a notation of SKOS: an alias, for papers that print no code.
        (ORG.identifier, text_or_none(document.department_code)),
        (DCT.spatial, region),
    )
    if document.region:
        yield from map_division(document.region)
    yield from describe(
        context.budget,
        (RDF.type, JX.DepartmentBudget),
        (JX.department, context.department),
        # Departments are renamed while their IRI stays, so that the budget keeps the year's name.
        (JX.departmentName, zh_or_none(document.department)),
        (JX.budgetYear, year_or_none(document.fiscal_year)),
        (JX.documentKind, CODE[f"document-kind/{document.kind}"]),
        (JX.bodyKind, code_or_none("body-kind", body_kind(document))),
        (DCT.source, context.document),
    )


def state_identity(context: MappingContext) -> None:
    """Note how the facts that identify the document were found, and where they are printed."""
    facts = {
        "department": (context.budget, JX.departmentName),
        "department_code": (context.department, ORG.identifier),
        "kind": (context.budget, JX.documentKind),
        "fiscal_year": (context.budget, JX.budgetYear),
        "region": (context.department, DCT.spatial),
    }
    for name, found in context.record.document.found.items():
        if name in facts:
            subject, field = facts[name]
            by = CODE[f"found/{plain(found.how)}"]
            place, text = (found.where, found.text) if found.where else (Where(), "")
            context.stated.append(StatedValue(subject, field, text, place, by))


def figure_nodes(context: MappingContext) -> list[NamedNode]:
    """Return the IRIs of the figures that the text states of the whole budget."""
    taken = set[str]()
    kinds = [unique(figure.kind, taken) for figure in context.record.figures]
    return [context.part("figure", kind) for kind in kinds]


def map_figures(context: MappingContext, nodes: Sequence[NamedNode]) -> Iterator[Triple]:
    """Yield the figures that the text states of the whole budget."""
    for figure, node in zip(context.record.figures, nodes, strict=True):
        yield from describe(
            node,
            (RDF.type, JX.StatedFigure),
            (JX.partOfBudget, context.budget),
            (JX.figureKind, CODE[f"figure/{figure.kind}"]),
            (JX.amount, decimal(figure.yuan)),
            (JX.stated, Literal(figure.text)),
        )
        context.state(node, JX.stated, figure.text, figure.where)


def map_passage(context: MappingContext, number: int, passage: Passage) -> Iterator[Triple]:
    """Yield a passage of the text that a reviewer marks."""
    node = NamedNode(f"{context.budget.value}/passage/{number}")
    yield context.budget, JX.hasPassage, node
    yield from describe(
        node,
        (RDF.type, JX.Passage),
        (JX.passageKind, CODE[f"passage/{passage.kind}"]),
        (JX.stated, Literal(passage.words)),
        (JX.instead, zh_or_none(passage.instead)),
        (JX.suitsUntil, year_or_none(passage.until)),
        (JX.times, integer(passage.times)),
    )
    context.state(node, JX.stated, passage.words, passage.where)


def map_file(context: MappingContext) -> Iterator[Triple]:
    """Yield the file's own description, and the problems that reading it had."""
    document, node = context.record.document, context.document
    checksum = NamedNode(f"{node.value}/checksum")
    yield from describe(
        node,
        (RDF.type, PROV.Entity),
        (RDF.type, JX.DisclosureDocument),
        (DCT.title, zh(document.title)),
        (DCT.format, Literal(document.format)),
        (JX.fileName, Literal(document.file)),
        (JX.pageCount, integer_or_none(document.pages)),
        (JX.readBy, Literal(document.reader.name)),
        (JX.readerVersion, Literal(document.reader.version)),
        (SPDX.checksum, checksum),
    )
    if document.provenance:
        yield from _provenance(context, document.provenance)
    yield from describe(
        checksum,
        (RDF.type, SPDX.Checksum),
        (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, Literal(document.sha256)),
    )
    for number, problem in enumerate(context.record.problems, 1):
        about = NamedNode(f"{node.value}/problem/{number}")
        yield node, JX.problem, about
        yield about, RDF.type, JX.Problem
        yield about, DCT.identifier, Literal(problem.code)
        yield from in_both_languages(about, DCT.description, problem.message)
        # Nothing is quoted: the message is not printed in the document.
        context.state(about, DCT.description, "", problem.where)


def _provenance(context: MappingContext, stated: Provenance) -> Iterator[Triple]:
    """Yield where, when and by whom the document was published, and under which licence."""
    name = stated.publisher
    publisher = NamedNode(f"{context.base}id/agent/{digest(name)}") if name else None
    yield from describe(
        context.document,
        (DCT.source, NamedNode(stated.url) if stated.url else None),
        (DCT.publisher, publisher),
        (DCT.issued, date_or_none(stated.published)),
        (DCT.license, NamedNode(stated.licence) if stated.licence else None),
    )
    if publisher and name:
        yield from describe(publisher, (RDF.type, FOAF.Agent), (FOAF.name, Literal(name)))
