"""Whose paper it is: collects the bodies that a document names, and chooses among them.

The beginning and the labels of its author count first, then who performs and who oversees the
project of a form, then who signed it, and last the page that it was published on. Within one of
these steps the document must agree with itself: of two different bodies none is chosen.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jixiao.documents.model import Text
from jixiao.extraction.identity.bodies import Name, is_company, name_of, same, tail
from jixiao.extraction.identity.divisions import is_district, mentions
from jixiao.extraction.identity.lines import Labelled, Line, Lines
from jixiao.extraction.identity.rules import identity_rules
from jixiao.extraction.identity.titles import Title, issuer, names, sections, titled_name
from jixiao.model.record import BodyRole
from jixiao.text import fold

_SENTENCE = re.compile("[。;,]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A body that the document names, how it was found, and the printed text."""

    name: Name
    role: BodyRole
    how: str
    source: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen body, or those between which the document does not decide."""

    chosen: Candidate | None
    tied: tuple[str, ...] = ()


def candidates(lines: Lines, titled: Sequence[Title]) -> list[list[Candidate]]:
    """Return the bodies that a document names, by the steps in which they count."""
    head = lines.lines[: identity_rules().beginning]
    first_sentence = next((at for at, x in enumerate(head) if _SENTENCE.search(x.text)), len(head))
    labelled = [(item, name) for item in lines.labelled if (name := name_of(item.value))]
    authors = [_labelled(i, n, "author") for i, n in labelled if i.role == "author"]
    fronts = [*_titles(t for t in titled if t.head), *(c for c in authors if c.how == "cover")]
    place = {id(line.source): at for at, line in enumerate(lines.lines)}
    fronts.sort(key=lambda c: place.get(id(c.source), len(place)))
    weak = [c for c in fronts if c.name.rank < 2]
    coded = [
        Candidate(name, "author", "cover", line.source)
        for line in lines.lines
        if line.text[:1].isdigit() and (name := name_of(line.text)) and name.code
    ]
    return [
        _first([c for c in fronts if c.name.rank == 2]),
        [c for c in authors if c.how == "form"],
        coded,
        [Candidate(n, "author", "heading", x.source) for n, x in sections(head)],
        [
            Candidate(name, "author", "cover", line.source)
            for line in head[:first_sentence]
            if (name := name_of(line.text)) and name.rank == 2
        ],
        _titles(t for t in titled if not t.head),
        _performers(labelled, lines.labelled),
        _overseers(labelled, lines.labelled),
        list(_signatures(lines.lines)),
        [*_issuers(titled), *_letterheads(head)],
        list(_titled_sentences(head)),
        _first(weak),
        list(_prose(head)),
        list(_publishers(lines, labelled)),
    ]


def choose(steps: Iterable[list[Candidate]]) -> Choice:
    """Return the body whose paper it is, by the first step that names any."""
    everything = list(steps)
    for step in everything:
        if not step:
            continue
        groups = list[list[Candidate]]()
        for candidate in step:
            group = next((g for g in groups if same(g[0].name.text, candidate.name.text)), None)
            if group is None:
                groups.append([candidate])
            else:
                group.append(candidate)
        groups.sort(key=len, reverse=True)
        if len(groups) > 1 and len(groups[0]) == len(groups[1]):
            deepest = _lowest(groups)
            if deepest is None:
                return Choice(None, tuple(group[0].name.text for group in groups))
            groups = [deepest]
        # Printed in full somewhere, the name is taken from there.
        best = max(groups[0], key=lambda c: (c.name.rank, len(c.name.text) if c.name.rank else 0))
        # The title has the name alone; the code stands with it above the tables or in a form.
        alike = [c for other in [groups[0], *everything] for c in other if c.name.code]
        code = next((c.name.code for c in alike if same(c.name.text, best.name.text)), "")
        text = _in_common(_in_full(best, everything), everything)
        rank = 2 if text != best.name.text else best.name.rank
        name = Name(_completed(text, everything), code, best.name.qualifier, rank)
        return Choice(Candidate(name, best.role, best.how, best.source))
    return Choice(None)


def _in_full(short: Candidate, steps: list[list[Candidate]]) -> str:
    """Return a name with its division, if the document has the same name with it somewhere."""
    name = short.name
    if name.rank == 2 or short.how == "form":
        return name.text
    for other in (c.name for step in steps for c in step if c.name.rank == 2):
        rest = tail(other.text)
        division = other.text[: len(other.text) - len(rest)]
        if rest == name.text or (
            name.rank == 1 and rest == name.text[1:] and division.endswith(name.text[0])
        ):
            return other.text
    return name.text


def _in_common(name: str, steps: list[list[Candidate]]) -> str:
    """Return the name of a county's body without its city, if the document calls it so, too."""
    place = next(mentions(name), None)
    if place is None or len(place.regions) != 1 or is_district(place.regions[0]):
        return name
    short = place.regions[0].name + tail(name)
    return short if any(c.name.text == short for step in steps for c in step) else name


