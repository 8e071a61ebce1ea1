"""Reads sums of money in sentences: each takes its role from its own clause.

The nearest governing word tells what a sum is (总投资, 安排, 已拨付). The year, and the whole
that a part belongs to, are inherited inside a sentence, never from a heading. The words are in
`extract/sums.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Pattern, Regex, read_toml
from jixiao.extraction.money import to_yuan
from jixiao.extraction.passages import Passage
from jixiao.model.record import Amount, Scope, Stage


class SumRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words that say what a sum is.

    `after` marks words that stand after the number; `money` is false for words of sums that are
    not the project's own; only `firm` ones say that of the parts of a sum.
    """

    words: list[str]
    weight: float
    scope: Scope | None = None
    stage: Stage | None = None
    after: bool = False
    money: bool = True
    firm: bool = False


class SumRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`sums.toml`: how a sentence states sums of money."""

    number: Annotated[str, Pattern("number", "unit")]
    short_units: dict[str, str]
    sentence: Regex
    clause: Regex
    quoted: list[Regex]
    rate_after: Regex
    rate_before: Regex
    year: Annotated[str, Pattern("year")]
    this_year: Regex
    last_year: Regex
    years: Regex
    parts: Regex
    total: Regex
    lead: Regex
    link: Regex
    filler: Regex
    roles: list[SumRole]


@cache
def sum_rules() -> SumRules:
    """Return the content of `sums.toml`."""
    return read_toml(folder("extract") / "sums.toml", SumRules)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money in a passage, with what its sentence says of it.

    `start`, `number` and `end` are offsets in the passage: of its name, of its number, and the end
    of its unit. `role` is None where no word says what it is. `bare` tells that its lead names
    nothing of its own (项目总预算), `part` that it is a part of the sum before it (其中). `year` is
    None where the sentence names none. `total` repeats what the parts add up to (合计).
    """

    start: int
    number: int
    end: int
    yuan: Decimal
    text: str
    name: str
    role: SumRole | None = field(compare=False)
    scope: Scope | None
    stage: Stage | None
    year: int | None
    bare: bool
    part: bool = False
    total: bool = False

    @property
    def group(self) -> tuple[Scope | None, Stage, int | None]:
        """What it is said to be; sums of one group can be a whole and its parts."""
        return self.scope, self.stage or "budget", self.year

    def amount(
        self, passage: Passage, year: int | None, scope: Scope | None = None, *, part: bool
    ) -> Amount:
        """Return the sum as an amount of a project.

        Args:
            passage: The passage it stands in.
            year: The paper's year: money of another year is not annual.
            scope: What the sum is for where its sentence does not tell.
            part: Whether it is a part of another amount.
        """
        other = self.year if year and self.year != year and self.scope is None else None
        stated = self.scope or (None if other else "annual" if self.year else scope)
        return Amount(
            yuan=self.yuan,
            text=self.text,
            source="prose",
            where=passage.where(self.start, self.end),
            name=(self.name or None) if part or other else None,
            scope=stated,
            stage=self.stage or "budget",
            part=part,
            year=other,
        )


def sums(passage: Passage, year: int | None, start: int = 0, end: int | None = None) -> list[Sum]:
    """Return the sums of money that a passage states, with their roles; rates are left out.

    Args:
        passage: The passage.
        year: The paper's year, which 本年 and 上年 are counted from.
        start: Where to begin, an offset in `passage.bare`.
        end: Where to end, None for the end.
    """
    text = _without_quoted(passage.bare)
    stop = len(text) if end is None else end
    borders = [m.end() for m in re.compile(sum_rules().sentence).finditer(text, start, stop)]
    found = list[Sum]()
    for first, last in pairwise([start, *borders, stop]):
        found += _sentence(passage.bare, text, first, last, year)
    return found


def _without_quoted(text: str) -> str:
    for pattern in sum_rules().quoted:
        text = re.sub(pattern, lambda match: "\0" * len(match[0]), text)
    return text


