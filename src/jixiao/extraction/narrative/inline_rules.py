"""The rules of `extract/indicators.toml`: how sentences state indicators."""

from typing import Annotated

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Pattern, Regex, read_toml


class InlineRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`indicators.toml`: how sentences state indicators."""

    label: Annotated[str, Pattern("label")]
    endings: list[str]
    number: Regex
    head: Regex
    tail: Regex
    group: Regex
    clause: Regex
    template: Regex
    sign: Regex
    reached: Regex
    value: Regex
    actual: Regex
    completed: Regex
    task: Annotated[str, Pattern("value")]
    run_on: Regex
    planned: Regex
    done: Regex
    results: Regex
    listed: Regex
    plans: Regex
    unlevelled: float
    lead: Regex
    joint: Regex
    shared: Regex
    between: Regex
    measure: Regex
    required: Regex
    held: Regex
    quantity: Annotated[str, Pattern("value")]
    share_first: Annotated[str, Pattern("value")]
    second: Regex
    cut: Regex
    colon: Regex
    opening: Regex
    closing: Regex
    heading_end: Regex
    points: Annotated[str, Pattern("name", "weight")]
    score: Annotated[str, Pattern("score")]
    aside_score: Annotated[str, Pattern("points")]
    aside_weight: Annotated[str, Pattern("points")]
    longest: int


@cache
def inline_rules() -> InlineRules:
    """Return the content of `indicators.toml`."""
    return read_toml(folder("extract") / "indicators.toml", InlineRules)
