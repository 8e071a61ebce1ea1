"""`extract/evidence.toml`: the weight of each sign, and the shapes of cells."""

from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, read_toml


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the file; an unknown key in it is a fault."""


class LikenessWeights(_Rules, frozen=True):
    """The weight of what two words share, and what is left out of them before."""

    character: float
    pair: float
    ending: float
    long_ending: float
    floor: float
    weight: float
    variant: float
    no_variant: float
    longest: int
    decoration: list[str]


class ShapePattern(_Rules, frozen=True):
    """A pattern that a whole cell of a kind fits."""

    kind: str
    pattern: str


class Lengths(_Rules, frozen=True):
    """The most characters of a grade, of a short text and of a text."""

    grade: int
    short: int
    text: int


class Kinds(_Rules, frozen=True):
    """Groups of kinds of cells."""

    values: list[str]
    quantities: list[str]
    texts: list[str]


class Hints(_Rules, frozen=True):
    """Words in the cells of a column, or its header, that speak for what it holds."""

    law: list[str]
    points: list[str]
    way: list[str]
    reason: list[str]
    recipient: list[str]
    round_sums: list[int]


class OrderRules(_Rules, frozen=True):
    """What a role says of the roles to its left, of the one before it, and of the end."""

    after: dict[str, float] = {}
    without: dict[str, float] = {}
    next: dict[str, float] = {}
    apart: float = 0.0
    end: float = 0.0


class PairWeights(_Rules, frozen=True):
    """What two columns say of each other, row by row."""

    same_shape: float
    score_within: float
    score_above: float
    sign_and_number: float
    no_value: float
    no_level3: float
    no_category: float
    twice: float


class ConfidenceRules(_Rules, frozen=True):
    """How the distance to the next best assignment becomes a confidence.

    Without a word for its role a column has `no_word` at most, unless the role is `closed`.
    """

    scale: float
    told: float
    certain: float
    repeated_rows: int
    repeated: float
    no_word: float
    closed: list[str]


class Limits(_Rules, frozen=True):
    """From which likeness on a word counts as known for what, and how far is looked."""

    word: float
    label_cell: float
    section: float
    money_label: float
    level: float
    header: float
    label_itself: float
    listed: float
    meaning: float
    clearly: float
    upper: float
    behind: float
    beam: int
    much_longer: int
    first_rows: int
    header_rows: int
    titles_above: int


class LearningRules(_Rules, frozen=True):
    """When words are proposed for a header or a label, and what the shape of a value speaks for.

    Headers and labels that are less like a known word than `known` are proposed; `cells` of what
    stands under them are shown. `fields` has the field of a label by the shape of its value.
    """

    known: float
    cells: int
    fields: dict[str, Annotated[str, CodeOf("label")]]


class Evidence(_Rules, frozen=True):
    """The whole file."""

    likeness: LikenessWeights
    shapes: list[ShapePattern]
    lengths: Lengths
    kinds: Kinds
    hints: Hints
    content: dict[str, dict[str, float]]
    order: dict[str, OrderRules]
    pairs: PairWeights
    confidence: ConfidenceRules
    limits: Limits
    learning: LearningRules


@cache
def evidence_rules() -> Evidence:
    """Return the content of `evidence.toml`."""
    return read_toml(folder("extract") / "evidence.toml", Evidence)


def limits() -> Limits:
    """Return from which likeness on words count as known, and how far is looked."""
    return evidence_rules().limits
