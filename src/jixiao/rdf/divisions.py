"""Administrative divisions that names mean beside another division, and their official names."""

from jixiao.config import cache
from jixiao.model.divisions import by_code, divisions
from jixiao.model.record import Region


@cache
def _codes() -> dict[str, tuple[str, ...]]:
    codes = dict[str, tuple[str, ...]]()
    for region in divisions().values():
        codes[region.name] = (*codes.get(region.name, ()), region.code)
    return codes


def official(region: Region) -> Region:
    """Return a division with the name of the list, or as it is if the list has no such code."""
    return by_code(region.code) or region


def below(region: Region, name: str) -> Region | None:
    """Return the one division of this name within another, None if there is none or several."""
    within = region.code.rstrip("0")
    within += "0" * (len(within) % 2)
    found = [c for c in _codes().get(name, ()) if c.startswith(within) and c != region.code]
    return Region(found[0], name) if len(found) == 1 else None
