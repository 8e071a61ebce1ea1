"""What one clause of a sentence states: a name, a value, and which of planned and done it is.

What it means beside its neighbours `inline_indicators` decides.
"""

import re
from dataclasses import dataclass
from typing import Literal

from jixiao.extraction import targets
from jixiao.extraction.narrative.inline_rules import inline_rules

Span = tuple[int, int]
Kind = Literal["points", "score", "rate", "task", "target", "result", "quantity", "grade", "words"]


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause states; spans are offsets in the text that it was found in.

    Attributes:
        kind: "target" and "result" are said to be such, "quantity" and "grade" are not; a "task" is
            the target of what was stated before (完成任务300人的103%), a "rate" says that what
            stands before was done (完成率100%); "words" state no value.
        name: What the value is of, None if the clause does not say.
        value: The value.
        explicit: Whether a word for the value itself says which it is (年初目标值为).
        bound: Whether a sign stands before the value (≥90%).

    """

    kind: Kind
    name: Span | None
    value: Span
    explicit: bool = False
    bound: bool = False


def read_clause(
    text: str, start: int, end: int, *, planned: bool, achieved: bool = False
) -> Clause:
    """Return what the clause at `text[start:end]` states, by the first of the ways to state it.

    Args:
        text: A text without white space.
        start: Where the clause begins.
        end: Where it ends.
        planned: Whether all there is planned, so that to reach a value is its target.
        achieved: Whether all there was achieved, so that verbs that can be either say done.

    """
    rules, clause = inline_rules(), text[start:end]
    masked = re.sub(rules.template, lambda m: "\0" * len(m[0]), clause)
    whole = (start, end)
    if re.search(rules.points, clause):
        return Clause("points", None, whole)
    if re.search(rules.score, clause):
        return Clause("score", None, whole)
    said: list[tuple[Kind, str]] = [("target", rules.value), ("result", rules.actual)]
    for kind, pattern in said:
        if match := re.search(pattern, masked):
            name, _ = _name(text, start, start + match.start(), signed=True)
            return Clause(kind, name, (start + match.end(), end), explicit=True)
    if re.match(rules.completed, clause):
        return Clause("rate", None, whole)
    if match := re.match(rules.task, clause):
        return Clause("task", None, (start + match.start("value"), start + match.end("value")))
    signs = f"{rules.sign}|{rules.reached}" if planned else rules.sign
    if match := re.search(f"(?:{signs})+(?=\\d)", masked):
        at = start + match.start()
        name, mark = _name(text, start, at, signed=True)
        if held := re.match(rules.held, text[at:end]):
            at, mark = at + held.end(), mark or "target"
        return Clause(mark or "quantity", name, (at, end), bound=True)
    if match := re.search(rules.quantity, clause):
        value = start + match.start(), start + match.end("value")
        name, mark = _name(text, start, value[0], planned=planned, achieved=achieved)
        return Clause(mark or "quantity", name, value)
    if match := re.match(rules.share_first, clause):
        value = start, start + match.end("value")
        return Clause("quantity", _span(value[1], end), value)
    grade = targets.grade_at_end(clause)
    if grade is not None:
        name, _ = _name(text, start, start + grade)
        return Clause("grade", name, (start + grade, end))
    return Clause("words", None, whole)


def _name(
    text: str,
    start: int,
    end: int,
    *,
    planned: bool = False,
    achieved: bool = False,
    signed: bool = False,
) -> tuple[Span | None, Kind | None]:
    """Return the name before a value, and whether its verbs say planned or done.

    Words that join it to its value do not belong to it, nor do verbs that tell planned from done.
    Where all is planned, or a sign tells what the value is, the verb is a part of the name.
    """
    rules = inline_rules()
    mark: Kind | None = None
    if match := re.search(rules.joint, text[start:end]):
        if re.search(rules.required, match[0]):
            mark = "target"
        end = start + match.start()
    if signed:
        return _span(start, end), mark
    leading = rules.lead if planned else f"{rules.lead}|{rules.done}|{rules.planned}"
    while (match := re.match(leading, text[start:end])) and match[0]:
        verbs: list[tuple[Kind, str]] = [("target", rules.planned), ("result", rules.done)]
        for kind, pattern in reversed(verbs) if achieved else verbs:
            if not mark and re.match(pattern, match[0]):
                mark = kind
        start += match.end()
    return _span(start, end), mark


def names_of(text: str, clause: Clause) -> list[Span]:
    """Return the names of a clause; several may share a value (开工率、竣工率均达100%).

    Args:
        text: The text that the clause is of.
        clause: The clause.

    """
    rules = inline_rules()
    if clause.name is None:
        return []
    if not re.search(rules.shared, text[clause.name[1] : clause.value[0]]):
        return [clause.name]
    (first, end), names = clause.name, list[Span]()
    for mark in re.compile(rules.between).finditer(text, first, end):
        # What names no measure goes on: 通水、通电等条件有保障的比例.
        if re.search(rules.measure, text[first : mark.start()]):
            names.append((first, mark.start()))
            first = mark.end()
    return [*names, (first, end)]


def _span(start: int, end: int) -> Span | None:
    return (start, end) if start < end else None
