"""What `extract/` declares, as values; an unknown key in a file there is an error.

Patterns are compiled, words are made comparable, once for each process.
"""

import os
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from jixiao.data import folder, read_toml
from jixiao.errors import UsageError
from jixiao.pages.layout import fold, squeeze
from jixiao.record import Comparator, DocumentKind, Message, Scope, Stage

K = TypeVar("K")


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a TOML file."""


class Comparators(_Table, frozen=True, kw_only=True):
    """Words of comparison before and after a number."""

    before: dict[Comparator, list[str]]
    after: dict[Comparator, list[str]]


class Dates(_Table, frozen=True, kw_only=True):
    """How a date is written, and what the words after it say."""

    patterns: list[str]
    yearless: list[str]
    after: dict[Comparator, list[str]]
    names: dict[str, int]


class Recurring(_Table, frozen=True, kw_only=True):
    """How a deadline that comes again is written."""

    patterns: list[str]


class Grades(_Table, frozen=True, kw_only=True):
    """Words that grade, the adverbs before them, and the signs between them."""

    joins: str
    adverbs: list[str]
    words: list[str]


class Numerals(_Table, frozen=True, kw_only=True):
    """Chinese numerals: a pattern for one, and those that are written in two ways."""

    digits: str
    same: dict[str, str]


class Values(_Table, frozen=True, kw_only=True):
    """`values.toml`: how a target value is written."""

    number: str
    per_signs: list[str]
    range_signs: list[str]
    about_before: list[str]
    about_after: list[str]
    numerals: Numerals
    comparators: Comparators
    misread: dict[str, str]
    units: dict[str, list[str]]
    multipliers: dict[str, int]
    money: dict[str, int]
    dates: Dates
    recurring: Recurring
    grades: Grades


class Scheme(_Table, frozen=True, kw_only=True):
    """An indicator scheme: the names of its first and second level, by notation."""

    id: str
    since: int
    first: dict[str, list[str]]
    second: dict[str, list[str]]


class Categories(_Table, frozen=True, kw_only=True):
    """`categories.toml`: the schemes there are."""

    suffix: str
    schemes: list[Scheme]


class Label(_Table, frozen=True, kw_only=True):
    """Labels of a form that mean one field; the other keys say more of it."""

    field: str
    words: list[str]
    kind: str | None = None
    scope: Scope | None = None
    stage: Stage | None = None
    fund: str | None = None
    part: bool = False


class Fields(_Table, frozen=True, kw_only=True):
    """`fields.toml`: what the words of indicator tables and of their forms mean."""

    ignore: list[str]
    level1_points: str
    unit: str
    inline: str
    amount: str
    date: str
    department_code: str
    totals: list[str]
    blanks: list[str]
    columns: dict[str, list[str]]
    value_scopes: dict[Scope, list[str]]
    labels: list[Label]


class IndicatorLayout(_Table, frozen=True, kw_only=True, eq=False):
    """A file of `layouts/`: one layout of the indicator table.

    `evidence` are the words that speak for it; it is chosen where it has most of them, and all the
    fields it `requires`. `columns` and `labels` add to those of `fields.toml`, and go before them.
    """

    name: str = ""
    subject: Literal["project", "projects", "department"]
    evidence: list[str] = []
    requires: list[str] = []
    title: str | None = None
    carried_over: str | None = None
    goal_item: str | None = None
    group_scopes: list[Scope] = []
    unit: str | None = None
    columns: dict[str, list[str]] = {}
    labels: list[Label] = []


class CostWords(_Table, frozen=True, kw_only=True):
    """`lexicons/cost.toml`."""

    per_unit: list[str]
    categories: list[str]
    quantity: list[str]


class Sign(_Table, frozen=True, kw_only=True):
    """A sign in the wording, of `lexicons/signs.toml`: where it is looked for, and its patterns."""

    of: list[Literal["name", "description", "basis", "value", "goal", "project"]]
    patterns: list[str]


class Clusters(_Table, frozen=True, kw_only=True):
    """From how much in common indicators are near-duplicates."""

    least: float


class Continuity(_Table, frozen=True, kw_only=True):
    """How much names and contents say of whether something goes on, and the least confidence."""

    names: float
    contents: float
    floor: float


class Continuation(Continuity, frozen=True, kw_only=True):
    """The same of projects from year to year, and what is left out of their names."""

    like_name: float
    years: str


class Succession(Continuity, frozen=True, kw_only=True):
    """The same of departments; what more of them have than `commonplace` tells nothing."""

    commonplace: int
    department_ignores: list[str]


class Likeness(_Table, frozen=True, kw_only=True):
    """`lexicons/likeness.toml`: how wordings are compared."""

    name_ignores: list[str]
    tails: list[str]
    stop_words: frozenset[str]
    stop_characters: str
    goal_floor: float
    indicator_floor: float
    clusters: Clusters
    continuation: Continuation
    succession: Succession


class PassagePattern(_Table, frozen=True, kw_only=True):
    """A kind of remarkable passage of `passages.toml`: its pattern, and what it says instead.

    The pattern is searched in a paragraph without white space; `unless` is what clears it.
    """

    kind: str
    pattern: str
    unless: str | None = None
    instead: str | None = None
    until: int | None = None


class EmptySection(_Table, frozen=True, kw_only=True):
    """What a heading looks like, and how many in a row are a list of them."""

    kind: str
    heading: str
    list: int


class Remarkable(_Table, frozen=True, kw_only=True):
    """`passages.toml`: what a reviewer marks in the text."""

    passages: list[PassagePattern]
    empty: EmptySection


class Selector(_Table, frozen=True, kw_only=True):
    """Which figures an identity speaks of: cells of a kind of table, or a figure of the text."""

    statement: str | None = None
    code: str | None = None
    row: str | None = None
    total: bool | None = None
    column: dict[str, str] = {}
    figure: str | None = None
    either: list["Selector"] = []


class Declared(_Table, frozen=True, kw_only=True):
    """An identity that `identities.toml` declares."""

    name: str
    rule: str
    relation: Literal["sum", "equal", "at-most"]
    label: Message
    whole: Selector
    parts: list[Selector]


class Structural(_Table, frozen=True, kw_only=True):
    """The rule that sums within a table are held to, and what each kind of sum is called."""

    rule: str
    codes: Message
    rows: Message
    columns: Message


class Identities(_Table, frozen=True, kw_only=True):
    """`identities.toml`: which figures must agree; the items and totals of projects' money."""

    structural: Structural
    items: Selector
    totals: Selector
    identities: list[Declared]


