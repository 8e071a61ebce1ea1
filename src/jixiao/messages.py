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

from jixiao.model.message import Message


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    package, sentences = files("jixiao"), dict[str, dict[str, str]]()
    for file in (package / "messages.toml", package / "extraction" / "problems.toml"):
        sentences |= tomllib.loads(file.read_text(encoding="utf-8"))
    return sentences


def message(code: str, **fields: object) -> Message:
    """Return the sentence `code` with its fields filled in; a field may be a message itself."""
    sentence = _catalogue()[code]
    zh, en = ({n: _formattable(v, lang) for n, v in fields.items()} for lang in ("zh", "en"))
    return Message(zh=sentence["zh"].format(**zh), en=sentence["en"].format(**en))


class _Count(int):
    """A number that chooses a word: "{count} {count:plural|file is|files are} new"."""

    def __format__(self, spec: str) -> str:
        """Return one of the two words of a plural spec, else the number as Python formats it."""
        if not spec.startswith("plural|"):
            return super().__format__(spec)
        one, many = spec.split("|")[1:]
        return one if self == 1 else many


def _formattable(value: object, lang: str) -> object:
    if isinstance(value, Message):
        return value.in_language(lang)
    if isinstance(value, str | Path):
        return shown(value)
    return _Count(value) if isinstance(value, int) else value


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
        return message(f"{part}-{code}", **fields).in_language(lang)

    return say


def locale_language() -> str:
    """Return "zh" where the locale is Chinese, else "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
