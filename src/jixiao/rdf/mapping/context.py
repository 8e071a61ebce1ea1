"""What the modules of this package share while one record is mapped."""

from pyoxigraph import NamedNode

from jixiao.model.record import Amount, Record, Where
from jixiao.rdf.derived.accounting_identities import Cell
from jixiao.rdf.derived.reading import reading_of
from jixiao.rdf.evidence import StatedValue
from jixiao.rdf.iris import budget_iri, budget_key, department_iri, document_iri
from jixiao.rdf.namespaces import HOME


class MappingContext:
    """The IRIs that everything hangs on, and what is collected for the derived facts.

    Attributes:
        record: the record that is mapped.
        document: the IRI of the document; `department` and `budget` likewise.
        stated: where each value is printed, in the order of the facts.
        cells: the observation of each cell of the budget tables that states an amount.
        rows: the row of each table, by the numbers of both from 0.
        amounts: all amounts of projects and goals.
        reading: how far the document was read.
        goals: each project's goals: the project, the goal, its text.

    """

    def __init__(self, record: Record, base: str = HOME) -> None:
        self.record, self.base = record, base
        self.reading = reading_of(record)
        self.document = document_iri(record.document.sha256, base)
        self.department = department_iri(record.document, base)
        self.budget = budget_iri(record.document, base)
        self.stated = list[StatedValue]()
        self.cells = dict[Cell, NamedNode]()
        self.rows = dict[tuple[int, int], NamedNode]()
        self.amounts = list[tuple[NamedNode, Amount]]()
        self.goals = list[tuple[NamedNode, NamedNode, str]]()

    def part(self, kind: str, name: str) -> NamedNode:
        """Return the IRI of a part of the budget that is named by its kind ("statement")."""
        return NamedNode(f"{self.base}id/{kind}/{budget_key(self.record.document)}/{name}")

    def state(self, subject: NamedNode, field: NamedNode, text: str, where: Where | None) -> None:
        """Note where a value is printed, if the record says it."""
        if where:
            self.stated.append(StatedValue(subject, field, text, where))