class FigurePattern(_Table, frozen=True, kw_only=True):
    """One kind of figure in the prose: what stands before its number."""

    kind: str
    pattern: str


class ProjectList(_Table, frozen=True, kw_only=True):
    """The list of projects with their amounts, in the prose."""

    anchor: str
    item: str
    end: str


class DepartmentGoals(_Table, frozen=True, kw_only=True):
    """The goals of the whole department, in the prose."""

    start: str
    end: str
    overall_label: str
    heading: str
    goal: str
    indicators: str
    groups: str
    clauses: str
    copulas: list[str]


class Prose(_Table, frozen=True, kw_only=True):
    """`prose.toml`: what the explanatory text states."""

    number: str
    figures: list[FigurePattern]
    projects: ProjectList
    department: DepartmentGoals


class Grounds(_Table, frozen=True, kw_only=True):
    """`grounds.toml`: how documents are cited."""

    title: str
    number: str
    documents: list[str]


class StatedAmounts(_Table, frozen=True, kw_only=True):
    """How a sentence states an amount and its parts."""

    item: str
    whole: str
    sum: str
    lead: str
    short_units: dict[str, str]


class Descriptions(_Table, frozen=True, kw_only=True):
    """`descriptions.toml`: projects described in sections of prose."""

    title: str
    names: list[str]
    heading: str
    least: int
    reference: str
    sections: list[Label]
    amounts: StatedAmounts


class Weights(_Table, frozen=True, kw_only=True):
    """How much each evidence counts."""

    name: float
    amount: float


class AmountEvidence(_Table, frozen=True, kw_only=True):
    """How well an amount agrees with a project's cost indicators."""

    total: float
    product: float
    tolerance: Decimal


class Confidence(_Table, frozen=True, kw_only=True):
    """How sure a pair is, by what decided it."""

    same_name: float
    similar: float


class AlignmentRules(_Table, frozen=True, kw_only=True):
    """`alignment.toml`: how an amount of the prose finds its project."""

    ignore: list[str]
    weights: Weights
    amount: AmountEvidence
    confidence: Confidence


class KindWords(_Table, frozen=True, kw_only=True):
    """Words of the title that tell the kind of a document."""

    kind: DocumentKind
    words: list[str]


class Disclosure(_Table, frozen=True, kw_only=True):
    """`disclosure.toml`: whose budget of which year."""

    department: list[str]
    year: list[str]
    title: list[str]
    unit: str
    default_unit: str
    kinds: list[KindWords]


class Labels(_Table, frozen=True, kw_only=True):
    """Header words of the columns that name a row; `parts` says how long each part of a code is."""

    line: list[str]
    code: list[str]
    parts: dict[str, int]
    name: list[str]


