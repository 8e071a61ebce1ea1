"""The answer to a question: columns and rows of plain values."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

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

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the rows as a pandas table; money stays `Decimal`.

        Raises:
            ModuleNotFoundError: pandas is missing; the message says how to install it.

        """
        try:
            import pandas
        except ImportError as error:
            remedy = "pandas is missing: install it with pip install 'jixiao[notebook]'"
            raise ModuleNotFoundError(remedy) from error
        return pandas.DataFrame(list(self.rows), columns=list(self.columns))
