"""`extract/labels.toml`: what makes a cell look like a label, and which cells follow which."""

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pattern of labels, or with a negative weight of values."""

    pattern: Regex
    weight: float


class LabelSigns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    longest: int
    words: float
    known: float
    short_to: int
    short: float
    longer: float
    last_label: float
    value: float
    blank_value: float
    patterns: list[Sign]
    label_after: dict[str, float]
    value_after: dict[str, float]


@cache
def label_signs() -> LabelSigns:
    """Return the content of `labels.toml`."""
    return read_toml(folder("extract") / "labels.toml", LabelSigns)
