"""The administrative divisions (行政区划) of China, and the mentions of them in a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jixiao.config import cache
from jixiao.extraction.identity.rules import former_divisions, identity_rules
from jixiao.extraction.word_matching import any_of
from jixiao.model.divisions import above, divisions
from jixiao.model.record import Region

_SUFFIX = re.compile("(?:特别行政区|自治[区州县旗]|[省市县区州旗盟])$")
# Names as short as these occur inside other words (完成县级); they count only where one begins.
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """Divisions that a run of names in a text may mean, for example 邢台市巨鹿县.

    `regions` are those of the last name that fit the names before it. `bare` is true if the names
    are only short ones without their kind (河北).
    """

    start: int
    end: int
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """Divisions by name; `starts` has the lengths of the names that begin with two characters."""

    names: dict[str, tuple[Region, ...]]
    bare: dict[str, tuple[Region, ...]]
    starts: dict[str, tuple[int, ...]]


def mentions(text: str) -> Iterator[Mention]:
    """Yield the divisions that a text names, from left to right.

    Args:
        text: Text without white space.
    """
    index, end = _index(), 0
    starts = [at for at in range(len(text) - 1) if text[at : at + 2] in index.starts]
    if not starts:  # as in most cells
        return
    masked = [m.span() for word in identity_rules().region.masks for m in re.finditer(word, text)]
    for at in starts:
        if at < end or any(first <= at < last for first, last in masked):
            continue
        if found := _chain(index, text, at):
            yield found
            end = found.end


def _chain(index: _Index, text: str, start: int) -> Mention | None:
    """Return the names of divisions one after the other that start at a place, as one mention."""
    regions, end = tuple[Region, ...](), start
    while True:
        named = _longest(index, text, end, index.names)
        if named is not None and not regions:
            word = text[end : named[0]]
            if len(word) <= _SHORT and not re.search(
                identity_rules().region.after, text[max(end - 6, 0) : end]
            ):
                named = None
        if named is None and not regions:
            return _after_bare(index, text, start)
        if named is None:
            break
        within = named[1] if not regions else _within(named[1], regions)
        if not within:
            break
        end, regions = named[0], within
    return Mention(start, end, regions)


def _after_bare(index: _Index, text: str, start: int) -> Mention | None:
    """Return a mention that starts with a name without its kind: 湖南岳阳县, 邢台巨鹿县."""
    above = _longest(index, text, start, index.bare)
    if above is None:
        return None
    below = _longest(index, text, above[0], index.names) or None
    if below is None or not (within := _within(below[1], above[1])):
        return None
    rest = _chain(index, text, above[0]) if len(text[above[0] : below[0]]) > _SHORT else None
    if rest and (deeper := _within(rest.regions, above[1])):
        return Mention(start, rest.end, deeper)
    return Mention(start, below[0], within)


def _longest(
    index: _Index, text: str, at: int, names: dict[str, tuple[Region, ...]]
) -> tuple[int, tuple[Region, ...]] | None:
    for length in index.starts.get(text[at : at + 2], ()):
        if found := names.get(text[at : at + length]):
            return at + length, found
    return None


def _within(regions: tuple[Region, ...], above: tuple[Region, ...]) -> tuple[Region, ...]:
    codes = {region.code for region in above}
    return tuple(region for region in regions if codes & set(region.above))


def by_name(name: str) -> dict[str, Region]:
    """Return the divisions that a whole name means, by their names in full.

    Args:
        name: Its name alone (巨鹿县), or after those of divisions above it.
    """
    whole = next((m for m in mentions(name) if (m.start, m.end) == (0, len(name))), None)
    return {_in_full(region): region for region in whole.regions} if whole else {}


def _in_full(region: Region) -> str:
    """Return the names of the divisions above a division, the highest first, and its own."""
    return "".join([*(found.name for found in reversed(above(region))), region.name])


def district_in(city: Region, text: str) -> Region | None:
    """Return the district of a city whose court or the like a text names: 石鼓人民法院.

    A hospital or a school that goes by the name of a district (朝阳医院) may be the city's.
    """
    own = re.compile(identity_rules().region.district_bodies)
    found = _districts().get(city.code, ())
    return next((r for s, r in found if text.startswith(s) and own.match(text, len(s))), None)


def is_district(region: Region) -> bool:
    """Tell whether a division is a district, whose name other cities' districts have, too."""
    return bool(re.search(identity_rules().region.district, region.name))


def with_city(region: Region) -> str:
    """Return the name of a division; that of a district after its city's: others have it, too."""
    city = next(iter(above(region)), None)
    return city.name + region.name if city and is_district(region) else region.name


def without_province(text: str) -> str:
    """Return a text without the province that it begins with, if a division of it follows."""
    first = next(mentions(text), None)
    if first is None or first.start:
        return text
    province = next((p for r in first.regions for p in above(r) if p.code.endswith("0000")), None)
    if province is None or re.search(identity_rules().region.municipality, province.name):
        return text
    return text.removeprefix(province.name)


@cache
def _districts() -> dict[str, list[tuple[str, Region]]]:
    """Return the divisions below each division by its code, with their short names."""
    found = dict[str, list[tuple[str, Region]]]()
    for region in divisions().values():
        if len(short := _short(region.name)) >= _SHORT:
            for code in region.above:
                found.setdefault(code, []).append((short, region))
    return found


@cache
def _index() -> _Index:
    names, bare = dict[str, dict[str, Region]](), dict[str, dict[str, Region]]()
    for region in divisions().values():
        names.setdefault(region.name, {})[region.code] = region
        short = _short(region.name)
        if "自治" in region.name and short:
            # Autonomous regions go by their bare names (广西), the others by bare name and kind.
            kind = "" if region.code.endswith("0000") else region.name[-1]
            names.setdefault(short + kind, {})[region.code] = region
        if region.code.endswith("00") and len(short) >= _SHORT:
            bare.setdefault(short, {})[region.code] = region
    for code, name in former_divisions().divisions.items():
        # A name that still exists somewhere else is the former one only inside its own city.
        names.setdefault(name, {})[code] = Region(code, name)
    lengths = dict[str, set[int]]()
    for name in (*names, *bare):
        lengths.setdefault(name[:2], set()).add(len(name))
    return _Index(
        {name: tuple(found.values()) for name, found in names.items()},
        {name: tuple(found.values()) for name, found in bare.items()},
        {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()},
    )


def _short(name: str) -> str:
    """Return a name without its kind and the peoples in it: 琼中 of 琼中黎族苗族自治县."""
    short = _SUFFIX.sub("", name)
    if "自治" not in name:
        return short
    peoples = any_of(identity_rules().region.peoples)
    return re.sub(f"(?:(?:{peoples})族?)+$", "", short) or short
