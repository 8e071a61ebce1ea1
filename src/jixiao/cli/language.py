"""Which language the command line speaks, and click's own words in it.

Help is made when the commands are declared, before any option is read, so `--lang` is looked for in
the words of the call themselves.
"""

import gettext
import os
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files

from jixiao.messages import locale_language, message, texts

LANGUAGES = ("zh", "en")
_DOMAIN = "click"


def requested(words: Sequence[str]) -> str | None:
    """Return the language that `--lang` names, None where it does not.

    Args:
        words: The words of the call, without the program's name.

    Returns:
        One of `LANGUAGES`; of several `--lang` the last one counts.

    """
    found = None
    for at, word in enumerate(words):
        if word == "--":
            break
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang":
            value = words[at + 1] if at + 1 < len(words) else ""
        found = value if value in LANGUAGES else found
    return found


REQUESTED = requested(sys.argv[1:])
LANG = REQUESTED or locale_language()
help_text = texts("help", LANG)


def say(code: str, **fields: object) -> str:
    """Return a message of `messages.toml` in the language of this call."""
    return str(message(code, **fields).in_language(LANG))


def translate_click() -> None:
    """Have click speak the language of this call, whatever the locale is.

    Click asks gettext for its words, and gettext asks the variable LANGUAGE first. The words are
    in `locale/zh/LC_MESSAGES/click.po`; `scripts/messages` compiles them.
    """
    os.environ["LANGUAGE"] = LANG
    with as_file(files("jixiao.cli") / "locale") as folder:
        gettext.bindtextdomain(_DOMAIN, str(folder))
    gettext.textdomain(_DOMAIN)
