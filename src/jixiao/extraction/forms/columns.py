"""Tells what the columns of a block are: all at once, so that each role is given once.

Each column has a score for each role: its header's likeness to the role's words, its content, its
place among the others. The best assignment of all columns wins; how far the best other choice for
a column is behind is the confidence.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from jixiao.config import lru_cache
from jixiao.extraction.evidence.likeness import NOT_LIKE, Likeness, bare
from jixiao.extraction.evidence.rules import evidence_rules, limits
from jixiao.extraction.evidence.shapes import folded, shape
from jixiao.extraction.field_words import column_lexicon
from jixiao.extraction.forms.blocks import Block, Column
from jixiao.extraction.forms.grid import text
from jixiao.extraction.forms.profiles import profile
from jixiao.extraction.forms.years import relative_header

_MANY = frozenset({"other", "none", "recipient", "earlier"})  # roles that several columns may have
_BRACKETS = re.compile(r"[^()]{1,6}\((?P<instead>[^()]{1,6})\)(?P<rest>[^()]{1,6})")
_JOINED = re.compile("[、/]")
_BLANK = frozenset({"other", "none"})  # roles that say nothing of those beside them
_ALWAYS = frozenset({"level1", "level2", "level3", "value", "other", "none"})
_LEVELS = frozenset({"level1", "level2"})

State = tuple[float, tuple[str, ...]]
_Step = tuple[float, float, tuple[str, ...], str]  # its place, the score, the roles, one more


def assign(block: Block, year: int | None) -> None:
    """Give each column of a block its role, its confidence and what speaks for it.

    Args:
        block: A block; its columns are changed in place.
        year: The budget's year, which tells this year's values from those of years before.
    """
    for number, group in enumerate(_groups(block.columns)):
        shared = [c for c in block.columns if c.group == 0 and c.role in ("level1", "level2")]
        for column in group:
            column.group = number
        _assign(block, group, [column.role for column in shared] if number else [], year)
        _take_levels_for_names(group)


def _take_levels_for_names(columns: list[Column]) -> None:
    """Let the second level name the indicators where what was taken for names only repeats itself.

    绩效内容 | 参考标准 | 绩效目标值: 时效目标 is all the name there is, and 计划标准 says of every
    second one by what it is measured. Both columns are told as doubtful.
    """
    rules = evidence_rules().confidence
    names = next((c for c in columns if c.role == "level3" and not c.like.word), None)
    levels = next((c for c in columns if c.role == "level2"), None)
    if names is None or levels is None or profile(names).filled < rules.repeated_rows:
        return
    said, named = profile(names), profile(levels)
    in_every_row = named.filled >= said.filled and named.features["distinct"] >= rules.certain
    repeats = said.features["distinct"] <= rules.repeated and said.features["text"] >= rules.certain
    if in_every_row and repeats:
        levels.role, names.role = "level3", "other"
        levels.confidence = names.confidence = min(levels.confidence, rules.told - 0.05)


def _groups(columns: list[Column]) -> Iterator[list[Column]]:
    """Yield the columns before each header of a level that occurs again, and those after it."""
    seen, part = dict[str, Column](), list[Column]()
    for column in columns:
        word = bare(column.header)
        role, like = column_lexicon().best(column.header)
        if role in ("level2", "level3") and like.score > 0.8:
            if word in seen and column.head is not seen[word].head:
                yield part
                part, seen = [], {}
            seen[word] = column
        part.append(column)
    yield part


def _assign(block: Block, columns: list[Column], given: list[str], year: int | None) -> None:
    """Assign the columns of one group; `given` are roles of the group before that it shares."""
    scores = [_scores(column, year) for column in columns]
    start = tuple(given)
    beam: list[State] = [(0.0, start)]
    ahead = list(_ahead(scores))
    for at, found in enumerate(scores):
        least = max(score for score, _ in found.values()) - limits().behind
        options = [(role, score) for role, (score, _) in found.items() if score >= least]
        last = at >= len(columns) - 2
        steps = [step for state in beam for step in _steps(state, options, ahead[at], last=last)]
        steps.sort(key=_first)
        beam = [(total, (*roles, role)) for _, total, roles, role in steps[: limits().beam]]
    paired = _Paired(columns)
    done = sorted(((t + paired.score(s[len(start) :], s), s) for t, s in beam), key=_best)
    best, roles = done[0]
    rules = evidence_rules().confidence
    for at, column in enumerate(columns):
        column.role = roles[len(start) + at]
        family = column.role.partition(":")[0]
        others = ((t, s[len(start) + at]) for t, s in done)
        rivals = ((t, role) for t, role in others if role.partition(":")[0] != family)
        rival, column.rival = next(rivals, (best - 4.0, "none"))
        margin = best - rival
        column.like = scores[at][column.role][1]
        sure = column.like.word or family in rules.closed
        most = 1.0 if sure else rules.no_word
        column.confidence = round(min(1 - math.exp(-margin / rules.scale), most), 2)


def _ahead(scores: list[dict[str, tuple[float, Likeness]]]) -> Iterator[dict[str, float]]:
    """Yield what each role costs if it stands left of the levels that are still to come.

    Without it, roles that no table has left of its levels fill the beam before the levels come.
    """
    best = [max(found, key=lambda role: found[role][0]) for found in scores]
    for at in range(len(scores)):
        costs = dict[str, float]()
        for role in {role for role in best[at + 1 :] if role in ("level1", "level2")}:
            for before, cost in evidence_rules().order[role].after.items():
                costs[before] = costs.get(before, 0.0) + cost
        yield costs


def _steps(
    state: State, options: Sequence[tuple[str, float]], costs: dict[str, float], *, last: bool
) -> Iterator[_Step]:
    """Yield how an assignment goes on with each role."""
    total, roles = state
    left = _Left.of(roles)  # once for all options: they are many
    cost = sum(costs.get(family, 0.0) for family in left.families)
    for role, score in options:
        after = total + score + _placed(left, role, last=last)
        family = role.partition(":")[0]
        more = 0.0 if family in left.families else costs.get(family, 0.0)
        yield -after - cost - more, after, roles, role


def _first(step: _Step) -> float:
    return step[0]


def _best(state: State) -> float:
    return -state[0]


def _scores(column: Column, year: int | None) -> dict[str, tuple[float, Likeness]]:
    """Return the score of each role for a column alone, and the likeness of its header."""
    rules = evidence_rules()
    found = profile(column)
    likes = _likes(column.headers, year)
    scores = dict[str, tuple[float, Likeness]]()
    # Under a known word, only roles that are like it too, or names of levels, can be meant.
    known = any(like.score > limits().word for like in likes.values())
    for role, weights in rules.content.items():
        if known and role not in likes and role not in _ALWAYS:
            continue
        like = likes.get(role, NOT_LIKE)
        floor = rules.likeness.floor
        words = rules.likeness.weight * max(0.0, like.score - floor) / (1 - floor)
        if ":" in role and like.score < rules.likeness.variant:
            words += rules.likeness.no_variant
        content = sum(weight * found.features[name] for name, weight in weights.items())
        scores[role] = words + content, like
    for role in set(likes) - set(rules.content):  # a role that only a user's file has
        like = likes[role]
        scores[role] = rules.likeness.weight * like.score, like
    first, second = found.features["first"], found.features["second"]
    if first + second >= 0.5:  # names of levels outbid any header, and tell which level they are
        other = (
            "level1"
            if second > first + limits().clearly
            else "level2"
            if first > second + limits().clearly
            else ""
        )
        scores = {
            role: (score - (5.0 if role == other else 0.0 if role in _LEVELS else 3.0), like)
            for role, (score, like) in scores.items()
        }
    if not column.headers:
        scores["other"] = (0.2, NOT_LIKE) if found.filled else scores["other"]
        scores["none"] = scores["none"] if found.filled else (2.0, NOT_LIKE)
    return scores


@lru_cache(4_096)
def _likes(headers: tuple[str, ...], year: int | None) -> dict[str, Likeness]:
    """Return the likeness of a column's headers to each role; the lowest header counts most."""
    likes = dict[str, Likeness]()
    parts = [(header, 1.0) for header in headers[-1:]]
    parts += [(upper, limits().upper) for upper in headers[:-1]]
    for header, share in parts:
        # 单位名称、项目名称; 单位(专项)名称 is 专项名称, too
        for words in {header, *_JOINED.split(header), *_alternative(header)}:
            for role, like in column_lexicon().scores(relative_header(words, year)).items():
                if like.score * share > likes.get(role, NOT_LIKE).score:
                    likes[role] = Likeness(like.score * share, like.word)
    return likes