class StatementTitle(_Table, frozen=True, kw_only=True):
    """One kind of budget table, by a pattern of its title."""

    kind: str
    title: str
    header_rows: int | None = None
    classification: Literal["functional", "economic"] = "functional"


class ColumnMeaning(_Table, frozen=True, kw_only=True):
    """What the columns with these header words hold."""

    words: list[str]
    role: Literal["amount", "quantity", "text"] = "amount"
    dimensions: dict[str, str] = {}


class Statements(_Table, frozen=True, kw_only=True):
    """`statements.toml`: the budget tables and their columns."""

    title: str
    title_within: int
    head_mark: str
    total_rows: list[str]
    nothing: list[str]
    note: str
    note_lines: int
    known_from: int
    labels: Labels
    statements: list[StatementTitle]
    columns: list[ColumnMeaning]


@cache
def values() -> Values:
    """Return `values.toml`."""
    return read_toml(folder("extract") / "values.toml", Values)


@cache
def categories() -> Categories:
    """Return `categories.toml`."""
    return read_toml(folder("extract") / "categories.toml", Categories)


@cache
def indicator_layouts() -> tuple[IndicatorLayout, ...]:
    """Return the files of `layouts/` by name, after those of the user's own folder."""
    shipped = list((folder("extract") / "layouts").iterdir())
    return tuple(
        msgspec.structs.replace(layout, name=file.name.removesuffix(".toml"))
        for file in (*own_layouts(), *sorted(shipped, key=lambda file: file.name))
        if file.name.endswith(".toml")
        for layout in [read_toml(file, IndicatorLayout)]
    )


def own_layouts() -> list[Path]:
    """Return the user's own layouts: the TOML files in the folder that JIXIAO_LAYOUTS names."""
    own = os.environ.get("JIXIAO_LAYOUTS")
    if not own:
        return []
    if not Path(own).is_dir():
        raise UsageError("layouts-missing", path=Path(own))
    return sorted(Path(own).glob("*.toml"))


@cache
def fields() -> Fields:
    """Return `fields.toml`."""
    return read_toml(folder("extract") / "fields.toml", Fields)


@cache
def cost_words() -> CostWords:
    """Return `lexicons/cost.toml`."""
    return read_toml(folder("extract") / "lexicons" / "cost.toml", CostWords)


@cache
def sign_patterns() -> tuple[tuple[str, frozenset[str], tuple[re.Pattern[str], ...]], ...]:
    """Return the signs of `lexicons/signs.toml` with the fields they are of and their patterns."""
    found = read_toml(folder("extract") / "lexicons" / "signs.toml", dict[str, Sign])
    return tuple(
        (name, frozenset(sign.of), tuple(re.compile(pattern) for pattern in sign.patterns))
        for name, sign in found.items()
    )


@cache
def likeness() -> Likeness:
    """Return `lexicons/likeness.toml`."""
    return read_toml(folder("extract") / "lexicons" / "likeness.toml", Likeness)


@cache
def remarkable() -> Remarkable:
    """Return `passages.toml`."""
    return read_toml(folder("extract") / "passages.toml", Remarkable)


@cache
def identities() -> Identities:
    """Return `identities.toml`."""
    return read_toml(folder("extract") / "identities.toml", Identities)


@cache
def prose() -> Prose:
    """Return `prose.toml`."""
    return read_toml(folder("extract") / "prose.toml", Prose)


@cache
def alignment() -> AlignmentRules:
    """Return `alignment.toml`."""
    return read_toml(folder("extract") / "alignment.toml", AlignmentRules)


@cache
def disclosure() -> Disclosure:
    """Return `disclosure.toml`."""
    return read_toml(folder("extract") / "disclosure.toml", Disclosure)


@cache
def statements() -> Statements:
    """Return `statements.toml`."""
    return read_toml(folder("extract") / "statements.toml", Statements)


def compared(words: list[str]) -> frozenset[str]:
    """Return header words as they are compared: without white space."""
    return _squeezed(tuple(words))


@cache
def _squeezed(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(squeeze(word) for word in words)


def by_word(table: dict[K, list[str]]) -> dict[str, K]:
    """Return which key each word belongs to; the words in half-width."""
    return {fold(word): key for key, words in table.items() for word in words}


def any_of(words: list[str]) -> str:
    """Return a pattern for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def grounds() -> Grounds:
    """Return `grounds.toml`."""
    return read_toml(folder("extract") / "grounds.toml", Grounds)


@cache
def descriptions() -> Descriptions:
    """Return `descriptions.toml`."""
    return read_toml(folder("extract") / "descriptions.toml", Descriptions)
