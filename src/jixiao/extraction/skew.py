"""Says of pages that are askew where things are printed: they were turned to be read."""

from collections.abc import Iterable
from typing import cast

import msgspec

from jixiao.documents.model import Skew
from jixiao.model.record import Record, Where


def as_printed(record: Record, askew: Iterable[Skew]) -> Record:
    """Return a record whose places lie on the pages as they are."""
    pages = {skew.page: skew for skew in askew}
    return cast("Record", _turned(record, pages)) if pages else record


def _turned(value: object, pages: dict[int, Skew]) -> object:
    """Return a value with all places that are in it turned."""
    if isinstance(value, tuple):
        return tuple(_turned(part, pages) for part in cast("tuple[object, ...]", value))
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: _turned(getattr(value, name), pages) for name in value.__struct_fields__}
    if isinstance(value, Where) and (skew := pages.get(value.page or 0)):
        fields |= _place(value, skew)
    return msgspec.structs.replace(value, **fields)


def _place(where: Where, skew: Skew) -> dict[str, object]:
    cells = {
        name: spot if isinstance(spot, str) else skew.as_printed(spot)
        for name, spot in where.cells.items()
    }
    return {"bbox": where.bbox and skew.as_printed(where.bbox), "cells": cells}
