"""The division (行政区划) of a document: the smallest one that its body or its beginning names."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jixiao.documents.model import Text
from jixiao.extraction.identity.bodies import is_company, tail
from jixiao.extraction.identity.department import Candidate
from jixiao.extraction.identity.divisions import district_in, mentions
from jixiao.extraction.identity.lines import Lines
from jixiao.extraction.identity.rules import identity_rules
from jixiao.extraction.identity.titles import Title, cleaned
from jixiao.model.record import Region


@dataclass(frozen=True, slots=True)
class Place:
    """The division found, how and in which text; or the names that it could be."""

    region: Region | None
    how: str = ""
    source: Text | None = None
    tied: tuple[str, ...] = ()


def region_of(department: str) -> Region | None:
    """Return the division that the name of a body names.

    Args:
        department: Its name, for example "邢台市巨鹿县人民政府办公室".

    Returns:
        The smallest division named, None if there is none or several have that name.
    """
    found = _of(department)
    return found[0] if len(found) == 1 else None


def find_region(
    department: Candidate | None,
    steps: Sequence[Sequence[Candidate]],
    titled: Sequence[Title],
    lines: Lines,
) -> Place:
    """Return the division of a document.

    Args:
        department: The body whose paper it is.
        steps: All bodies that the document names.
        titled: Its titles.
        lines: Its lines.
    """
    around = _Around(lines, titled, steps)
    if department:
        if found := _of_body(department.name.text):
            return _decided(found, department.how, department.source, around)
        if re.search(identity_rules().body.national, department.name.text):
            return Place(None)
    for title in titled:
        if title.head and (found := _of(cleaned(title.text), beginning=True)):
            return _decided(found, "title", title.lines[0].source, around)
    for step in steps:
        named = [c for c in step if not is_company(c.name.text) and _of(c.name.text)]
        if department and (alike := [c for c in named if _same_tail(c, department)]):
            named = alike
        if named:
            return _decided(_of(named[0].name.text), named[0].how, named[0].source, around)
    for item in (item for item in lines.labelled if item.role != "overseer"):
        if not is_company(item.value) and (found := _of(item.value, beginning=True)):
            return _decided(found, "publisher", item.line.source, around)
    return _by_sentences(lines)


def _of(text: str, *, beginning: bool = False) -> tuple[Region, ...]:
    """Return the divisions that the last of the first run of names can be.

    A name further back is taken if it is inside the first one: 兵团第一师阿拉尔市, 湖南省…南县.
    """
    found = tuple[Region, ...]()
    for mention in mentions(text):
        if not found:
            start = re.sub(identity_rules().year.stated, "", text[: mention.start])
            if beginning and start:
                return ()
            found = mention.regions
            continue
        codes = {region.code for region in found}
        deeper = tuple(r for r in mention.regions if codes & set(r.above))
        found = deeper or found
    return found


def _of_body(name: str) -> tuple[Region, ...]:
    """Return the divisions that the name of a body can mean: 某市石鼓人民法院 is a district's."""
    found = _of(name)
    if len(found) == 1 and found[0].code.endswith("00"):
        inside = district_in(found[0], tail(name))
        return (inside,) if inside else found
    return found


def _same_tail(one: Candidate, other: Candidate) -> bool:
    return one.name.text.endswith(other.name.text) or one.name.text[-4:] == other.name.text[-4:]


class _Around:
    """The divisions that a document's beginning and labels name, to tell namesakes apart."""

    def __init__(
        self, lines: Lines, titled: Sequence[Title], steps: Iterable[Iterable[Candidate]]
    ) -> None:
        self._texts = [line.text for line in lines.lines[: identity_rules().beginning]]
        self._texts += [item.value for item in lines.labelled]
        self._texts += [title.text for title in titled]
        self._texts += [c.name.text for step in steps for c in step]

    def codes(self) -> Counter[str]:
        """Return how often each division is named, itself or by a part of it."""
        found = Counter[str]()
        for text in self._texts:
            for mention in mentions(text):
                if len(mention.regions) == 1:
                    region = mention.regions[0]
                    found.update((region.code, *region.above))
        return found


def _decided(regions: tuple[Region, ...], how: str, source: Text, around: _Around) -> Place:
    """Return the one of several divisions of a name whose own or higher division is named too."""
    if len(regions) == 1:
        return Place(regions[0], how, source)
    named = around.codes()
    votes = {r.code: sum(named[code] for code in (r.code, *r.above)) for r in regions}
    best = sorted(votes.values(), reverse=True)
    if best[0] > best[1]:
        return Place(max(regions, key=lambda r: votes[r.code]), how, source)
    return Place(None, tied=tuple(region.code for region in regions))


def _by_sentences(lines: Lines) -> Place:
    """Return the one division that the sentences name, if they call it 我市, 全县 or the like."""
    rules = identity_rules()
    found, sources = dict[str, Region](), dict[str, Text]()
    levels = set[str]()
    for line in lines.lines[: rules.beginning]:
        text = re.sub(rules.title.ignored, "《", line.text)
        for match in re.finditer(rules.region.self_reference, text):
            levels.add(match["level"] or match["level2"])
        for mention in mentions(text):
            following = text[mention.end : mention.end + 16]
            if re.search(rules.region.elsewhere, text[: mention.start]):
                continue
            if len(mention.regions) == 1 and not is_company(following):
                found.setdefault(mention.regions[0].code, mention.regions[0])
                sources.setdefault(mention.regions[0].code, line.source)
    own = [region for region in found.values() if region.name[-1] in levels]
    if len(own) == 1:
        return Place(own[0], "text", sources[own[0].code])
    return Place(None)
