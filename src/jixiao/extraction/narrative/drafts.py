"""The indicators of prose as far as they are read: what is found, and what is only like one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jixiao.extraction import targets
from jixiao.extraction.evidence.categories import Scheme
from jixiao.extraction.forms.categories import category, scheme_of
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.narrative.inline_rules import inline_rules
from jixiao.extraction.narrative.level_names import Levels, plain_levels
from jixiao.extraction.narrative.outline import Heading, outline_rules
from jixiao.extraction.passages import Passage
from jixiao.extraction.problems import problem
from jixiao.model.record import Indicator, Problem
from jixiao.text import fold


@dataclass(slots=True)
class Draft:
    """An indicator as far as it is read; `start` and `end` are offsets in its passage."""

    passage: Passage
    start: int
    end: int
    name: str
    levels: Levels
    value: str = ""
    actual: str = ""
    weight: str = ""
    score: str = ""
    listed: bool = False  # its result is a quantity of a list, which nothing else says to be one


@dataclass(slots=True)
class Inline:
    """What sentences say of indicators.

    `points` has the weight and the score that are stated for a name; `plans` are quantities that
    the text outside the indicators plans. `unsure` are clauses that are only like an indicator.
    """

    drafts: list[Draft] = field(default_factory=list[Draft])
    points: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    plans: list[Draft] = field(default_factory=list[Draft])
    loose: list[Draft] = field(default_factory=list[Draft])
    unsure: list[tuple[Passage, int, int]] = field(default_factory=list[tuple[Passage, int, int]])

    def indicators(self, year: int | None, ledger: Ledger) -> tuple[list[Indicator], str | None]:
        """Return the indicators with the scheme that they follow, and claim their characters."""
        scheme = scheme_of([plain_levels(draft.levels) for draft in self.drafts], year)
        for draft in self.drafts:
            draft.weight, draft.score = self.points_of(draft.name) or (draft.weight, draft.score)
            ledger.claim_text(
                draft.passage.block, "value", *draft.passage.printed(draft.start, draft.end)
            )
        return [_indicator(d, scheme) for d in self.drafts], scheme.id if scheme else None

    def without_project(self) -> Iterator[Problem]:
        """Yield a problem for each indicator, of a report that does not tell whose they are."""
        for draft in self.drafts:
            where = draft.passage.where(draft.start, draft.end)
            text = draft.passage.stated(draft.start, draft.end)
            yield problem("unsure-indicator", where, text=text)

    def points_of(self, name: str) -> tuple[str, str] | None:
        """Return the weight and the score that the text states for an indicator."""
        names = (stated for stated in self.points if stated.endswith(fold(name)))
        return next((self.points[stated] for stated in names), None)

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for each clause that is like an indicator, but not with certainty."""
        unsure = [*self.unsure, *((d.passage, d.start, d.end) for d in self.loose)]
        for passage, start, end in unsure:
            text = passage.stated(start, end)
            yield problem("unsure-indicator", passage.where(start, end), text=text)

    def count(self) -> int:
        """Return how much was found; it grows with whatever a clause becomes."""
        return len(self.drafts) + len(self.loose) + len(self.plans) + len(self.unsure)

    def tell(self, passage: Passage, start: int, end: int) -> None:
        """Keep a clause that is only like an indicator."""
        self.unsure.append((passage, start, end))

    def known(self, name: str) -> Draft | None:
        """Return the indicator that a name is of; it may have words before."""
        return next((d for d in self.drafts if fold(name).endswith(fold(d.name))), None)

    def pair(self, result: Draft) -> None:
        """Give a result the plan of the same name that was stated before it."""
        for plan in self.loose:
            if fold(result.name) == fold(plan.name):
                result.value = plan.value
                if plan.passage is result.passage:
                    result.start = plan.start
                self.loose.remove(plan)
                return

    def settle(self, draft: Draft) -> None:
        """Take what was only like an indicator as one."""
        if draft in self.loose:
            self.loose.remove(draft)
            self.drafts.append(draft)

    def give_points(self, first: int, above: tuple[Heading, ...]) -> None:
        """Give the only indicator since `first` the points in the brackets of its heading."""
        if len(self.drafts) != first + 1 or not above:
            return
        only, rules = self.drafts[first], inline_rules()
        aside = re.search(outline_rules().aside, above[-1].text)
        if aside and (match := re.search(rules.aside_score, aside[0])):
            only.score = only.score or match["points"]
        elif aside and (match := re.search(rules.aside_weight, aside[0])):
            only.weight = only.weight or match["points"]

    def take_plans(self) -> None:
        """Give each result the name and the target of the one plan of just its quantity."""
        for draft in [d for d in self.drafts if d.actual and not d.value]:
            plans = [p for p in self.plans if fold(p.value) == fold(draft.actual)]
            results = [d for d in self.drafts if fold(d.actual) == fold(draft.actual)]
            if len(plans) == len(results) == 1:
                draft.name, draft.value = plans[0].name, plans[0].value


def of_one_unit(one: str, other: str) -> bool:
    """Tell whether what stands behind the numbers of two values is the same, bounds left out."""
    shorter, longer = sorted((re.sub(r"^\D*[\d.,]+", "", v) for v in (one, other)), key=len)
    return longer.startswith(shorter)


def _indicator(draft: Draft, scheme: Scheme | None) -> Indicator:
    level1, level2 = draft.levels
    return Indicator(
        level1=level1,
        level2=level2,
        level3=draft.name,
        description="",
        value=draft.value,
        category=category(scheme, plain_levels(draft.levels)) if scheme else None,
        target=targets.parse(draft.value),
        basis=None,
        basis_inherited=None,
        cost_scope=None,
        weight=draft.weight or None,
        actual=draft.actual or None,
        score=draft.score or None,
        confidence=1.0 if any(draft.levels) else inline_rules().unlevelled,
        where=draft.passage.where(draft.start, draft.end),
    )
