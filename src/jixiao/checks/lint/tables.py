"""Checks TOML files: their form, the patterns in them, and the names that they use."""

import difflib
import re
from collections.abc import Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from jixiao.checks.lint.faults import Faults
from jixiao.checks.lint.known import Known
from jixiao.checks.profiles import Profile
from jixiao.checks.rule_files import Case, Condition, QuestionExample, RuleFile, Words
from jixiao.config import Entry
from jixiao.config.toml_files import CodeOf, Merged, Pattern, Place, TomlError, convert, merged
from jixiao.extraction.evidence.categories import Categories
from jixiao.extraction.evidence.rules import Evidence
from jixiao.extraction.field_words import Fields, IndicatorLayout
from jixiao.extraction.forms.indicators import CostWords
from jixiao.extraction.forms.label_signs import LabelSigns
from jixiao.extraction.forms.subjects import SubjectRules
from jixiao.extraction.furniture import FurnitureRules
from jixiao.extraction.grounds import Grounds
from jixiao.extraction.identity.rules import FormerDivisions, IdentityRules
from jixiao.extraction.manifest_words import ManifestWords
from jixiao.extraction.narrative.alignment import AlignmentRules
from jixiao.extraction.narrative.descriptions import Descriptions
from jixiao.extraction.narrative.inline_rules import InlineRules
from jixiao.extraction.narrative.outline import OutlineRules
from jixiao.extraction.narrative.prose import Prose
from jixiao.extraction.narrative.remarks import Remarkable
from jixiao.extraction.narrative.report_bounds import ReportRules
from jixiao.extraction.narrative.sums import SumRules
from jixiao.extraction.segments import Segments
from jixiao.extraction.statements.rules import Statements
from jixiao.extraction.value_rules import Values
from jixiao.messages import message
from jixiao.model.message import Message
from jixiao.rdf.bodies import BodyNames
from jixiao.rdf.derived.accounting_identities import Identities
from jixiao.rdf.derived.text_features import Likeness, Signs

_KINDS: dict[str, Any] = {
    "extract/alignment.toml": AlignmentRules,
    "extract/bodies.toml": BodyNames,
    "extract/categories.toml": Categories,
    "extract/descriptions.toml": Descriptions,
    "extract/disclosure.toml": IdentityRules,
    "extract/evidence.toml": Evidence,
    "extract/fields.toml": Fields,
    "extract/former_divisions.toml": FormerDivisions,
    "extract/furniture.toml": FurnitureRules,
    "extract/grounds.toml": Grounds,
    "extract/identities.toml": Identities,
    "extract/indicators.toml": InlineRules,
    "extract/labels.toml": LabelSigns,
    "extract/lexicons/cost.toml": CostWords,
    "extract/lexicons/likeness.toml": Likeness,
    "extract/lexicons/signs.toml": Signs,
    "extract/outline.toml": OutlineRules,
    "extract/manifest.toml": ManifestWords,
    "extract/passages.toml": Remarkable,
    "extract/prose.toml": Prose,
    "extract/segments.toml": Segments,
    "extract/reports.toml": ReportRules,
    "extract/statements.toml": Statements,
    "extract/subjects.toml": SubjectRules,
    "extract/sums.toml": SumRules,
    "extract/values.toml": Values,
    "shapes/words.toml": Words,
}
_FOLDERS: dict[str, Any] = {
    "extract/layouts": IndicatorLayout,
    "shapes/profiles": Profile,
    "shapes/rules": RuleFile,
    "queries/examples": QuestionExample,
}
Visit = tuple[Place, Any, tuple[Any, ...]]


def kind_of(path: str) -> Any:
    """Return what a TOML file of this path is read as, None where none is read."""
    return _KINDS.get(path) or _FOLDERS.get(path.rpartition("/")[0])


def names() -> list[str]:
    """Return the paths of the TOML files that are read by their names."""
    return list(_KINDS)


def check_toml(file: Entry, known: Known, faults: Faults) -> None:
    """Note the faults of one file."""
    kind = kind_of(file.path)
    if kind is None:
        near = suggestion(file.path, [*_KINDS, *(f"{name}/…" for name in _FOLDERS)])
        faults.add(file, 1, "unread-file", near=near)
        return
    try:
        source = merged(file)
        value = convert(source, kind)
    except TomlError as fault:
        faults.put(fault.path, fault.line, "toml", fault.reason)
        return
    for place, part, marks in visits(value, kind, (), ()):
        _check_part(source, place, part, marks, known, faults)
    if isinstance(value, RuleFile):
        _check_rule(source, file, value, known, faults)


