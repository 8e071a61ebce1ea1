"""TODO docstring of text."""

import unicodedata


def glue(before: str, after: str) -> str:
    """Join two printed lines: a space only between Latin words."""
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii()
    return f"{before} {after}" if latin and after[:1].isalpha() else before + after


def squeeze(text: str) -> str:
    """Return the text without white space, as texts are compared."""
    return "".join(text.split())


def fold(text: str) -> str:
    """Return the text without white space and with full-width forms made half-width."""
    return squeeze(unicodedata.normalize("NFKC", text))


def tidy(text: str) -> str:
    """Return the text in NFC with each run of white space as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