def _alternative(header: str) -> list[str]:
    """Return a header with what stands in brackets inside it instead of what is before them."""
    match = _BRACKETS.fullmatch(folded(header))
    return [match["instead"] + match["rest"]] if match else []


class _Left(NamedTuple):
    """The roles to the left of a column: those that mean something, their families, and all."""

    given: list[str]
    meant: set[str]
    before: str
    families: set[str]

    @classmethod
    def of(cls, roles: Sequence[str]) -> "_Left":
        given = [role for role in roles if role not in _BLANK]
        meant = [role.partition(":")[0] for role in given]
        before = meant[-1] if meant else ""
        return cls(given, set(meant), before, {*meant, *_BLANK.intersection(roles)})


def _placed(left: _Left, role: str, *, last: bool) -> float:
    """Return how a role fits those of the columns to its left."""
    if role in _BLANK:
        return 0.0
    if role in left.given and role not in _MANY:
        return evidence_rules().pairs.twice
    rules = evidence_rules().order.get(role)
    if rules is None:
        return 0.0
    score = 0.0
    for other, weight in rules.after.items():
        if other in left.meant:
            score += weight
    for other, weight in rules.without.items():
        if other not in left.meant:
            score += weight
    if last and rules.end:
        return score + rules.end
    return score + rules.next.get(left.before, rules.apart)


