"""Finds the passages that a reviewer marks, as `extract/passages.toml` declares them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec

from jixiao.config import folder, read_toml
from jixiao.documents.model import Flow
from jixiao.extraction.narrative.passages import passages
from jixiao.model.record import Passage, Project, Where
from jixiao.text import fold


class PassagePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of remarkable passage of `passages.toml`: its pattern, and what it says instead.

    The pattern is searched in a paragraph without white space; `unless` is what clears it.
    """

    kind: str
    pattern: str
    unless: str | None = None
    instead: str | None = None
    until: int | None = None


class EmptySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a heading looks like, and how many in a row are a list of them."""

    kind: str
    heading: str
    list: int


class Remarkable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`passages.toml`: what a reviewer marks in the text."""

    passages: list[PassagePattern]
    empty: EmptySection


@cache
def remarkable() -> Remarkable:
    """Return `passages.toml`."""
    return read_toml(folder("extract") / "passages.toml", Remarkable)


def read(flow: Flow, projects: Sequence[Project]) -> tuple[Passage, ...]:
    """Return the passages, each kind's same words once, with how often they stand."""
    texts = [(fold(p.bare), p.block.where()) for p in passages(flow)]
    found = dict[tuple[str, str], Passage]()
    for passage in (*_marked([*texts, *_of_projects(projects)]), *_empty(flow)):
        key = passage.kind, passage.words
        known = found.get(key)
        found[key] = msgspec.structs.replace(known, times=known.times + 1) if known else passage
    return tuple(found.values())


def _of_projects(projects: Iterable[Project]) -> Iterator[tuple[str, Where]]:
    for project in projects:
        yield from ((fold(goal.text), goal.where) for goal in project.goals)
        for indicator in project.indicators:
            for text in dict.fromkeys((indicator.level3, indicator.description)):
                yield fold(text), indicator.where


def _marked(texts: Sequence[tuple[str, Where]]) -> Iterator[Passage]:
    whole = "\n".join(text for text, _ in texts)
    for rule in remarkable().passages:
        if not re.search(rule.pattern, whole, re.MULTILINE):
            continue
        search = re.compile(rule.pattern).search
        for text, where in texts:
            match = search(text)
            if match and not (rule.unless and re.search(rule.unless, text)):
                yield _passage(rule, match, where)


def _passage(rule: PassagePattern, match: re.Match[str], where: Where) -> Passage:
    words = match.groupdict().get("words") or match[0]
    return Passage(
        kind=rule.kind, words=words, instead=rule.instead, until=rule.until, times=1, where=where
    )


def _empty(flow: Flow) -> Iterator[Passage]:
    """Yield the headings that another heading follows, or nothing; those of a list apart."""
    rule, blocks = remarkable().empty, list(flow.blocks)
    texts = {id(p.block): p for p in passages(flow)}
    headings = {
        at: texts[id(block)]
        for at, block in enumerate(blocks)
        if id(block) in texts and re.match(rule.heading, fold(texts[id(block)].bare))
    }
    pages = Counter(heading.block.where().page for heading in headings.values())
    for at, heading in headings.items():
        where = heading.block.where()
        alone = at + 1 in headings or at + 1 == len(blocks)
        listed = {at - 2, at - 1, at + 1, at + 2} & headings.keys()
        on_page = pages[where.page] if where.page else 0
        if alone and max(len(listed) + 1, on_page) < rule.list:
            yield Passage(kind=rule.kind, words=fold(heading.bare), times=1, where=where)