def _completed(text: str, steps: list[list[Candidate]]) -> str:
    """Return the whole name of a body that a title calls by its place only, or leaves unfinished.

    A town stands for its government; 某市档案2023年部门预算 has lost the end of a name that the
    document has elsewhere.
    """
    rules = identity_rules().body
    ending = rules.government if re.search(rules.place, text) else rules.unfinished
    if name_of(text) and not re.search(rules.place, text):
        return text
    named = (c.name.text for step in steps for c in step if c.name.text.startswith(text))
    return next((n for n in named if re.fullmatch(ending, n[len(text) :])), text)


def _lowest(groups: list[list[Candidate]]) -> list[Candidate] | None:
    """Return, of bodies that oversee one another, the one of the smallest division."""
    if any(c.role != "overseer" for group in groups for c in group):
        return None
    depth = [(max(_depth(c.name.text) for c in group), group) for group in groups]
    depth.sort(key=lambda pair: pair[0], reverse=True)
    return depth[0][1] if depth[0][0] > depth[1][0] else None


def _depth(name: str) -> int:
    place = next(mentions(name), None)
    return 1 + len(place.regions[0].above) if place else 0


def _first(fronts: list[Candidate]) -> list[Candidate]:
    """Return the first body of the beginning, with its other mentions there."""
    return [c for c in fronts if same(c.name.text, fronts[0].name.text)]


def _labelled(item: Labelled, name: Name, role: BodyRole) -> Candidate:
    return Candidate(name, role, "form" if item.line.form else "cover", item.line.source)


def _titles(titled: Iterable[Title]) -> list[Candidate]:
    """Return the bodies of titles; a notice (通知) tells who sent it, which is another question."""
    found = list[Candidate]()
    for title in titled:
        if re.search(identity_rules().title.sent, title.text):
            continue
        named = names(title.text)
        full = [name for name in named if name.rank == 2] or named
        if full:
            found.append(Candidate(full[0], "author", "title", title.lines[0].source))
    return found


def _performers(
    labelled: list[tuple[Labelled, Name]], everything: list[Labelled]
) -> list[Candidate]:
    """Return who performs the projects, if these are bodies of their own throughout.

    A section, a firm or a name without its division or town, where the overseer has one, is no body
    of its own; then the overseer counts for all of them.
    """
    performing = [(item, name) for item, name in labelled if item.role == "performer"]
    overseers = [name for item, name in labelled if item.role == "overseer"]
    rank = max((name.rank for name in overseers), default=0)
    within = identity_rules().body.within
    own = [(i, n) for i, n in performing if n.rank >= rank or re.search(within, n.text)]
    stated = [item for item in everything if item.role == "performer"]
    others = {item.value for item in stated} - {item.value for item, _ in own}
    if overseers and (others or len({name.text for _, name in own}) > 1):
        return []
    return [_labelled(item, name, "performer") for item, name in own]


