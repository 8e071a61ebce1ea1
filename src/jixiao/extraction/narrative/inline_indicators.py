"""Reads the indicators that sentences of prose state.

An indicator is read where the sentence says that it is one: under the name of a level, with a
comparator, a target value or a completed quantity beside its name. What is only like one is told.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from jixiao.extraction import targets
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.money import money_units
from jixiao.extraction.narrative.clauses import Clause, Kind, Span, names_of, read_clause
from jixiao.extraction.narrative.drafts import Draft, Inline, of_one_unit
from jixiao.extraction.narrative.inline_rules import inline_rules
from jixiao.extraction.narrative.level_names import Levels, levels_of, with_level
from jixiao.extraction.narrative.outline import Heading, Paragraph
from jixiao.extraction.narrative.sums import sums
from jixiao.extraction.passages import Passage
from jixiao.text import fold


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
    first = 0
    for paragraph in paragraphs:
        if paragraph.headings != above:
            found.give_points(first, above)
            first = len(found.drafts)
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
            planned=planned and not achieved,
            labelled=paragraph.heading and any(levels_of(above[-1:])),
            counted=bool(above and re.search(inline_rules().listed, above[-1].text)),
        )
        reader.read(paragraph.start)
        if not paragraph.heading and reader.only_label:
            open_levels = reader.levels
    found.give_points(first, above)
    found.take_plans()
    return found


@dataclass(slots=True)
class _Sentences:
    """Reads the sentences of one paragraph; `levels` are those in force.

    `evaluated` is false where all is planned, `achieved` true under a heading of what a project
    achieved, `planned` under one of its goals. `labelled` tells that a level stands right before,
    `counted` that the heading right above says that indicators follow.
    """

    passage: Passage
    levels: Levels
    evaluated: bool
    achieved: bool
    found: Inline
    ledger: Ledger
    planned: bool
    labelled: bool
    counted: bool
    only_label: bool = False
    current: Draft | None = None
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
            clauses = [
                part
                for clause in _parts(text, at, last, inline_rules().clause)
                for part in _run_on(text, *clause)
            ]
            for low, high in clauses:
                self._clause_or_tell(self._labels(low, high, colon=True), high)
            if len(self.found.drafts) == before and self.pending and any(self.levels):
                self._words_alone(single=len(clauses) == 1)

    def _words_alone(self, *, single: bool) -> None:
        """Read a group that has no number: a result of one clause, or told, as its words decide."""
        assert self.pending
        clause = read_clause(self.passage.bare, *self.pending, planned=False)
        if self._listed and single and clause.kind == "grade":
            self._graded(clause)
        elif self._listed or not self.evaluated:
            self._tell(*self.pending)

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
            self.levels, self.labelled = levels, True
            place = self.passage.printed(at, match.end())
            self.ledger.claim_text(self.passage.block, "label", *place)
            at = match.end()
        return at

    def _clause_or_tell(self, start: int, end: int) -> None:
        """Read a clause; tell one of what was achieved that has a quantity and became nothing."""
        before = self._progress()
        if start < end:
            self._clause(start, end)
        rules, text = inline_rules(), self.passage.bare[start:end]
        stated = re.search(rules.second, text) and not re.match(rules.completed, text)
        became = self._progress() != before
        if self.achieved and stated and not became and not self._funds(start, end):
            self._tell(start, end)

    def _progress(self) -> tuple[int, str, str]:
        """Return what changes with whatever a clause becomes."""
        current = self.current
        value, actual = (current.value, current.actual) if current else ("", "")
        return self.found.count(), value, actual

    def _clause(self, start: int, end: int) -> None:
        """Read a clause, and join it to those before it in its group."""
        clause = read_clause(
            self.passage.bare, start, end, planned=not self.evaluated, achieved=self.achieved
        )
        if clause.kind in ("points", "score"):
            self._points(clause)
        elif clause.kind == "rate":
            self._confirm()
        elif clause.explicit:
            self._stated(clause)
        elif clause.kind == "task":
            self._task(clause)
        elif any(self.levels) or (self.counted and self.achieved):
            self._under_a_level(clause, end)
        elif clause.bound and clause.name and self.planned:
            self._add(replace(clause, kind="target"), self.found.drafts)
        elif clause.kind == "target" and not self.achieved:
            self._add(clause, self.found.plans)
        elif clause.kind == "result" and self.achieved and not self._is_money(clause):
            self._add(clause, self.found.drafts)
        elif clause.kind == "words":
            self.pending = start, end

    def _points(self, clause: Clause) -> None:
        """Keep the points and the score that clauses give an indicator by its name."""
        rules, text = inline_rules(), self.passage.bare[slice(*clause.value)]
        if match := re.search(rules.points, text):
            self.scored = fold(match["name"])
            self.found.points[self.scored] = match["weight"], ""
        elif (match := re.search(rules.score, text)) and self.scored:
            self.found.points[self.scored] = self.found.points[self.scored][0], match["score"]
            self.scored = ""
        elif match and self.current:
            self.current.score = match["score"]

    def _under_a_level(self, clause: Clause, end: int) -> None:
        """Read a clause whose value no word for values introduces."""
        start = clause.name[0] if clause.name else clause.value[0]
        if self.pending and _is_target(self.passage.bare[start:end]):
            kind: Kind = "result" if self.achieved else "target"
            self._add(Clause(kind, self.pending, (start, end)), self.found.drafts)
        elif clause.kind == "grade" and clause.name is None and self._state(start, end):
            return
        elif clause.kind == "words":
            self._words(start, end)
        elif clause.bound:
            listed = self._listed and clause.kind == "quantity" and clause.name
            self._stated(replace(clause, kind="result" if listed else "target"))
        elif clause.name is None:
            self._tell(start, end)
        elif clause.kind == "grade":
            self.pending = start, end
        elif clause.kind == "result":
            if not self._result_of(clause):
                self._add(clause, self.found.drafts)
        elif clause.kind == "target" and self.evaluated:
            self._add(clause, self.found.loose)
        elif self._listed and not self._is_funding(clause):
            self._add(replace(clause, kind="result"), self.found.drafts)
        else:
            self._add(clause, self.found.loose if self.evaluated else self.found.drafts)

    def _state(self, start: int, end: int) -> bool:
        """Take a clause of a result alone as that of the quantity before: 完成道路491米，已完成."""
        known = self.current
        if not known or not known.listed or known.value or not self.achieved:
            return False
        known.value, known.actual, known.end = known.actual, self.passage.bare[start:end], end
        return True

    def _words(self, start: int, end: int) -> None:
        if self._listed and re.search(r"\d", self.passage.bare[start:end]):
            self._tell(start, end)
        else:
            self.pending = start, end

    def _stated(self, clause: Clause) -> None:
        """Take what a word or a sign says to be a target or a result."""
        start, end = clause.name[0] if clause.name else clause.value[0], clause.value[1]
        value = self.passage.bare[slice(*clause.value)]
        if not value:
            return
        if len(re.findall(inline_rules().second, value)) > 1:
            self._tell(start, end)
            return
        known = (
            self.found.known(self.passage.bare[slice(*clause.name)])
            if clause.name
            else self.current
        )
        if known and not clause.name and clause.kind == "target" and known.value:
            known = None
        if known:
            if clause.kind == "result":
                known.actual = known.actual or value
            else:
                known.value = known.value or value
            known.levels = known.levels if any(known.levels) else self.levels
            if known.passage is self.passage:
                known.end = max(known.end, end)
            self.current = known
        elif name := self._stated_name(clause):
            self._add(replace(clause, name=name), self.found.drafts)
        elif inside := re.search(inline_rules().quantity, value):
            # The name stands after the word for the value.
            middle = clause.value[0] + inside.start()
            self._add(
                replace(clause, name=(clause.value[0], middle), value=(middle, end)),
                self.found.drafts,
            )
        else:
            self._tell(start, end)

    def _stated_name(self, clause: Clause) -> Span | None:
        """Return the name in a clause, or the words before it where that is none."""
        if self.pending and not (clause.name and self._is_name(*clause.name)):
            return self.pending
        return clause.name

    def _task(self, clause: Clause) -> None:
        """Take the target that a result is measured by: 培训310人，完成任务300人的103%."""
        value = self.passage.bare[slice(*clause.value)]
        known = self.current
        if known and known.actual and not known.value and of_one_unit(known.actual, value):
            known.value, known.end = value, max(known.end, clause.value[1])
        else:
            self._tell(*clause.value)

    def _confirm(self) -> None:
        """Take what a rate of completion stands behind as a result: 开放360天，指标完成率100%."""
        last = self.found.loose[-1] if self.found.loose else None
        if last and last.passage is self.passage and last.start >= self.group:
            self.found.settle(last)
            last.value, last.actual = "", last.value or last.actual
            self.found.pair(last)
            self.current = last
        elif self.pending and any(self.levels):
            self._graded(read_clause(self.passage.bare, *self.pending, planned=False))

    def _graded(self, clause: Clause) -> None:
        """Take a name with the grade behind it as a result: 阅读需求|有效提高."""
        if clause.kind == "grade":
            self._add(replace(clause, kind="result"), self.found.drafts)

    def _result_of(self, clause: Clause) -> bool:
        """Give a result to the quantity before it of the same name: 租机数量8架，实际租机7架."""
        known = self.current
        if not known or not clause.name or not self._alike(known.name, clause.name):
            return False
        if known.listed and not known.value:
            known.value, known.actual = known.actual, ""
        if known.actual or not of_one_unit(known.value, self.passage.bare[slice(*clause.value)]):
            return False
        known.actual = self.passage.bare[slice(*clause.value)]
        known.end = max(known.end, clause.value[1])
        self.found.settle(known)
        return True

    def _alike(self, name: str, other: Span) -> bool:
        one, two = sorted((fold(name), fold(self.passage.bare[slice(*other)])), key=len)
        return one in two

    @property
    def _listed(self) -> bool:
        """Whether results are listed: of what was achieved, under a second level or behind one."""
        return self.achieved and (bool(self.levels[1]) or self.labelled or self.counted)

    def _is_name(self, start: int, end: int) -> bool:
        name = self.passage.bare[start:end]
        bare = re.sub(inline_rules().template, "", name)
        rules = inline_rules()
        apart = not re.search(rules.second, bare) and not re.search(rules.cut, bare)
        return apart and 2 <= len(bare) <= rules.longest

    def _is_money(self, clause: Clause) -> bool:
        """Tell whether a value is a sum of money, which is what a project has or spends."""
        return self.passage.bare[slice(*clause.value)].endswith(money_units())

    def _is_funding(self, clause: Clause) -> bool:
        """Tell whether a value is money that its clause says to be given or spent."""
        start = clause.name[0] if clause.name else clause.value[0]
        return self._is_money(clause) and self._funds(start, clause.value[1])

    def _funds(self, start: int, end: int) -> bool:
        return any(s.stage for s in sums(self.passage, None, start, end))

    def _tell(self, start: int, end: int) -> None:
        self.found.tell(self.passage, start, end)

    def _add(self, clause: Clause, into: list[Draft]) -> None:
        """Add an indicator of a clause's name and value, unless its name is none."""
        names = names_of(self.passage.bare, clause)
        if clause.name is None or not all(self._is_name(*name) for name in names):
            if into is not self.found.plans:
                first = min(clause.value[0], clause.name[0] if clause.name else clause.value[0])
                self._tell(first, clause.value[1])
            return
        start, end = min(clause.name[0], clause.value[0]), max(clause.name[1], clause.value[1])
        value = self.passage.bare[slice(*clause.value)]
        for name in names:
            draft = Draft(self.passage, start, end, self.passage.stated(*name), self.levels)
            if clause.kind == "result":
                draft.actual, draft.listed = value, self._listed
                self.found.pair(draft)
            else:
                draft.value = value
            into.append(draft)
            self.current, self.pending = draft, None


def _is_target(text: str) -> bool:
    target = targets.parse(text)
    return target is not None and target.kind != "text"


def _run_on(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the statements of a clause that run on without a mark between them."""
    for border in re.compile(inline_rules().run_on).finditer(text, start, end):
        if border.start() > start:
            yield start, border.start()
            start = border.start()
    yield start, end


def _parts(text: str, start: int, end: int, separator: str) -> Iterator[tuple[int, int]]:
    """Yield the parts between separators that stand outside brackets."""
    rules, depth, first = inline_rules(), 0, start
    marks = re.compile(f"(?P<open>{rules.opening})|(?P<close>{rules.closing})|{separator}")
    for mark in marks.finditer(text, start, end):
        if mark["open"]:
            depth += 1
        elif mark["close"]:
            depth -= bool(depth)
        elif not depth:
            if mark.start() > first:
                yield first, mark.start()
            first = mark.end()
    if first < end:
        yield first, end
