"""Names of public bodies: how they are recognised, cleaned, and compared."""

import re
from dataclasses import dataclass

from jixiao.config import lru_cache
from jixiao.extraction.identity.divisions import mentions
from jixiao.extraction.identity.rules import identity_rules

_SHORTEST, _LONGEST = 2, 45


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a body, without its code and without the qualifier ("本级").

    `rank` tells how completely it is given: 2 with its division (巨鹿县财政局), 1 with the level of
    its division (县财政局), 0 without (财政局).
    """

    text: str
    code: str
    qualifier: str
    rank: int

    @property
    def full(self) -> str:
        """The name as Chinese prints it, with the qualifier where this tells a body of its own."""
        name = self.text.replace("(", "（").replace(")", "）")
        kept = self.qualifier in identity_rules().body.kept_qualifiers
        return f"{name}（{self.qualifier}）" if kept else name


@lru_cache(maxsize=4096)
def name_of(text: str) -> Name | None:
    """Return the name of a public body that a text is, None if it is no such name.

    Args:
        text: Text in half-width without white space, for example "434巨鹿县财政局(本级)".
    """
    rules = identity_rules().body
    code = qualifier = ""
    if match := re.search(rules.code_before, text):
        code, text = match["code"], text[match.end() :]
    if match := re.search(rules.code_after, text):
        code, text = code or match["code"] or match["code2"], text[: match.start()]
    text = re.sub(rules.others, "", text)
    while match := re.search(rules.qualifier, text):
        qualifier = match["inner"] or match["bare"]
        text = text[: match.start()]
    if not _SHORTEST <= len(text) <= _LONGEST or re.search(rules.not_in_body, text):
        return None
    rank = _rank(text)
    # 中国地质大学(武汉) ends in the seat of one of its parts.
    whole = re.sub(r"\([^()]*\)$", "", text)
    named = re.search(rules.ends, whole) and not re.search(rules.not_body, whole)
    if not named or re.search(rules.company, text) or re.search(rules.section, text):
        return None
    if len(text) == _SHORTEST and not re.search(rules.masked, text):
        return None
    # A town or a park is a place; its name alone, or as one of several, names no body.
    if rank == 0 and re.search(rules.place, text):
        return None
    if is_division(text) and not re.search(rules.place, text):
        return None
    return Name(text, code, qualifier, rank)


def is_company(text: str) -> bool:
    """Tell whether a name is that of a firm."""
    return bool(re.search(identity_rules().body.company, text))


def is_division(text: str) -> bool:
    """Tell whether a text names a division and nothing else."""
    first = next(mentions(text), None)
    return first is not None and first.start == 0 and first.end == len(text)


def same(one: str, other: str) -> bool:
    """Tell whether two names can be of one body, for example with and without its city."""
    if one == other or one.endswith(other) or other.endswith(one):
        return True
    tails = tail(one), tail(other)
    return tails[0] == tails[1] and len(tails[0]) >= _SHORTEST and _regions_agree(one, other)


def tail(name: str) -> str:
    """Return a name without the divisions that it begins with."""
    first = next(mentions(name), None)
    return name[first.end :] if first and first.start == 0 else name


def _regions_agree(one: str, other: str) -> bool:
    first, second = next(mentions(one), None), next(mentions(other), None)
    if first is None or second is None:
        return True
    # 重庆市农业农村委员会 and 忠县农业农村委员会 are two, though one division is in the other.
    return any(a.code == b.code for a in first.regions for b in second.regions)


def _rank(text: str) -> int:
    rules = identity_rules().body
    if re.search(rules.masked, text) or re.search(rules.national, text) or any(mentions(text)):
        return 2
    return 1 if re.search(rules.level, text) else 0
