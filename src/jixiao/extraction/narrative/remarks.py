"""Finds passages that a reviewer would mark: unexplained changes, outdated policy, and so on.

`extract/passages.toml` declares them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import CodeOf, Regex, read_toml
from jixiao.documents.model import DocumentContent
from jixiao.extraction.passages import passages
from jixiao.model.record import Passage, Project, Where, field_place
from jixiao.text import fold


class PassagePattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of passage: its pattern, and the wording to use `instead`.

    The pattern is searched in each paragraph without white space. A paragraph that matches
    `unless` is not marked. `until` is the last year in which the wording was right.
    """

    kind: Annotated[str, CodeOf("passage")]
    pattern: Regex
    unless: Regex | None = None
    instead: str | None = None
    until: int | None = None


class EmptySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The pattern of a heading, and the number of headings in a row that make a list."""

    kind: Annotated[str, CodeOf("passage")]
    heading: Regex
    list: int


class Remarkable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`passages.toml`: the kinds of passages that a reviewer marks."""

    passages: list[PassagePattern]
    empty: EmptySection


@cache
def remark_rules() -> Remarkable:
    """Return the content of `passages.toml`."""
    return read_toml(folder("extract") / "passages.toml", Remarkable)


def read(content: DocumentContent, projects: Sequence[Project]) -> tuple[Passage, ...]:
    """Return the passages to mark.

    Args:
        content: The document.
        projects: Its projects, whose goals and indicators are searched too.

    Returns:
        Each distinct wording of each kind once, with its first place and its number of uses.
    """
    texts = [(fold(p.bare), p.block.where()) for p in passages(content)]
    marked = dict[tuple[str, str], Passage]()
    for passage in (*_marked([*texts, *_of_projects(projects)]), *_empty(content)):
        key = passage.kind, passage.words
        first = marked.get(key)
        marked[key] = msgspec.structs.replace(first, times=first.times + 1) if first else passage
    return tuple(marked.values())


def _of_projects(projects: Iterable[Project]) -> Iterator[tuple[str, Where]]:
    for project in projects:
        yield from ((fold(goal.text), goal.where) for goal in project.goals)
        for indicator in project.indicators:
            # The same words in both columns count once, at the first of them.
            columns = {indicator.level3: "level3"}
            columns.setdefault(indicator.description, "description")
            for text, name in columns.items():
                yield fold(text), field_place(indicator.where, name)


def _marked(texts: Sequence[tuple[str, Where]]) -> Iterator[Passage]:
    whole = "\n".join(text for text, _ in texts)
    for rule in remark_rules().passages:
        # One search over the whole text rules out most kinds, and saves one for each paragraph.
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


def _empty(content: DocumentContent) -> Iterator[Passage]:
    """Yield the headings followed by another heading or by nothing.

    Headings of a list, such as a table of contents, are left out: several follow each other, or
    many are on one page.
    """
    rule, blocks = remark_rules().empty, list(content.blocks)
    # By position, because the same heading may occur twice, in a list and in the text.
    texts = {id(p.block): p for p in passages(content)}
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
