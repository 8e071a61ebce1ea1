"""Applies what the user's manifest states about a paper to the record of it.

What is stated wins over what was read. The value that was read stays in the record as evidence, and
a problem tells both where they differ.
"""

from typing import Any, TypeVar

import msgspec

from jixiao.extraction.evidence.categories import category_rules
from jixiao.extraction.forms.categories import category, scheme_of
from jixiao.extraction.identity.region import region_of
from jixiao.extraction.problems import problem
from jixiao.messages import message
from jixiao.model.manifest import ManifestRow
from jixiao.model.record import Document, Found, Goal, Problem, Project, Provenance, Record, Region
from jixiao.text import fold

_Holder = TypeVar("_Holder", Goal, Project)

_IDENTITY = ("department", "department_code", "body_kind", "region", "fiscal_year", "kind")
_PROVENANCE = ("url", "publisher", "published", "licence")
# The problems of a fact that was not found: a manifest that states it settles them.
_SETTLES = {"department": "no-department", "fiscal_year": "no-year"}


def stated(record: Record, row: ManifestRow) -> Record:
    """Return the record with what a row of the manifest states.

    A department that is named after a division brings its region, unless the row has one. A year
    brings the indicator schemes of that year.

    Args:
        record: What was read from the file; it is not changed.
        row: What the user states about it.
    """
    values: dict[str, Any] = {f: v for f in _IDENTITY if (v := getattr(row, f)) is not None}
    words = dict(row.words)
    if row.department and row.region is None:
        region = region_of(fold(row.department))
        if region:
            values["region"], words["region"] = region, row.department
    document, found = record.document, dict(record.document.found)
    told = list[Problem]()
    for field, value in values.items():
        read = _found(document, field)
        differs = read is not None and not _same(getattr(document, field), value)
        said = words.get(field, _shown(value))
        found[field] = Found("manifest", said, None, read if differs else None)
        if read and differs:
            told.append(
                problem(
                    "manifest-differs",
                    read.where,
                    field=message(f"field-{field}"),
                    stated=_shown(value),
                    read=_shown(getattr(document, field)),
                )
            )
    provenance: dict[str, str] = {f: v for f in _PROVENANCE if (v := getattr(row, f)) is not None}
    for field, text in provenance.items():
        found[field] = Found("manifest", words.get(field, text), None)
    settled = {_SETTLES[field] for field in values if field in _SETTLES}
    if not _same_schemes(document.fiscal_year, row.fiscal_year):
        record = _with_schemes_of(record, row.fiscal_year)
    return msgspec.structs.replace(
        record,
        document=msgspec.structs.replace(
            document,
            **values,
            found=found,
            provenance=Provenance(**provenance) if provenance else None,
        ),
        problems=(*told, *(p for p in record.problems if p.code not in settled)),
    )


def _found(document: Document, field: str) -> Found | None:
    """Return what the document itself says, None where it says nothing."""
    value = getattr(document, field)
    if value is None or value == "":
        return None
    return document.found.get(field) or Found("document", _shown(value), None)


def _same(read: object, value: object) -> bool:
    if isinstance(read, Region) and isinstance(value, Region):
        return read.code == value.code
    return fold(str(read)) == fold(str(value))


def _shown(value: object) -> str:
    return f"{value.name} {value.code}" if isinstance(value, Region) else str(value)


def _same_schemes(read: int | None, year: int | None) -> bool:
    """Tell whether a stated year leaves the indicator schemes possible that reading chose from."""
    since = [scheme.since for scheme in category_rules().schemes]
    return year is None or all((read is None or read >= s) == (year >= s) for s in since)


def _with_schemes_of(record: Record, year: int | None) -> Record:
    """Return the record with the schemes of a year and the categories that follow from them."""
    overall = record.overall_goal
    return msgspec.structs.replace(
        record,
        overall_goal=_in_scheme_of(overall, year) if overall else None,
        goals=tuple(_in_scheme_of(goal, year) for goal in record.goals),
        projects=tuple(_in_scheme_of(project, year) for project in record.projects),
    )


def _in_scheme_of(holder: _Holder, year: int | None) -> _Holder:
    scheme = scheme_of([(i.level1, i.level2) for i in holder.indicators], year)
    return msgspec.structs.replace(
        holder,
        scheme=scheme.id if scheme else None,
        indicators=tuple(
            msgspec.structs.replace(
                indicator,
                category=category(scheme, (indicator.level1, indicator.level2)) if scheme else None,
            )
            for indicator in holder.indicators
        ),
    )
