"""Maps a record to the graph that `ontology/` declares: facts and evidence, as quads.

One module a kind of thing; `context` is what they share while one record is mapped.

Two readings of one file give the same quads: no clock, no blank node, nothing of the run.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from jixiao.model.record import Record
from jixiao.rdf.derived import facts
from jixiao.rdf.derived.reading import of_reading
from jixiao.rdf.evidence import StatedValue, annotations
from jixiao.rdf.iris import graphs, project_iri, unique
from jixiao.rdf.mapping.context import MappingContext
from jixiao.rdf.mapping.coverage import map_coverage
from jixiao.rdf.mapping.document import (
    figure_nodes,
    map_department_and_budget,
    map_figures,
    map_file,
    map_passage,
    state_identity,
)
from jixiao.rdf.mapping.project import map_goal, map_project
from jixiao.rdf.mapping.recipients import map_recipients
from jixiao.rdf.mapping.statement import map_statement
from jixiao.rdf.namespaces import HOME
from jixiao.rdf.terms import Triple


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """A record as quads, and where its values are printed.

    `stated` says the same as `evidence`, for stages that would otherwise decode the quads again.
    """

    document: NamedNode
    facts: list[Quad]
    evidence: list[Quad]
    stated: list[StatedValue]


def map_record(record: Record, base: str = HOME) -> MappedRecord:
    """Map one record to quads.

    Args:
        record: what was read from a document.
        base: what the IRIs of things begin with; terms and code lists keep their IRIs.

    Returns:
        The facts and the evidence, each in its named graph (see `iris.graphs`).

    """
    context = MappingContext(record, base)
    in_facts, in_evidence, _ = graphs(context.document)
    projects = {p.id: project_iri(record.document, p.id, base) for p in record.projects}
    facts_quads = [Quad(*triple, in_facts) for triple in _facts(context)]
    facts_quads += (
        Quad(*t, in_facts) for t in of_reading(context.reading, context.budget, projects)
    )
    evidence = [Quad(*triple, in_evidence) for triple in map_file(context)]
    evidence += (Quad(*t, in_evidence) for t in map_coverage(context, projects))
    # Last, for all of the above notes where its values are printed.
    evidence += (Quad(*t, in_evidence) for t in annotations(context.document, context.stated))
    return MappedRecord(context.document, facts_quads, evidence, context.stated)


def quads(record: Record, base: str = HOME) -> Iterator[Quad]:
    """Yield the facts and the evidence of one document, each in its named graph.

    Args:
        record: what was read from a document.
        base: what the IRIs of things begin with; terms and code lists keep their IRIs.

    """
    mapped = map_record(record, base)
    yield from mapped.facts
    yield from mapped.evidence


def _facts(context: MappingContext) -> Iterator[Triple]:
    """Yield what the document states, from the department down, and what follows from it."""
    record, budget = context.record, context.budget
    yield from map_department_and_budget(context)
    state_identity(context)
    yield from map_recipients(context)
    if record.overall_goal:
        yield from map_goal(context, budget, 0, record.overall_goal)
    for number, goal in enumerate(record.goals, 1):
        yield from map_goal(context, budget, number, goal)
    for project in record.projects:
        yield from map_project(context, project)
    figures = figure_nodes(context)
    yield from map_figures(context, figures)
    taken = set[str]()
    for number, statement in enumerate(record.statements):
        yield from map_statement(context, number, statement, unique(statement.kind, taken))
    for number, passage in enumerate(record.passages, 1):
        yield from map_passage(context, number, passage)
    yield from facts.of_goals(budget, context.goals)
    yield from facts.of_list(context.amounts)
    yield from facts.of_identities(record, budget, context.cells, context.rows, figures)
    yield from facts.of_consecutive_sums(record, budget, context.cells)
