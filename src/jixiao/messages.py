"""Every sentence the user meets, in Chinese and in English, from `messages.toml`."""

import os
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jixiao.record import Message


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("jixiao") / "messages.toml").read_text(encoding="utf-8"))


def message(code: str, **fields: object) -> Message:
    """Return the sentence `code` with its fields filled in."""
    sentence = _catalogue()[code]
    return Message(zh=sentence["zh"].format(**fields), en=sentence["en"].format(**fields))


def texts(part: str, lang: str) -> Callable[..., str]:
    """Return what says the sentences of one part ("summary") in one language."""

    def say(code: str, **fields: object) -> str:
        return str(getattr(message(f"{part}-{code}", **fields), lang))

    return say


def locale_language() -> str:
    """Return "zh" where the locale is Chinese, else "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
