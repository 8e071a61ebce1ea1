"""`extract/disclosure.toml`: how titles, names of bodies, years and labels are written."""

from typing import Literal

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.model.record import BodyKind, DocumentKind

Role = Literal["author", "overseer", "performer", "publisher", "code", "year", "period", "name"]


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file; unknown keys are errors."""


class KindWords(_Rules, frozen=True, kw_only=True):
    """Words of the title that mean a kind of document."""

    kind: DocumentKind
    words: list[str]


class BodyKindWords(_Rules, frozen=True, kw_only=True):
    """A pattern of titles that tells whose paper it is."""

    kind: BodyKind
    words: Regex


class RoleLabel(_Rules, frozen=True, kw_only=True):
    """A pattern of labels, and what the body beside such a label has to do with the paper."""

    role: Role
    label: Regex


class TitleRules(_Rules, frozen=True, kw_only=True):
    """How titles are recognised and divided."""

    words: Regex
    not_title: Regex
    before: Regex
    ignored: Regex
    boundary: Regex
    direct: Regex
    about: Regex
    announced: Regex
    letterhead: Regex
    sent: Regex
    section: Regex


class BodyRules(_Rules, frozen=True, kw_only=True):
    """How the names of public bodies are built."""

    ends: Regex
    not_body: Regex
    not_in_body: Regex
    company: Regex
    section: Regex
    place: Regex
    government: Regex
    unfinished: Regex
    within: Regex
    zone: Regex
    national: Regex
    level: Regex
    masked: Regex
    qualifier: Regex
    kept_qualifiers: list[str]
    others: Regex
    code_before: Regex
    code_after: Regex
    payer: Regex
    paying: Regex
    not_after: Regex
    in_sentence: Regex


class LabelRules(_Rules, frozen=True, kw_only=True):
    """How labels look in lines and cells."""

    not_label: Regex
    decoration: Regex
    inline: Regex
    next_label: Regex
    sealed: Regex
    result: Regex
    allocation: Regex
    welcome: Regex


class YearRules(_Rules, frozen=True, kw_only=True):
    """How years of budgets and dates are written."""

    stated: Regex
    any: Regex
    dated: Regex
    alone: Regex
    label: Regex
    own: Regex
    date_line: Regex
    date_end: Regex
    metadata: Regex
    majority: float


class RegionRules(_Rules, frozen=True, kw_only=True):
    """How divisions are named beside their names in the code list."""

    peoples: list[str]
    masks: list[str]
    after: Regex
    elsewhere: Regex
    district_bodies: Regex
    district: Regex
    municipality: Regex
    self_reference: Regex


class IdentityRules(_Rules, frozen=True, kw_only=True):
    """The content of `disclosure.toml`."""

    beginning: int
    title_length: int
    unit: Regex
    kinds: list[KindWords]
    title: TitleRules
    body: BodyRules
    roles: list[RoleLabel]
    labels: LabelRules
    year: YearRules
    region: RegionRules
    body_kinds: list[BodyKindWords]


class FormerDivisions(_Rules, frozen=True, kw_only=True):
    """`former_divisions.toml`: divisions that are no more, by code."""

    divisions: dict[str, str]


@cache
def identity_rules() -> IdentityRules:
    """Return the content of `disclosure.toml`."""
    return read_toml(folder("extract") / "disclosure.toml", IdentityRules)


@cache
def former_divisions() -> FormerDivisions:
    """Return the content of `former_divisions.toml`."""
    return read_toml(folder("extract") / "former_divisions.toml", FormerDivisions)
