"""TODO docstring of model.answer."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


Value = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that answer a question; an IRI is a string, a value that is not bound is None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
