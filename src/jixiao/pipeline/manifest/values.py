"""Reads one value of a manifest; what cannot be read is a fault that says what to write instead."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from typing import TypeVar

from pyoxigraph import NamedNode

from jixiao.extraction.identity.divisions import by_name
from jixiao.extraction.manifest_words import Column, bare, manifest_words
from jixiao.messages import message
from jixiao.model.divisions import by_code
from jixiao.model.message import Message
from jixiao.model.record import Region
from jixiao.text import fold, tidy

Value = str | int | Region
_Key = TypeVar("_Key", bound=str)
_NAMED = 6  # divisions that a message names at most


class ManifestValueError(ValueError):
    """A value that cannot be used; `reason` says why, and what to write."""

    def __init__(self, code: str, **fields: object) -> None:
        self.reason: Message = message(f"manifest-{code}", **fields)
        super().__init__(self.reason.en)


def value_of(column: Column, text: str) -> Value:
    """Return what a cell of a column states.

    Args:
        column: The column.
        text: Its text, not blank.

    Raises:
        ManifestValueError: The text is no value of the column.

    """
    words = manifest_words()
    match column:
        case "fiscal_year":
            return _year(text)
        case "region":
            return _region(text)
        case "kind":
            return _one_of(words.kinds, "bad-kind", text)
        case "body_kind":
            return _one_of(words.body_kinds, "bad-body-kind", text)
        case "published":
            return _day(text)
        case "url":
            return _address("bad-url", text)
        case "licence":
            named = _key_of(words.licences, text)
            return named or _address("bad-licence", text, known=_first_words(words.licences))
        case "department_code":
            return fold(text)
        case _:
            return tidy(text)


def _year(text: str) -> int:
    match = re.fullmatch(manifest_words().year, fold(text))
    if match is None:
        raise ManifestValueError("bad-year", value=text)
    return int(match["year"])


def _day(text: str) -> str:
    match = re.fullmatch(manifest_words().date, fold(text))
    if match is None:
        raise ManifestValueError("bad-date", value=text)
    parts = [int(part) for part in match.groups() if part]
    try:
        date(*(*parts, 1, 1)[:3])
    except ValueError as error:
        raise ManifestValueError("bad-date", value=text) from error
    return "-".join(f"{part:02}" for part in parts)


def _region(text: str) -> Region:
    wanted = fold(text)
    if wanted.isascii() and wanted.isdigit():
        region = by_code(wanted)
        if region is None:
            raise ManifestValueError("bad-region-code", value=text)
        return region
    found = by_name(wanted)
    codes = {region.code: (name, region) for name, region in found.items()}
    if not codes:
        raise ManifestValueError("bad-region", value=text)
    if len(codes) > 1:
        named = [f"{code} {name}" for code, (name, _) in sorted(codes.items())]
        more = ["…"] if len(named) > _NAMED else []
        raise ManifestValueError(
            "many-regions", value=text, known=", ".join([*named[:_NAMED], *more])
        )
    return next(iter(found.values()))


def _one_of(words: Mapping[_Key, Sequence[str]], code: str, text: str) -> _Key:
    key = _key_of(words, text)
    if key is None:
        raise ManifestValueError(code, value=text, known=_first_words(words))
    return key


def _key_of(words: Mapping[_Key, Sequence[str]], text: str) -> _Key | None:
    wanted = bare(text)
    return next((k for k, w in words.items() if wanted in map(bare, [str(k), *w])), None)


def _first_words(words: Mapping[_Key, Sequence[str]]) -> str:
    """Return the words that a message names: of each key the first in English and in Chinese."""
    firsts = ((w[0], *(word for word in w if not word.isascii())) for w in words.values())
    return ", ".join(chain.from_iterable(first[:2] for first in firsts))


def _address(code: str, text: str, **fields: object) -> str:
    address = text.strip()
    try:
        # The RDF library has the last word: an address that is no IRI could not be stored.
        valid = bool(re.fullmatch(manifest_words().address, address)) and bool(NamedNode(address))
    except ValueError:
        valid = False
    if not valid:
        raise ManifestValueError(code, value=text, **fields)
    return address
