"""Headers that name a year: 2021年实现值 is last year's in a paper of 2022."""

import re

from jixiao.extraction.evidence.shapes import folded
from jixiao.extraction.field_words import field_words

_YEAR = re.compile(r"(20\d\d)年?(?:度)?")


def relative_header(header: str, year: int | None) -> str:
    """Return a header with the word for a year before, or this year, in place of its number.

    Args:
        header: A header as printed.
        year: The budget's year; None leaves the header as it is.
    """
    match = _YEAR.search(folded(header))
    if match is None or year is None:
        return header
    words = field_words().year_words
    word = words.before if int(match[1]) < year else words.this
    return folded(header).replace(match[0], word)
