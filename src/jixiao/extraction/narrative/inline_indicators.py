"""Reads the indicators that sentences of prose state.

An indicator is read where the sentence says that it is one: under the name of a level, with a
comparator, a target value or a completed quantity beside its name. What is only like one is told.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jixiao.extraction import targets
from jixiao.extraction.evidence.categories import Scheme
from jixiao.extraction.forms.categories import category, scheme_of
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.money import money_units
from jixiao.extraction.narrative.level_names import (
    Levels,
    inline_rules,
    levels_of,
    plain_levels,
    with_level,
)
from jixiao.extraction.narrative.outline import Heading, Paragraph
from jixiao.extraction.passages import Passage
from jixiao.extraction.problems import problem
from jixiao.model.record import Indicator, Problem
from jixiao.text import fold


@dataclass(slots=True)
class _Draft:
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


@dataclass(slots=True)
class Inline:
    """What sentences say of indicators.

    `points` has the weight and the score that are stated for a name; `plans` are quantities that
    the text outside the indicators plans. `unsure` are clauses that are only like an indicator.
    """

    drafts: list[_Draft] = field(default_factory=list[_Draft])
    points: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    plans: list[_Draft] = field(default_factory=list[_Draft])
    loose: list[_Draft] = field(default_factory=list[_Draft])
    unsure: list[tuple[Passage, int, int]] = field(default_factory=list[tuple[Passage, int, int]])

    def indicators(self, year: int | None, ledger: Ledger) -> tuple[list[Indicator], str | None]:
        """Return the indicators with the scheme that they follow, and claim their characters."""
        scheme = scheme_of([plain_levels(draft.levels) for draft in self.drafts], year)
        for draft in self.drafts:
            draft.weight, draft.score = self.points_of(draft.name) or ("", "")
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


def read(paragraphs: Iterable[Paragraph], *, evaluated: bool, ledger: Ledger) -> Inline:
    """Read the indicators of some paragraphs.

    Args:
        paragraphs: The paragraphs of one report.
        evaluated: Whether the report evaluates: its bare quantities may be targets or results.
        ledger: Where labels are told.
    """
    found = Inline()
    open_levels: Levels = ("", "")  # of a level's name that stands alone, without a number
    above: tuple[Heading, ...] = ()
    for paragraph in paragraphs:
        if paragraph.headings != above:
            above, open_levels = paragraph.headings, ("", "")
        levels = levels_of(above, open_levels)
        achieved = any(re.search(inline_rules().results, heading.text) for heading in above)
        planned = any(re.search(inline_rules().plans, heading.text) for heading in above)
        reader = _Sentences(
            paragraph.passage,
            levels,
            evaluated and (achieved or not planned),
            evaluated and achieved,
            found,
            ledger,
        )
        reader.read(paragraph.start)
        if not paragraph.heading and reader.only_label:
            open_levels = reader.levels
    _take_plans(found)
    return found


@dataclass(slots=True)
class _Sentences:
    """Reads the sentences of one paragraph; `levels` are those in force.

    `evaluated` is false where all is planned, `achieved` true under a heading of what a project
    achieved.
    """

    passage: Passage
    levels: Levels
    evaluated: bool
    achieved: bool
    found: Inline
    ledger: Ledger
    only_label: bool = False
    current: _Draft | None = None
    pending: tuple[int, int] | None = None
    group: int = 0
    scored: str = ""

    def read(self, start: int) -> None:
        text = self.passage.bare
        for first, last in _parts(text, start, len(text), inline_rules().group):
            self.current, self.pending, before = None, None, len(self.found.drafts)
            self.group = first
            at = self._labels(first, last)
            self.only_label = at == last
            for low, high in _parts(text, at, last, inline_rules().clause):
                self._clause(self._labels(low, high, colon=True), high)
            if len(self.found.drafts) == before and not self.evaluated:
                self._tell_qualitative()

    def _tell_qualitative(self) -> None:
        """Tell a group of a plan that has no value: what it is, only its words say."""
        if self.pending and any(self.levels):
            self.found.unsure.append((self.passage, self.pending[0], self.pending[1]))

    def _labels(self, at: int, end: int, *, colon: bool = False) -> int:
        """Take the names of levels, and the numbers, that stand first; return where they end."""
        rules, text = inline_rules(), self.passage.bare[:end]
        while at < end:
            number = re.compile(rules.number).match(text, at)
            if number:
                at = number.end()
                continue
            match = re.compile(rules.label).match(text, at)
            if not match or (colon and not re.match(rules.colon, text[match.end() - 1])):
                break
            levels = with_level(self.levels, re.sub(rules.tail, "", match["label"]))
            if not levels:
                break
            self.levels = levels
            place = self.passage.printed(at, match.end())
            self.ledger.claim_text(self.passage.block, "label", *place)
            at = match.end()
        return at

    def _clause(self, start: int, end: int) -> None:
        """Read a clause, as the first kind that it is of."""
        if start >= end:
            return
        rules, text = inline_rules(), self.passage.bare[start:end]
        masked = re.sub(rules.template, lambda m: "\0" * len(m[0]), text)
        if match := re.search(rules.points, text):
            self.scored = fold(match["name"])
            self.found.points[self.scored] = match["weight"], ""
        elif (match := re.search(rules.score, text)) and self.scored:
            self.found.points[self.scored] = self.found.points[self.scored][0], match["score"]
            self.scored = ""
        elif match := re.search(rules.value, masked):
            self._stated(start, start + match.start(), start + match.end(), end, result=False)
        elif match := re.search(rules.actual, masked):
            self._stated(start, start + match.start(), start + match.end(), end, result=True)
        elif re.match(rules.completed, text):
            self._confirm()
        elif self.current and self.current.actual and re.search(rules.rate, text):
            return
        elif any(self.levels):
            self._under_a_level(start, end, masked)
        elif not self.achieved and (match := re.match(rules.planned, text)):
            self._quantity(start, end, match.end(), self.found.plans, result=False)
        elif self.achieved and (match := re.match(rules.done, text)) and not _is_money(text):
            self._quantity(start, end, match.end(), self.found.drafts, result=True)
        elif self.achieved and re.search(rules.second, text):
            self.found.unsure.append((self.passage, start, end))

    def _under_a_level(self, start: int, end: int, masked: str) -> None:
        rules = inline_rules()
        signs = rules.sign if self.evaluated else f"{rules.sign}|{rules.reached}"
        text = self.passage.bare[start:end]
        if match := re.search(f"(?:{signs})(?=\\d)", masked):
            self._with_sign(start, start + match.start(), end)
        elif match := re.match(rules.done, text) if self.evaluated else None:
            self._quantity(start, end, match.end(), self.found.drafts, result=True)
        elif match := re.match(rules.planned, text) if self.evaluated else None:
            self._quantity(start, end, match.end(), self.found.loose, result=False)
        elif self.pending and _is_target(text):
            self._add(self.pending[0], self.pending[1], start, end, self.found.drafts)
        elif re.search(rules.quantity, text):
            into = self.found.drafts if self._listed or not self.evaluated else self.found.loose
            self._quantity(start, end, 0, into, result=self._listed)
        elif self._listed and re.search(r"\d", text):
            self.found.unsure.append((self.passage, start, end))
        else:
            self.pending = start, end

    def _with_sign(self, start: int, sign: int, end: int) -> None:
        """Take a name, a comparator and a number; two quantities after it are no one value."""
        value = self.passage.bare[sign:end]
        name = (start, sign) if sign > start else self.pending
        quantities = re.findall(inline_rules().second, value)
        if name is None or len(quantities) > 1 or not self._is_name(*name):
            self.found.unsure.append((self.passage, start, end))
        else:
            self._add(*name, sign, end, self.found.drafts, result=self._listed)

    @property
    def _listed(self) -> bool:
        """Whether results are listed: under a second level of what was achieved."""
        return self.achieved and bool(self.levels[1])

    def _confirm(self) -> None:
        """Take what a rate of completion stands behind as a result: 开放360天，指标完成率100%."""
        last = self.found.loose[-1] if self.found.loose else None
        if last and last.passage is self.passage and last.start >= self.group:
            self.found.loose.remove(last)
            last.value, last.actual = "", last.value
            self._pair(last)
            self.found.drafts.append(last)
            self.current = last
        elif self.pending and (grade := self._grade(*self.pending)):
            self._add(
                self.pending[0], grade, grade, self.pending[1], self.found.drafts, result=True
            )

    def _grade(self, start: int, end: int) -> int | None:
        """Return where the grade begins that a clause ends with: 阅读需求|有效提高."""
        at = targets.grade_at_end(self.passage.bare[start:end])
        return start + at if at and self._is_name(start, start + at) else None

    def _quantity(
        self, start: int, end: int, skip: int, into: list[_Draft], *, result: bool
    ) -> None:
        """Take a name that a quantity ends, after the verb that is left out of it."""
        rules, text = inline_rules(), self.passage.bare[start:end]
        match = re.search(rules.quantity, text)
        lead = re.compile(rules.lead).match(text[skip:])
        first = start + skip + (lead.end() if lead else 0)
        if not match or not self._is_name(first, start + match.start()):
            if match and into is not self.found.plans:
                self.found.unsure.append((self.passage, start, end))
            return
        value, last = start + match.start(), start + match.end("value")
        self._add(first, value, value, last, into, result=result)

    def _stated(self, start: int, name_end: int, value: int, end: int, *, result: bool) -> None:
        """Take a target value or a result that a word says to be one."""
        named = name_end > start
        stated = self.passage.bare[value:end]
        if not stated:
            return
        known = self._known(start, name_end) if named else self.current
        if known and not named and not result and known.value:
            known = None
        if known:
            if result:
                known.actual = known.actual or stated
            else:
                known.value = known.value or stated
            known.levels = known.levels if any(known.levels) else self.levels
            if known.passage is self.passage:
                known.end = max(known.end, end)
            self.current = known
        elif (place := (start, name_end) if named else self.pending) and self._is_name(*place):
            self._add(*place, value, end, self.found.drafts, result=result)
        elif (inside := re.search(inline_rules().quantity, stated)) and self._is_name(
            value, value + inside.start()
        ):  # the name stands after the word for the value
            middle = value + inside.start()
            self._add(value, middle, middle, end, self.found.drafts, result=result)
        else:
            self.found.unsure.append((self.passage, start, end))

    def _known(self, start: int, end: int) -> _Draft | None:
        name = fold(self.passage.bare[start:end])
        return next((d for d in self.found.drafts if name.endswith(fold(d.name))), None)

    def _is_name(self, start: int, end: int) -> bool:
        name = self.passage.bare[start:end]
        bare = re.sub(inline_rules().template, "", name)
        rules = inline_rules()
        apart = not re.search(rules.second, bare) and not re.search(rules.cut, bare)
        return apart and 2 <= len(bare) <= rules.longest

    def _add(
        self,
        start: int,
        name_end: int,
        value: int,
        end: int,
        into: list[_Draft],
        *,
        result: bool = False,
    ) -> None:
        name, stated = self.passage.stated(start, name_end), self.passage.bare[value:end]
        draft = _Draft(self.passage, start, end, name, self.levels)
        if result:
            draft.actual = stated
            self._pair(draft)
        else:
            draft.value = stated
        into.append(draft)
        self.current, self.pending = draft, None

    def _pair(self, result: _Draft) -> None:
        """Give a result the plan of the same name that was stated before it."""
        for plan in self.found.loose:
            mine, its = fold(result.name), fold(plan.name)
            if mine == its:
                result.value = plan.value
                if plan.passage is result.passage:
                    result.start = plan.start
                self.found.loose.remove(plan)
                return


def _take_plans(found: Inline) -> None:
    """Give each result the one plan outside the indicators of just its quantity, and its name."""
    for draft in [d for d in found.drafts if d.actual and not d.value]:
        plans = [p for p in found.plans if fold(p.value) == fold(draft.actual)]
        results = [d for d in found.drafts if fold(d.actual) == fold(draft.actual)]
        if len(plans) == len(results) == 1:
            draft.name, draft.value = plans[0].name, plans[0].value


def _is_money(text: str) -> bool:
    """Tell whether a clause ends with a sum of money, which is what a project has or spends."""
    match = re.search(inline_rules().quantity, text)
    return bool(match and match["value"].endswith(money_units()))


def _is_target(text: str) -> bool:
    target = targets.parse(text)
    return target is not None and target.kind != "text"


def _parts(text: str, start: int, end: int, separator: str) -> Iterator[tuple[int, int]]:
    """Yield the parts between separators that stand outside brackets."""
    rules, depth, first = inline_rules(), 0, start
    for at in range(start, end):
        depth += bool(re.match(rules.opening, text[at]))
        depth -= bool(depth and re.match(rules.closing, text[at]))
        if not depth and re.match(separator, text[at]):
            if at > first:
                yield first, at
            first = at + 1
    if first < end:
        yield first, end


def _indicator(draft: _Draft, scheme: Scheme | None) -> Indicator:
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