def visits(value: Any, kind: Any, place: Place, marks: tuple[Any, ...]) -> Iterator[Visit]:
    """Yield every part of a value with its place and the marks of its type."""
    origin = get_origin(kind)
    if origin is Annotated:
        kind, *more = get_args(kind)
        yield from visits(value, kind, place, (*marks, *more))
    elif origin in (Union, UnionType):
        fitting = [part for part in get_args(kind) if _fits(value, part)]
        if value is not None and fitting:
            yield from visits(value, fitting[0], place, marks)
    elif isinstance(value, msgspec.Struct):
        yield place, value, marks
        hints = get_type_hints(type(value), include_extras=True)
        for field in msgspec.structs.fields(value):
            at = (*place, field.encode_name)
            yield from visits(getattr(value, field.name), hints[field.name], at, ())
    elif isinstance(value, dict):
        key_kind, value_kind = get_args(kind) or (Any, Any)
        for key, part in cast("dict[str, Any]", value).items():
            yield from visits(key, key_kind, (*place, key), ())
            yield from visits(part, value_kind, (*place, key), ())
    elif isinstance(value, list | tuple):
        item_kind = (get_args(kind) or (Any,))[0]
        for number, part in enumerate(cast("Sequence[Any]", value)):
            yield from visits(part, item_kind, (*place, number), marks)
    else:
        yield place, value, marks


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    kind = get_origin(kind) or kind
    return kind is not NoneType and isinstance(kind, type) and isinstance(value, kind)


def _check_part(
    source: Merged, place: Place, part: Any, marks: tuple[Any, ...], known: Known, faults: Faults
) -> None:
    if isinstance(part, Message):
        for lang in ("zh", "en"):
            if not getattr(part, lang).strip():
                faults.add(*source.locate(place), "blank-language", name=_last(place), lang=lang)
    if isinstance(part, Condition) and not _is_whole(part):
        faults.add(*source.locate(place), "empty-condition")
    for mark in marks:
        _check_text(source, place, str(part), mark, known, faults)


def _check_text(
    source: Merged, place: Place, text: str, mark: Any, known: Known, faults: Faults
) -> None:
    """Note what is wrong with a pattern, or with a name that must stand for something."""
    if isinstance(mark, Pattern):
        if said := regex_fault(text):
            faults.add(*source.locate(place), "regex", pattern=text, reason=said)
        elif missing := [group for group in mark.groups if f"(?P<{group}>" not in text]:
            faults.add(*source.locate(place), "regex-group", pattern=text, name=missing[0])
    elif isinstance(mark, CodeOf) and not known.has(mark.scheme, text):
        near = suggestion(text, known.near(mark.scheme))
        if mark.scheme in known.names:
            kind = message(f"lint-kind-{mark.scheme}")
            faults.add(*source.locate(place), "unknown-name", kind=kind, name=text, near=near)
        else:
            faults.add(
                *source.locate(place), "unknown-code", scheme=mark.scheme, name=text, near=near
            )


def _is_whole(condition: Condition) -> bool:
    """Tell whether a condition asks for one thing."""
    asked = [condition.sign, condition.field, condition.category]
    return sum(part is not None for part in asked) == 1


def _last(place: Place) -> str:
    return str(next((step for step in reversed(place) if isinstance(step, str)), ""))


def regex_fault(pattern: str) -> str:
    """Return what Python says against a regular expression, blank where it takes it."""
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def suggestion(name: str, names: list[str]) -> Message:
    """Return a sentence with the nearest of the names, or one that says where to look."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return message("lint-near", name=near[0])
    few = sorted(names)[:8]
    return message("lint-known", names=", ".join(few)) if few else message("lint-none-known")


def _check_rule(source: Merged, file: Entry, rule: RuleFile, known: Known, faults: Faults) -> None:
    """Note what is wrong with a rule as a whole."""
    if rule.code != file.name.removesuffix(".toml"):
        faults.add(*source.locate(("code",)), "rule-name", rule=rule.code, name=file.name)
    others = [
        path for path in known.rules[rule.code] if path not in (file.path, "shapes/rules.ttl")
    ]
    if others:
        faults.add(*source.locate(("code",)), "duplicate-rule", rule=rule.code, other=others[0])
    cases: dict[Place, Case] = {("fails-if",): rule.fails_if}
    cases |= {("also", n, "fails-if"): case.fails_if for n, case in enumerate(rule.also)}
    for place, case in cases.items():
        if not case.all and not case.none:
            faults.add(*source.locate(place), "empty-case", rule=rule.code)