def _overseers(
    labelled: list[tuple[Labelled, Name]], everything: list[Labelled]
) -> list[Candidate]:
    """Return who oversees the projects; nobody where one is left open (县级主管部门: 教育部门)."""
    stated = {item.value for item in everything if item.role == "overseer"}
    named = [(item, name) for item, name in labelled if item.role == "overseer"]
    if stated - {item.value for item, _ in named}:
        return []
    return [_labelled(item, name, "overseer") for item, name in named]


def _signatures(lines: list[Line]) -> Iterator[Candidate]:
    """Yield who signed: names above or before a date. Of two, who pays is not whose paper it is."""
    rules, end = identity_rules(), identity_rules().year.date_end
    for line, below in pairwise([*lines, *lines[-1:]]):
        # Without white space where the digits of the date are set apart, too.
        printed = next((t for t in (line.spaced, line.text) if re.search(end, t)), line.spaced)
        signature = re.sub(end, "", printed).strip()
        dated = signature != printed or re.search(rules.year.date_line, below.text)
        if not dated or not signature:
            continue
        signed = [name_of(part) for part in signature.split(" ")]
        whole = name_of(fold(signature))
        if whole and not all(signed):
            signed = [whole]
        if not all(signed):
            continue
        found = [name for name in signed if name]
        if len(found) > 1:
            found = [n for n in found if not re.search(rules.body.payer, n.text)] or found
        for name in found:
            yield Candidate(name, "issuer", "signature", line.source)


def _issuers(titled: Iterable[Title]) -> Iterator[Candidate]:
    for title in titled:
        if name := issuer(title.text):
            yield Candidate(name, "issuer", "title", title.lines[0].source)


def _letterheads(lines: list[Line]) -> Iterator[Candidate]:
    """Yield whose paper a letterhead says it is: 某市某区财政局文件."""
    for line in lines:
        match = re.search(identity_rules().title.letterhead, line.text)
        name = name_of(match["name"]) if match and not line.form else None
        if name and name.rank == 2:
            yield Candidate(name, "issuer", "heading", line.source)


def _publishers(lines: Lines, labelled: list[tuple[Labelled, Name]]) -> Iterator[Candidate]:
    """Yield whose web page it is: 发布机构, 来源, 欢迎来到…网站."""
    for item, name in labelled:
        town = re.search(identity_rules().body.place, name.text)
        if item.role == "publisher" and name.rank and not town:
            yield Candidate(name, "publisher", "publisher", item.line.source)
    rules = identity_rules()
    if any(i.role == "publisher" and re.search(rules.body.place, i.value) for i in lines.labelled):
        return  # 发布机构:某乡 on the site of its city
    for line in lines.lines[:3]:
        match = re.search(rules.labels.welcome, line.text)
        host = name_of(match["name"]) if match else None
        if host and host.rank == 2:
            yield Candidate(host, "publisher", "publisher", line.source)


def _titled_sentences(lines: list[Line]) -> Iterator[Candidate]:
    """Yield bodies of sentences that begin as titles do: 某县某局2020年度部门决算报表详见附件."""
    for line in lines:
        if not line.form and _SENTENCE.search(line.text):
            for clause in _SENTENCE.split(line.text):
                if titled := titled_name(clause):
                    yield Candidate(titled, "author", "text", line.source)


def _prose(lines: list[Line]) -> Iterator[Candidate]:
    """Yield bodies that sentences name by their division, outside of quoted titles."""
    rules = identity_rules()
    for line in lines:
        if line.form or not _SENTENCE.search(line.text):
            continue
        text = re.sub(rules.title.ignored, "《", line.text)
        for place in mentions(text):
            if re.search(rules.body.not_after, text[: place.start]):
                continue
            match = re.match(rules.body.in_sentence, text[place.end :])
            end = place.end + match.end() if match else 0
            name = name_of(text[place.start : end])
            payer = name and re.search(rules.body.payer, name.text)
            if payer and re.search(rules.body.paying, _SENTENCE.split(text[end:])[0]):
                continue
            if name and not is_company(text[place.start : end + 6]):
                yield Candidate(name, "author", "text", line.source)
