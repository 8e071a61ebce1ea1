"""TODO docstring of model.finding."""

from decimal import Decimal
from typing import Literal as Choice

import msgspec

from jixiao.model.message import Message
from jixiao.model.record import Where

Severity = Choice["error", "warning", "info"]
Outcome = Choice["failed", "cannot-tell"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Repair(msgspec.Struct, frozen=True):
    """What would mend a finding: the one node that can be at fault, and the values that say how.

    A repair that is not `certain` is where to look first, no more.
    """

    culprit: str
    message: Message
    values: dict[str, str]
    certain: bool = True


class Operand(msgspec.Struct, frozen=True):
    """A figure that a finding is about: its `role` ("whole", "part"), in ten thousand yuan."""

    role: str
    name: str
    wan: str
    node: str


class Finding(msgspec.Struct, frozen=True):
    """One rule that one thing does not meet, or that could not be judged.

    `focus` is the IRI of the thing and `name` what it is called; `evidence` has the words that
    are printed where `where` says.
    """

    code: str
    severity: Severity
    outcome: Outcome
    dimension: str
    focus: str
    name: str
    shape: str
    message: Message
    where: Where | None
    evidence: tuple[str, ...]
    repair: Repair | None
    operands: tuple[Operand, ...] = ()
    document: str = ""


class Rate(msgspec.Struct, frozen=True):
    """How many things a rule was held to, and how many did not meet it."""

    code: str
    name: Message
    checked: int
    failed: int
    cannot_tell: int


ScoreScope = Choice["department", "project", "indicator"]


class Score(msgspec.Struct, frozen=True):
    """The share of a thing's checks that were passed, by weight, from 0 to 100 (see `scores`).

    None where nothing could be judged. `lost` are the weights of what failed, by rule.
    """

    scope: ScoreScope
    node: str
    name: str
    score: Decimal | None
    checked: int
    failed: int
    cannot_tell: int
    lost: dict[str, Decimal]


class Report(msgspec.Struct, frozen=True):
    """All that a check found, the gravest first.

    `levels` are the rates of all rules together by the indicators' category, `scores` those of the
    department, its projects and their indicators, each kind the best first. `profile` is what the
    review was held to.
    """

    findings: tuple[Finding, ...]
    rates: tuple[Rate, ...]
    levels: tuple[Rate, ...] = ()
    scores: tuple[Score, ...] = ()
    profile: Message = Message(zh="", en="")


def of_figures(finding: Finding) -> bool:
    """Tell whether a finding is of figures that must agree."""
    return finding.dimension.endswith("/consistency")


def contradicts(finding: Finding) -> bool:
    """Tell whether figures contradict each other: what a reader must see first."""
    return finding.severity == "error" and of_figures(finding)


def order(finding: Finding) -> tuple[int, bool, str, tuple[int, ...], str, str]:
    """Return what findings are sorted by: severity, figures first, rule, place, thing, message."""
    at = finding.where or Where()
    place = tuple(number or 0 for number in (at.page, at.table, at.row, at.line))
    rank = SEVERITIES.index(finding.severity)
    return rank, not of_figures(finding), finding.code, place, finding.focus, finding.message.en
