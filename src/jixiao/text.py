"""Normalises text: the five ways in which the rest of the code joins, cleans and compares it.

`squeeze`, `fold` and `half_width` are for comparing and searching, `tidy` for text that is kept,
and `join_lines` for putting printed lines back together.
"""

import unicodedata


def join_lines(before: str, after: str) -> str:
    """Join two printed lines of one paragraph.

    Args:
        before: The text up to the line break.
        after: The text after it.

    Returns:
        Both texts, with a space between them only if a Latin word ends and another one starts
        at the break: Chinese is written without spaces.
    """
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii()
    return f"{before} {after}" if latin and after[:1].isalpha() else before + after


def squeeze(text: str) -> str:
    """Return the text without any white space.

    Forms pad words to fill a cell ("合　计"), so header words are compared without white space.
    """
    return "".join(text.split())


def fold(text: str) -> str:
    """Return the text without white space and with full-width forms made half-width (NFKC)."""
    return squeeze(unicodedata.normalize("NFKC", text))


def half_width(text: str) -> str:
    """Return the text with full-width forms made half-width, each run of white space one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def tidy(text: str) -> str:
    """Return the text in NFC, each run of white space as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
