"""The words of manifests, from `extract/manifest.toml`."""

import re
from typing import Literal

import msgspec

from jixiao.config import cache, folder
from jixiao.config.toml_files import Regex, read_toml
from jixiao.model.record import BodyKind, DocumentKind
from jixiao.text import fold

Column = Literal[
    "path", "department", "department_code", "body_kind", "region", "fiscal_year", "kind",
    "url", "publisher", "published", "licence",
]  # fmt: skip


class ManifestWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`manifest.toml`: headers of columns, words of values, forms of years, days and addresses."""

    year: Regex
    date: Regex
    address: Regex
    columns: dict[Column, list[str]]
    kinds: dict[DocumentKind, list[str]]
    body_kinds: dict[BodyKind, list[str]]
    licences: dict[str, list[str]]


@cache
def manifest_words() -> ManifestWords:
    """Return the content of `manifest.toml`."""
    return read_toml(folder("extract") / "manifest.toml", ManifestWords)


def bare(text: str) -> str:
    """Return a word as it is compared: without white space, "_", "-" and case."""
    return re.sub(r"[_-]", "", fold(text)).lower()


def column_of(header: str) -> Column | None:
    """Return the column that a header means, None if no column has it."""
    wanted = bare(header)
    columns = manifest_words().columns
    return next((c for c, words in columns.items() if wanted in map(bare, words)), None)
