"""Maps budget tables (预算公开表): each cell with an amount is an observation of a data cube."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from jixiao.config import cache
from jixiao.model.record import Cell as StatedCell
from jixiao.model.record import Column, Statement, StatementRow
from jixiao.rdf.code_lists import codes
from jixiao.rdf.derived.accounting_identities import Cell
from jixiao.rdf.iris import digest, plain, unique
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.namespaces import (
    CODE,
    DCT,
    DIM,
    JX,
    OBEU_ATTRIBUTE,
    OBEU_DIMENSION,
    OBEU_MEASURE,
    QB,
    RDF,
    SKOS,
)
from jixiao.rdf.terms import (
    Pair,
    Triple,
    boolean,
    code_or_none,
    decimal,
    describe,
    integer,
    integer_or_none,
    text_or_none,
    zh,
    zh_or_none,
)

_CURRENCY = NamedNode("http://publications.europa.eu/resource/authority/currency/CNY")
_WIDE_BRACKETS = str.maketrans("()", "（）")


def map_statement(
    context: MappingContext, number: int, statement: Statement, key: str
) -> Iterator[Triple]:
    """Yield a budget table with its rows and cells.

    Args:
        context: the mapping it is part of.
        number: its place in the record, from 0.
        statement: the table.
        key: its kind, made unique within the document.

    """
    node = context.part("statement", key)
    yield from describe(
        node,
        (RDF.type, QB.DataSet),
        (RDF.type, JX.Statement),
        (JX.partOfBudget, context.budget),
        (JX.statementKind, CODE[f"statement/{statement.kind}"]),
        (DCT.title, zh(statement.title)),
        (QB.structure, JX.budgetStructure),
        (JX.statedUnit, Literal(statement.unit)),
        (SKOS.note, zh_or_none(statement.note)),
        (JX.unreadCount, integer_or_none(_unread(context, statement))),
    )
    context.state(node, DCT.title, statement.title, statement.where)
    columns, taken = {column.label: column for column in statement.columns}, set[str]()
    for place, row in enumerate(statement.rows):
        name = unique(plain(row.code or "", row.section or "", row.name), taken)
        about = context.rows[number, place] = NamedNode(f"{node.value}/{name}")
        yield node, JX.hasRow, about
        yield from describe(
            about,
            (RDF.type, JX.StatementRow),
            (JX.ordinal, integer(place + 1)),
            (SKOS.prefLabel, zh(row.name)),
            (SKOS.notation, text_or_none(row.code)),
            (JX.section, zh_or_none(row.section)),
            (JX.isTotal, boolean(row.total)),
        )
        context.state(about, SKOS.prefLabel, row.name, row.where)
        yield from _unlisted_class(row, statement)
        for label, cell in row.values.items():
            observation = NamedNode(f"{about.value}/{digest(label)}")
            if cell.yuan is None:
                kind = JX.quantity if cell.number is not None else JX.detail
                yield about, kind, zh(f"{label}: {cell.text}")
                continue
            context.cells[Cell(number, place, label)] = observation
            yield observation, QB.dataSet, node
            yield observation, JX.inRow, about
            yield observation, OBEU_MEASURE.amount, decimal(cell.yuan)
            yield from _observation(context, observation, statement, row, columns[label], cell)


def _unread(context: MappingContext, statement: Statement) -> int | None:
    places = (statement.where, *statement.where.continued)
    tables = {where.table for where in places if where.table is not None}
    found = [context.reading.in_table[t] for t in tables if t in context.reading.in_table]
    return sum(found) if found else None


def _observation(
    context: MappingContext,
    node: NamedNode,
    statement: Statement,
    row: StatementRow,
    column: Column,
    cell: StatedCell,
) -> Iterator[Triple]:
    year = context.record.document.fiscal_year
    # OpenBudgets takes its fiscal years from this service, and so can be compared with ours.
    fiscal_year = NamedNode(f"http://reference.data.gov.uk/id/gregorian-year/{year}")
    yield from describe(
        node,
        (RDF.type, QB.Observation),
        (JX.columnLabel, zh(column.label)),
        (JX.isTotal, boolean(row.total)),
        (JX.stated, Literal(cell.text)),
        (JX.statedUnit, Literal(statement.unit)),
        (OBEU_DIMENSION.organization, context.department),
        (OBEU_DIMENSION.fiscalYear, fiscal_year if year else None),
        (OBEU_ATTRIBUTE.currency, _CURRENCY),
        *_dimensions(row, statement, column),
    )


def _dimensions(row: StatementRow, statement: Statement, column: Column) -> Iterator[Pair]:
    for dimension, notation in column.dimensions.items():
        yield DIM[dimension], CODE[f"{_kebab(dimension)}/{notation}"]
    if _is_class_code(row.code):
        scheme = statement.classification
        yield DIM[f"{scheme}Class"], CODE[f"{scheme}/{row.code}"]


def _unlisted_class(row: StatementRow, statement: Statement) -> Iterator[Triple]:
    """Describe a class that no code list has, as the row names it.

    Brackets are written wide, as the official lists have them: documents write either.
    """
    concept = code_or_none(statement.classification, row.code)
    if concept is None or not _is_class_code(row.code) or concept.value in _listed():
        return
    yield from describe(
        concept,
        (RDF.type, SKOS.Concept),
        (SKOS.inScheme, CODE[statement.classification]),
        (SKOS.notation, Literal(row.code or "")),
        (SKOS.prefLabel, zh(row.name.translate(_WIDE_BRACKETS))),
    )


@cache
def _listed() -> frozenset[str]:
    return frozenset(q.subject.value for q in codes() if isinstance(q.subject, NamedNode))


def _is_class_code(code: str | None) -> bool:
    # Rows of departments have codes too ("434001-01"), which are of no classification.
    return code is not None and code.isascii() and code.isdigit()


def _kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name)
