"""Converts places on pages that were straightened for reading back to the pages as printed."""

from collections.abc import Iterable
from typing import cast

import msgspec

from jixiao.documents.model import Skew
from jixiao.model.record import Record, Where


def as_printed(record: Record, skews: Iterable[Skew]) -> Record:
    """Return a record whose places are those on the pages as printed.

    Args:
        record: A record with places on straightened pages.
        skews: The rotation of each page that was straightened.
    """
    pages = {skew.page: skew for skew in skews}
    return cast("Record", _rotated(record, pages)) if pages else record


def _rotated(value: object, pages: dict[int, Skew]) -> object:
    """Return a value with all places inside it rotated."""
    if isinstance(value, tuple):
        return tuple(_rotated(part, pages) for part in cast("tuple[object, ...]", value))
    if isinstance(value, dict):
        parts = cast("dict[str, object]", value)
        return {name: _rotated(part, pages) for name, part in parts.items()}
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: _rotated(getattr(value, name), pages) for name in value.__struct_fields__}
    if isinstance(value, Where) and (skew := pages.get(value.page or 0)):
        fields["bbox"] = value.bbox and skew.as_printed(value.bbox)
    return msgspec.structs.replace(value, **fields)
