"""Every sentence the user meets, in Chinese and in English.

They are in `messages.toml`; what records say of problems is in `extraction/problems.toml`, for a
changed sentence there changes what is read.
"""

import os
import tomllib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

from jixiao.model.record import Message


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    package, sentences = files("jixiao"), dict[str, dict[str, str]]()
    for file in (package / "messages.toml", package / "extraction" / "problems.toml"):
        sentences |= tomllib.loads(file.read_text(encoding="utf-8"))
    return sentences


def message(code: str, **fields: object) -> Message:
    """Return the sentence `code` with its fields filled in."""
    sentence = _catalogue()[code]
    told = {name: shown(v) if isinstance(v, str | Path) else v for name, v in fields.items()}
    return Message(zh=sentence["zh"].format(**told), en=sentence["en"].format(**told))


def shown(name: object) -> str:
    """Return a name as it can be printed: a file's that is not in UTF-8 is taken to be in GBK."""
    text = str(name)
    try:
        text.encode()
    except UnicodeEncodeError:
        with suppress(UnicodeEncodeError):  # half a character that is of no file's name
            return os.fsencode(text).decode("gb18030", errors="replace")
    return text


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