def _sentence(
    printed: str, text: str, first: int, last: int, paper_year: int | None
) -> Iterator[Sum]:
    rules, number = sum_rules(), re.compile(sum_rules().number)
    whole: Sum | None = None
    year, in_parts, before = None, False, first
    for match in (matches := list(number.finditer(text, first, last))):
        follower = next((m.start() for m in matches if m.start() >= match.end()), last)
        clauses = [m.end() for m in re.compile(rules.clause).finditer(text, before, match.start())]
        start = clauses[-1] if clauses else before
        after = re.compile(rules.clause).search(text, match.end(), follower)
        tail = text[match.end() : after.start() if after else follower]
        passed, lead = text[before : match.start()], text[start : match.start()]
        own = _year(passed, paper_year)
        year = own or year
        before = match.end()
        if re.search(rules.rate_after, tail) or re.search(rules.rate_before, lead):
            continue
        if whole and re.search(rules.parts, passed):
            in_parts = True
        role = _role(lead, tail)
        stated = _sum(printed, match, start, lead, role, year)
        if re.search(rules.years, lead):
            stated = replace(stated, scope="total", year=None)
        if whole and in_parts and _belongs(stated, own, whole):
            yield replace(
                stated, scope=whole.scope, stage=whole.stage, year=whole.year, part=True,
                role=whole.role,
            )  # fmt: skip
            continue
        if role and role.money and not stated.total:
            whole, in_parts = stated, False
        yield stated


def _sum(
    printed: str,
    match: re.Match[str],
    start: int,
    lead: str,
    role: SumRole | None,
    year: int | None,
) -> Sum:
    rules = sum_rules()
    opening = re.match(rules.lead, lead)
    name = lead[opening.end() if opening else 0 :]
    total = bool(re.search(rules.total, name))
    start += len(lead) - len(name)
    name = printed[start : start + len(re.sub(rules.link, "", name))]
    number, unit = match["number"].replace("，", ","), match["unit"]
    words = sorted((w for r in rules.roles if r.money for w in r.words), key=len, reverse=True)
    rest = re.sub(
        f"{'|'.join(map(re.escape, words))}|{rules.filler}", "", re.sub(rules.link, "", lead)
    )
    scope = role.scope if role else None
    return Sum(
        start=start,
        number=match.start(),
        end=match.end(),
        yuan=to_yuan(number, rules.short_units.get(unit, unit)),
        text=match[0],
        name=name,
        role=role,
        scope=scope,
        stage=role.stage if role else None,
        year=None if scope else year,
        bare=not rest,
        total=total,
    )


def _year(text: str, paper_year: int | None) -> int | None:
    """Return the last year that a text names."""
    rules, found = sum_rules(), list[tuple[int, int]]()
    found += [(m.start(), int(m["year"])) for m in re.finditer(rules.year, text)]
    for pattern, back in ((rules.this_year, 0), (rules.last_year, 1)):
        if paper_year:
            found += [(m.start(), paper_year - back) for m in re.finditer(pattern, text)]
    return max(found)[1] if found else None


def _role(lead: str, tail: str) -> SumRole | None:
    """Return the role of the word that governs a number: near, and of weight.

    A word that only says that it is money (资金) leaves it to a verb before it to say which.
    """
    role = _nearest(lead, tail, sum_rules().roles)
    if role and role.money and not (role.scope or role.stage):
        telling = [r for r in sum_rules().roles if r.money and (r.scope or r.stage)]
        return _nearest(lead, tail, telling) or role
    return role


def _nearest(lead: str, tail: str, roles: Sequence[SumRole]) -> SumRole | None:
    best: tuple[float, int, SumRole] | None = None
    for role in roles:
        for word in role.words:
            at = tail.find(word) if role.after else lead.rfind(word)
            if at < 0:
                continue
            distance = at if role.after else len(lead) - at - len(word)
            rank = (role.weight - distance / 10, len(word), role)
            if best is None or rank[:2] > best[:2]:
                best = rank
    return best[2] if best else None


def _belongs(part: Sum, year: int | None, whole: Sum) -> bool:
    """Tell whether a sum after 其中 is a part: what it says of itself is nothing, or the same.

    `year` is the year that stands with the part itself.
    """
    if part.role is None:
        return True
    if not part.role.money:
        return not part.role.firm
    same_stage = part.stage in (None, whole.stage)
    return same_stage and year in (None, whole.year) and part.scope in (None, whole.scope)


def wholes_and_parts(stated: Sequence[Sum]) -> list[tuple[Sum, bool]]:
    """Return sums with whether each is a part, for sums that are all of one project.

    Of the sums for the same years and stage, those that name nothing of their own are the whole,
    and so is a single one. Others are parts of it, or of a whole that nobody states.
    """
    result = list[tuple[Sum, bool]]()
    for one in stated:
        alike = [s for s in stated if not s.part and s.group == one.group]
        whole = one.bare or len(alike) == 1 or one.total
        result.append((one, one.part or not whole))
    return result
