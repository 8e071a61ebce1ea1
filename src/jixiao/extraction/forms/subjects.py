"""Tells whose goals and indicators a form states, by added evidence; and a project's name."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.documents.model import Text
from jixiao.extraction.identity.divisions import mentions
from jixiao.extraction.passages import Passage
from jixiao.model.record import Subject, Where
from jixiao.text import squeeze


class SubjectSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sign of a subject: a pattern in a title or a label, or what the form has and lacks."""

    subject: Subject
    weight: float
    title: Regex | None = None
    label: Regex | None = None
    has: list[str] = []
    lacks: list[str] = []


class SubjectRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`subjects.toml`: titles that name projects, and the signs of each subject."""

    titles: list[Regex]
    titles_above: int
    list_title: Regex
    form_title: Regex
    generic: Regex
    year: Regex
    doubled: dict[str, str]
    unsure: float
    bias: dict[Subject, float]
    signs: list[SubjectSign]


class Name(NamedTuple):
    """A project's name in a title: as printed, its ordinal, its place."""

    text: str
    order: int | None
    where: Where


@cache
def subject_rules() -> SubjectRules:
    """Return the content of `subjects.toml`."""
    return read_toml(folder("extract") / "subjects.toml", SubjectRules)


def subject_of(
    titles: Iterable[str], labels: Iterable[str], fields: set[str]
) -> tuple[Subject, bool]:
    """Return the subject of a form, and whether the evidence for it is clear.

    Args:
        titles: The paragraphs above the form, and the titles in it.
        labels: Its labels, as printed.
        fields: The fields of its labels ("name", "department-name"), and "recipients".
    """
    rules = subject_rules()
    title, named = squeeze("\n".join(titles)), [squeeze(label) for label in labels]
    scores = dict(rules.bias)
    for sign in rules.signs:
        if not set(sign.has) <= fields or set(sign.lacks) & fields:
            continue
        if sign.title and not re.search(sign.title, title):
            continue
        if sign.label and not any(re.search(sign.label, label) for label in named):
            continue
        scores[sign.subject] += sign.weight
    best = max(scores, key=lambda subject: scores[subject])
    # Whether a project is a transfer files nothing under another body; the other doubts do.
    bodies = {"department", "unit"}
    others = [score for subject, score in scores.items() if (subject in bodies) != (best in bodies)]
    return best, scores[best] - max(others) >= rules.unsure


def _prefix(name: str) -> int:
    """Return the length of the year and the division before a name: 2019年度宁晋县高中助学金."""
    year = re.match(subject_rules().year, name)
    length = year.end() if year else 0
    if year and (place := next(mentions(name[length:]), None)) and not place.start:
        length += place.end
    return length if length < len(name) else 0


def name_in_titles(above: list[Text], patterns: Iterable[str | None]) -> Name | None:
    """Return the project that a title above a form names, the nearest one; None if none does.

    Args:
        above: The paragraphs above the form.
        patterns: Patterns of titles with the groups `name` and perhaps `order`, the first to fit.
    """
    rules = subject_rules()
    known = [p for p in (*patterns, *rules.titles) if p and "name" in re.compile(p).groupindex]
    for text in reversed(above[-rules.titles_above :]):
        stated = Passage(text)
        for pattern in known:
            match = re.match(pattern, stated.bare)
            if match and not re.fullmatch(rules.generic, match["name"]):
                groups = match.groupdict()
                order = int(groups["order"]) if groups.get("order") else None
                start, end = match.span("name")
                start += _prefix(match["name"])
                name = stated.stated(start, end)
                for twice, once in rules.doubled.items():
                    name = name.replace(twice, once)
                return Name(name, order, stated.where(start, end))
    return None
