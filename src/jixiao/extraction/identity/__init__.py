"""Identifies a disclosure: whose budget of which year, of which place and of which kind.

    lines         the lines of the document, and its labels with their values
    titles        its titles and headings, and the bodies in them
    bodies        how names of public bodies are built
    department    the bodies that the document names, and the one whose paper it is
    divisions     the administrative divisions, and mentions of them in a text
    region        the division of the document
    facts         its year, its kind, and the kind of its body
    rules         `extract/disclosure.toml`

What the document does not state, or states in contradictory ways, is left blank and told.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jixiao.documents.model import DocumentContent
from jixiao.extraction.identity.department import Candidate, candidates, choose
from jixiao.extraction.identity.divisions import with_city, without_province
from jixiao.extraction.identity.facts import Fact, find_body_kind, find_kind, find_year
from jixiao.extraction.identity.lines import Lines, read_lines
from jixiao.extraction.identity.region import Place, find_region, region_of
from jixiao.extraction.identity.rules import IdentityRules, identity_rules
from jixiao.extraction.identity.titles import Title, completeness, titles
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.problems import problem
from jixiao.model.record import Body, BodyKind, DocumentKind, Found, Problem, Region
from jixiao.text import squeeze

__all__ = ["Identity", "IdentityRules", "identify", "identity_rules", "region_of"]


@dataclass(frozen=True, slots=True)
class Identity:
    """The facts that identify a disclosure; those that it does not state are blank or None.

    `bodies` are all the bodies it names with their roles, `found` tells how each fact was found,
    and `problems` what is not stated or not clear.
    """

    title: str
    kind: DocumentKind
    department: str
    code: str
    body_kind: BodyKind | None
    region: Region | None
    year: int | None
    unit: str
    bodies: tuple[Body, ...]
    found: dict[str, Found]
    problems: tuple[Problem, ...]


def identify(content: DocumentContent, ledger: Ledger) -> Identity:
    """Identify a disclosure by its beginning, its titles and the labels of its forms.

    Args:
        content: The document's paragraphs and tables.
        ledger: Is told which paragraphs were read; cells are left to the readers of forms.
    """
    rules, lines = identity_rules(), read_lines(content)
    titled = titles(lines.lines)
    steps = candidates(lines, titled)
    choice = choose(steps)
    chosen = choice.chosen
    kind, year = find_kind(lines, titled), find_year(lines, titled)
    place = find_region(chosen, steps, titled, lines)
    department = _department(chosen, place)
    code = (chosen.name.code if chosen else "") or _code(lines)
    _claim(ledger, lines, titled, steps)
    return Identity(
        title=_title(lines, titled),
        kind=kind.value or rules.kinds[-1].kind,
        department=department,
        code=code,
        body_kind=find_body_kind(titled, department),
        region=place.region,
        year=year.value,
        unit=_unit(lines),
        bodies=tuple(_bodies(steps)),
        found=dict(_found(chosen, code, kind, year, place)),
        problems=tuple(_problems(choice.tied, department, kind, year, place)),
    )


def _department(chosen: Candidate | None, place: Place) -> str:
    """Return the name of the body; 市财政局 gets the name of its city, 区财政局 both."""
    if chosen is None:
        return ""
    name, region = chosen.name, place.region
    if name.rank == 1:
        if region and region.name[-1] == name.text[0]:
            return with_city(region) + name.text[1:]
        # A city's page on a county's paper names no body.
        return "" if chosen.how == "publisher" else name.full
    return without_province(name.full)


def _title(lines: Lines, titled: list[Title]) -> str:
    """Return the title: the first that names most of the year, the body and the kind."""
    if not titled:
        return squeeze(lines.lines[0].source.text) if lines.lines else ""
    best = max(titled, key=completeness)
    return "".join(squeeze(line.source.text) for line in best.lines)


def _code(lines: Lines) -> str:
    codes = {item.value for item in lines.labelled if item.role == "code"}
    return next(iter(codes)) if len(codes) == 1 and all(map(_is_code, codes)) else ""


def _is_code(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-Za-z]{2,20}", text))


def _unit(lines: Lines) -> str:
    rules = identity_rules()
    units = (re.search(rules.unit, line.text) for line in lines.lines if not line.form)
    counts = Counter(match["unit"] for match in units if match)
    return counts.most_common(1)[0][0] if counts else ""


def _bodies(steps: Iterable[Iterable[Candidate]]) -> Iterator[Body]:
    """Yield each body once for each of its roles, where it was first named."""
    seen = set[tuple[str, str]]()
    for candidate in (c for step in steps for c in step):
        name = candidate.name
        if (candidate.role, name.text) not in seen:
            seen.add((candidate.role, name.text))
            where = candidate.source.where()
            yield Body(candidate.role, name.text, name.code, name.qualifier, where)


def _found(
    chosen: Candidate | None,
    code: str,
    kind: Fact[DocumentKind],
    year: Fact[int],
    place: Place,
) -> Iterator[tuple[str, Found]]:
    facts = {
        "department": chosen,
        "department_code": chosen if code and chosen else None,
        "kind": kind,
        "fiscal_year": year,
        "region": place,
    }
    for name, fact in facts.items():
        if fact and fact.source:
            yield name, Found(fact.how, fact.source.text, fact.source.where())


def _problems(
    tied: tuple[str, ...],
    department: str,
    kind: Fact[DocumentKind],
    year: Fact[int],
    place: Place,
) -> Iterator[Problem]:
    """Yield what is not stated, and what is stated in contradictory ways."""
    if not department:
        if tied:
            yield problem("several-departments", None, names="、".join(tied[:4]))
        else:
            yield problem("no-department", None)
    if year.value is None:
        if year.tied:
            code = "only-dates" if year.how == "dates" else "several-years"
            yield problem(code, None, years="、".join(year.tied))
        else:
            yield problem("no-year", None)
    if place.tied:
        yield problem("ambiguous-region", None, codes="、".join(place.tied))
    elif department and place.region is None:
        yield problem("no-region", None, department=department)
    if kind.value is None:
        yield problem("no-kind", None)


def _claim(
    ledger: Ledger, lines: Lines, titled: list[Title], steps: Iterable[Iterable[Candidate]]
) -> None:
    """Tell the ledger the paragraphs that were read: titles are headings, names are values."""
    forms = {id(line.source) for line in lines.lines if line.form}
    forms |= {id(item.line.source) for item in lines.labelled if item.line.form}
    named = [c for step in steps for c in step if c.how != "text"]
    headings = [line.source for title in titled for line in title.lines]
    headings += [c.source for c in named if c.how == "heading"]
    values = [c.source for c in named]
    for source in headings:
        if id(source) not in forms:
            ledger.claim_text(source, "heading")
    for source in values:
        if id(source) not in forms:
            ledger.claim_text(source, "value")
