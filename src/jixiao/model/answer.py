"""The answer to a question: columns and rows of plain values."""

from dataclasses import dataclass
from decimal import Decimal

Value = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that answer a question.

    Attributes:
        columns: the names of the columns.
        rows: as many values a row as there are columns. An IRI is a string; a variable that the
            query leaves unbound is None.

    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
