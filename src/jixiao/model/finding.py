"""What a check reports of a document: findings, rates of the rules, scores."""

from decimal import Decimal
from typing import Literal as Choice

import msgspec

from jixiao.model.message import Message
from jixiao.model.record import Where

Severity = Choice["error", "warning", "info"]
Outcome = Choice["failed", "cannot-tell"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Repair(msgspec.Struct, frozen=True):
    """How to fix a finding.

    Attributes:
        culprit: the IRI of the one node that can be at fault.
        message: what to correct.
        values: the figures that the message mentions, by name.
        certain: False if the culprit is only the first place to check.

    """

    culprit: str
    message: Message
    values: dict[str, str]
    certain: bool = True


class Operand(msgspec.Struct, frozen=True):
    """A figure that a finding is about.

    Attributes:
        role: its place in the sum, "whole" or "part".
        name: its label for the user.
        wan: the amount in ten thousand yuan (万元), as plain decimal digits.
        node: its IRI.

    """

    role: str
    name: str
    wan: str
    node: str


class Finding(msgspec.Struct, frozen=True):
    """One rule that one thing does not meet, or that could not be judged for it.

    Attributes:
        code: the rule ("C05").
        severity: how grave it is.
        outcome: "failed", or "cannot-tell" if the rule could not be judged.
        dimension: the IRI of the rule's quality dimension.
        focus: the IRI of the thing; `name` is its label.
        shape: the IRI of the shape that it does not meet.
        message: the finding in words.
        where: the place in the document that shows it, if there is one.
        evidence: the words printed at that place.
        repair: how to fix it, None if no fix is known.
        operands: the figures it is about.
        document: the file, if several are reported together.

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
    """The number of things that a rule applies to, and of those that failed it.

    `cannot_tell` counts the things for which it could not be judged; `checked` includes them.
    """

    code: str
    name: Message
    checked: int
    failed: int
    cannot_tell: int


ScoreScope = Choice["department", "project", "indicator"]


class Score(msgspec.Struct, frozen=True):
    """The share of a thing's checks that were passed, by weight (see `checks.scores`).

    Attributes:
        scope: the kind of thing.
        node: its IRI; `name` is its label.
        score: 0 to 100, None if no check could be judged or it was not read far enough.
        checked: the number of its checks; `failed` and `cannot_tell` are parts of it.
        lost: the weights of the failed checks, by rule.

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
    """The result of a check.

    Attributes:
        findings: the findings, the gravest first (see `order`).
        rates: the rate of each active rule.
        levels: the rates of all rules together, by the indicators' category.
        scores: department, projects and indicators, the best of each kind first.
        profile: the name of the profile of the review.

    """

    findings: tuple[Finding, ...]
    rates: tuple[Rate, ...]
    levels: tuple[Rate, ...] = ()
    scores: tuple[Score, ...] = ()
    profile: Message = Message(zh="", en="")


def of_figures(finding: Finding) -> bool:
    """Return whether a finding is about figures that must agree."""
    return finding.dimension.endswith("/consistency")


def contradicts(finding: Finding) -> bool:
    """Return whether figures contradict each other: reports show these findings first."""
    return finding.severity == "error" and of_figures(finding)


def order(finding: Finding) -> tuple[int, bool, str, tuple[int, ...], str, str]:
    """Return the key that findings are sorted by.

    It is: severity, figures before others, rule, place, thing, message.
    """
    at = finding.where or Where()
    place = tuple(number or 0 for number in (at.page, at.table, at.row, at.line))
    rank = SEVERITIES.index(finding.severity)
    return rank, not of_figures(finding), finding.code, place, finding.focus, finding.message.en
