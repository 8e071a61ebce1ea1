"""What `extract/statements.toml` says of budget tables: their kinds, and what columns mean."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from jixiao.config import cache, folder, lru_cache
from jixiao.config.toml_files import CodeOf, Pattern, Regex, read_toml
from jixiao.extraction.word_matching import compiled
from jixiao.text import fold

Classification = Literal["functional", "economic"]
NUMBER = re.compile(r"[-－]?\d[\d,，]*(?:\.\d+)?")


# Words and texts to remember, of this document and those before: they repeat.
_TEXTS = 4_096


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Header words of the columns that name a row; `parts` has the digits of each code part."""

    line: list[Regex]
    code: list[Regex]
    parts: dict[str, int]
    name: list[Regex]
    no_name: list[Regex]


class Shapes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the cells of a column look like: codes of each classification, counts, rates."""

    functional: Regex
    economic: Regex
    code_in_name: Annotated[str, Pattern("code", "name")]
    blanks: list[str]
    least: int
    most: float


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What speaks for a kind besides its title; `sides` is revenue beside expenditure."""

    sides: bool | None = None
    codes: Classification | None = None
    columns: list[Regex] = []
    no_columns: list[Regex] = []
    rows: list[Regex] = []


class StatementKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of budget table: what its title says, and how it looks."""

    kind: Annotated[str, CodeOf("statement")]
    title: list[Regex] = []
    no_title: list[Regex] = []
    classification: Classification = "functional"
    evidence: Evidence = Evidence()


class ColumnMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The role and the dimensions of columns with certain header words.

    `stage` marks words that say when a figure was set (预算数, 决算数); a heading with `covers`
    means the same for the columns below it.
    """

    words: list[str] = []
    patterns: list[Regex] = []
    role: Literal["amount", "quantity", "text"] = "amount"
    dimensions: dict[str, str] = {}
    stage: str | None = None
    covers: bool = False


class Around(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands around a table: the title, the unit, the notes."""

    title_within: int
    no_title: Regex
    untabled: list[Regex]
    unit: Annotated[str, Pattern("unit")]
    column_unit: Annotated[str, Pattern("unit")]
    note_lines: int
    nothing: list[Regex]


class Doubt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How sure the kind of a table must be."""

    known_from: int
    title: int
    structure: int
    margin: int
    figures: float
    words: int


class Statements(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`statements.toml`: the kinds of budget tables, and the meanings of their columns."""

    head_marks: list[str]
    total_rows: list[Regex]
    counted: Regex
    around: Around
    doubt: Doubt
    labels: Labels
    shapes: Shapes
    statements: list[StatementKind]
    columns: list[ColumnMeaning]


@cache
def statement_rules() -> Statements:
    """Return the content of `statements.toml`."""
    return read_toml(folder("extract") / "statements.toml", Statements)


@lru_cache(_TEXTS)
def is_total(name: str) -> bool:
    """Tell whether a name is that of a row, or a column, that sums up others."""
    return fits(fold(name), statement_rules().total_rows)


def fits(text: str, patterns: Iterable[str]) -> bool:
    """Tell whether one of some patterns is the whole of a text."""
    return any(compiled(pattern).fullmatch(text) for pattern in patterns)


@lru_cache(_TEXTS)
def is_figure(text: str) -> bool:
    """Tell whether a text is a number, or a mark that stands for one."""
    plain = fold(text)
    return (
        bool(NUMBER.fullmatch(plain.removesuffix("%"))) or plain in statement_rules().shapes.blanks
    )


@lru_cache(_TEXTS)
def meaning_of(word: str) -> ColumnMeaning | None:
    """Return the meaning of a header word, None if it is unknown."""
    return _meanings().get(word) or next(
        (m for m in statement_rules().columns if fits(word, m.patterns)), None
    )


@cache
def _meanings() -> dict[str, ColumnMeaning]:
    columns = reversed(statement_rules().columns)  # the first entry that lists a word counts
    return {fold(word): meaning for meaning in columns for word in meaning.words}