class _Paired:
    """What columns say of each other, row by row.

    Many assignments give the same two columns the same roles, which is then computed once.
    """

    def __init__(self, columns: list[Column]) -> None:
        self._columns = columns
        self._known = dict[tuple[str, int, int], float]()

    def score(self, roles: Sequence[str], given: Sequence[str]) -> float:
        """Return the score of roles for all columns; `given` are these and those they share."""
        rules = evidence_rules().pairs
        at = {role: number for number, role in enumerate(roles)}
        families = {role.partition(":")[0] for role in given}
        score = 0.0
        for one, other, weigh in _TOGETHER:
            if one in at and other in at:
                key = one, at[one], at[other]
                if key not in self._known:
                    self._known[key] = weigh(self._rows(at[one], at[other]))
                score += self._known[key]
        score += 0.0 if families & {"value", "recipient"} else rules.no_value
        score += 0.0 if "level3" in families else rules.no_level3
        return score + (0.0 if families & {"level1", "level2"} else rules.no_category)

    def _rows(self, one: int, other: int) -> list[tuple[str, str]]:
        """Return the texts of two columns in the rows where both have one."""
        pairs = zip(self._columns[one].cells, self._columns[other].cells, strict=True)
        return [(text(a), text(b)) for a, b in pairs if text(a) and text(b)]


def _same_shape(pairs: list[tuple[str, str]]) -> float:
    same = sum(shape(a) == shape(b) or folded(a) == folded(b) for a, b in pairs)
    return evidence_rules().pairs.same_shape * same / len(pairs) if pairs else 0.0


def _within(pairs: list[tuple[str, str]]) -> float:
    rules = evidence_rules().pairs
    points = [(_number(a), _number(b)) for a, b in pairs]
    known = [(a, b) for a, b in points if a is not None and b is not None]
    within = sum(b <= a for a, b in known)
    total = rules.score_within * within + rules.score_above * (len(known) - within)
    return total / len(known) if known else 0.0


def _signed(pairs: list[tuple[str, str]]) -> float:
    numbers = sum(shape(b) == "number" for _, b in pairs)
    return evidence_rules().pairs.sign_and_number * numbers / len(pairs) if pairs else 0.0


# What the texts of two roles in the same rows say.
_TOGETHER: tuple[tuple[str, str, Callable[[list[tuple[str, str]]], float]], ...] = (
    ("value", "actual", _same_shape),
    ("weight", "score", _within),
    ("nature", "value", _signed),
)


def _number(stated: str) -> float | None:
    return float(folded(stated).replace(",", "")) if shape(stated) == "number" else None
