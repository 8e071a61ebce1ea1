"""TOML files of the knowledge: merged over the layers, read strictly, with the line of a fault.

A user's file of the same name as a shipped one is merged with it: tables key by key, lists by
appending what is not there yet, anything else by taking the user's value. `replace = true` in a
table, or at the top of the file, takes the user's alone. In the place of a list there may be

    words = { after = ["…"], before = ["…"], remove = ["…"] }
    words = { replace = ["…"] }

A table in a list of tables is merged with the shipped one of the same `id` or `name`.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import msgspec

from jixiao.config import Entry
from jixiao.errors import UsageError
from jixiao.messages import message
from jixiao.model.message import Message

T = TypeVar("T")
Key = str | int
Place = tuple[Key, ...]
Table = dict[str, Any]
_LIST_FORMS = ({"before", "after", "remove"}, {"replace"})
_IDENTIFIERS = ("id", "name")
_TYPES = ("str", "int", "float", "decimal", "bool", "array", "object")
_SYNTAX = re.compile(r"^(?P<what>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_STEP = re.compile(r"\[(\d+|\.\.\.)\]|\.([\w-]+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Marks a text of a TOML file as a regular expression; `lint` looks for the groups."""

    groups: tuple[str, ...]

    def __init__(self, *groups: str) -> None:
        object.__setattr__(self, "groups", groups)


Regex = Annotated[str, Pattern()]


@dataclass(frozen=True, slots=True)
class CodeOf:
    """Marks a text of a TOML file as a code of a list ("unit"), or as a "rule"."""

    scheme: str


@dataclass(frozen=True, slots=True)
class TomlError(Exception):
    """A fault of a TOML file: which layer's file, its line, and what is wrong with it."""

    path: str
    line: int
    reason: Message


@dataclass(slots=True)
class Merged:
    """The value of a TOML file over all layers, and which file each part of it comes from.

    `origins` has, for what a layer above the first brought in, its place within that layer's file.
    """

    value: Table
    texts: list[tuple[str, str]]  # each layer's path and text
    origins: dict[Place, tuple[int, Place]] = field(default_factory=dict)

    def locate(self, place: Place) -> tuple[str, int]:
        """Return the path and the line of what stands at a place of the merged value."""
        for length in range(len(place), -1, -1):
            if origin := self.origins.get(place[:length]):
                layer, within = origin
                path, text = self.texts[layer]
                return path, line_of(text, (*within, *place[length:]))
        path, text = self.texts[0]
        return path, line_of(text, place)


def read_toml(file: Path | Entry, kind: type[T], fault: str = "bad-profile") -> T:
    """Return a TOML file as a strict value.

    Raises:
        UsageError: the file is not TOML, or not of this kind; `fault` is the error's code.

    """
    try:
        return convert(merged(file), kind)
    except TomlError as found:
        where = f"{found.path}:{found.line}"
        raise UsageError(fault, path=where, reason=found.reason) from found


def merged(file: Path | Entry) -> Merged:
    """Return a file's value, merged over its layers; raises `TomlError`."""
    layers = file.layers if isinstance(file, Entry) else (file,)
    result = Merged({}, [])
    for number, layer in enumerate(layers):
        try:
            text = layer.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise TomlError(str(layer), 1, message("lint-encoding")) from error
        value = parsed(text, str(layer))
        result.texts.append((str(layer), text))
        if number == 0:
            result.value = value
            continue
        if value.pop("replace", False) is True:
            result.value, result.origins = value, {(): (number, ())}
            continue
        _merge(result, number, result.value, value, (), ())
    return result


def parsed(text: str, path: str) -> Table:
    """Return a text of TOML; raises `TomlError` with the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _SYNTAX.match(str(error))
        line = int(match["line"]) if match and match["line"] else text.count("\n") + 1
        what = match["what"] if match else str(error)
        raise TomlError(path, line, message("lint-toml-syntax", reason=what)) from error


def convert(source: Merged, kind: type[T]) -> T:
    """Return a merged value as one of a kind; raises `TomlError` with the place of the fault."""
    try:
        return msgspec.convert(source.value, kind, strict=False)
    except msgspec.ValidationError as error:
        said, _, at = str(error).partition(" - at `$")
        place = _concrete(source.value, tuple(_steps(at.rstrip("`"))), kind, str(error))
        names = [step for step in place if isinstance(step, str)]
        reason, more = _explained(said, names[-1] if names else "")
        path, line = source.locate((*place, *more))
        raise TomlError(path, line, reason) from error


def _merge(
    result: Merged, layer: int, base: Table, over: Table, place: Place, within: Place
) -> None:
    """Lay a table over another, in place, and note where each part comes from."""
    for key, value in over.items():
        at, there = (*place, key), (*within, key)
        before = base.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            table = cast("Table", value)
            if table.pop("replace", False) is True:
                base[key] = table
                result.origins[at] = layer, there
            else:
                _merge(result, layer, cast("Table", before), table, at, there)
        elif isinstance(before, list):
            items: list[Any] = before  # pyright: ignore[reportUnknownVariableType]
            _merge_list(result, layer, items, value, (at, there))
        else:
            base[key] = value
            result.origins[at] = layer, there


def _merge_list(
    result: Merged, layer: int, base: list[Any], over: Any, places: tuple[Place, Place]
) -> None:
    at, there = places
    if isinstance(over, dict):
        _edit_list(result, layer, base, cast("Table", over), places)
        return
    if not isinstance(over, list):
        path, text = result.texts[layer]
        raise TomlError(path, line_of(text, there), message("lint-list-form", name=there[-1]))
    for number, item in enumerate(cast("Sequence[Any]", over)):
        same = _same(base, item)
        if same is not None:
            table = cast("Table", item)
            if table.pop("replace", False) is True:
                base[same] = table
                result.origins[(*at, same)] = layer, (*there, number)
            else:
                _merge(result, layer, base[same], table, (*at, same), (*there, number))
        elif item not in base:
            base.append(item)
            result.origins[(*at, len(base) - 1)] = layer, (*there, number)


def _same(base: list[Any], item: Any) -> int | None:
    """Return which table of a list has the `id` or the `name` of another table."""
    if not isinstance(item, dict):
        return None
    for key in _IDENTIFIERS:
        if key in item:
            for number, other in enumerate(base):
                if isinstance(other, dict) and cast("Table", other).get(key) == item[key]:
                    return number
    return None


def _edit_list(
    result: Merged, layer: int, base: list[Any], forms: Table, places: tuple[Place, Place]
) -> None:
    """Carry out `{ before, after, remove }` or `{ replace }` on a list, in place."""
    at, there = places
    path, text = result.texts[layer]
    fits = any(set(forms) <= known for known in _LIST_FORMS)
    if not forms or not fits or not all(isinstance(form, list) for form in forms.values()):
        raise TomlError(path, line_of(text, there), message("lint-list-form", name=there[-1]))
    for item in forms.get("remove", []):
        if item not in base:
            told = message("lint-remove-unknown", item=item, name=there[-1])
            raise TomlError(path, line_of(text, there), told)
    kept = [item for item in base if item not in forms.get("remove", [])]
    if "replace" in forms:
        kept = list(forms["replace"])
    first = [item for item in forms.get("before", []) if item not in kept]
    last = [item for item in forms.get("after", []) if item not in kept]
    base[:] = [*first, *kept, *last]
    result.origins[at] = layer, there  # the statement's line serves every item


def line_of(text: str, place: Place) -> int:
    """Return the line on which what stands at a place begins; 1 where it is not there.

    tomllib has no positions. But a file cut off after a statement is a TOML file too: the first
    cut that has the place ends with the statement that brings it in.
    """
    if not place:
        return 1
    begins = 1
    for ends, value in _cuts(text):
        if (found := _at(value, place)) is not _NOTHING:
            return _within(text.splitlines()[begins - 1 : ends], begins, found)
        begins = ends + 1
    return line_of(text, place[:-1])


_NOTHING = object()


@lru_cache(maxsize=4)
def _cuts(text: str) -> list[tuple[int, Table]]:
    """Return the files that a file is when it is cut off after each of its statements."""
    cuts, lines = list[tuple[int, Table]](), text.splitlines(keepends=True)
    for ends in range(1, len(lines) + 1):
        try:
            cuts.append((ends, tomllib.loads("".join(lines[:ends]))))
        except tomllib.TOMLDecodeError:
            continue
    return cuts


def _at(value: Any, place: Place) -> Any:
    for step in place:
        if isinstance(value, dict) and step in value:
            value = cast("Table", value)[cast("str", step)]
        elif isinstance(value, list) and isinstance(step, int):
            items = cast("Sequence[Any]", value)
            if step >= len(items):
                return _NOTHING
            value = items[step]
        else:
            return _NOTHING
    return value


def _within(lines: list[str], begins: int, value: object) -> int:
    """Return the line of a statement of several lines that has the value, else its first line."""
    blank = 0
    while blank < len(lines) - 1 and (not lines[blank].strip() or lines[blank].startswith("#")):
        blank += 1
    if isinstance(value, str) and value:
        for written in (f'"{value}"', f"'{value}'", value):
            for number, line in enumerate(lines):
                if written in line:
                    return begins + number
    return begins + blank


def _steps(path: str) -> Iterator[Key]:
    for match in _STEP.finditer(path):
        number, name = match.groups()
        yield name if name else (int(number) if number != "..." else "...")


def _concrete(value: Table, place: Place, kind: Any, fault: str) -> Place:
    """Return a place with the keys that msgspec leaves out of what it says (`$.units[...]`).

    A table of many keys of which only one is kept has the fault if that one has.
    """
    for number, step in enumerate(place):
        table = _at(value, place[:number])
        if step != "..." or not isinstance(table, dict):
            continue
        whole = dict(cast("Table", table))
        culprit = next((key for key in whole if _has_fault(value, table, key, kind, fault)), None)
        if culprit is None:
            return place[:number]
        place = (*place[:number], culprit, *place[number + 1 :])
    return place


def _has_fault(value: Table, table: Any, key: str, kind: Any, fault: str) -> bool:
    whole = dict(table)
    table.clear()
    table[key] = whole[key]
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        return str(error) == fault
    finally:
        table.clear()
        table.update(whole)
    return False


def _explained(said: str, name: str) -> tuple[Message, Place]:
    """Return what msgspec says of a field in both languages, and the key that it names."""
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", said):
        return message("lint-unknown-field", name=match[1]), (match[1],)
    if match := re.fullmatch(r"Object missing required field `(.*)`", said):
        return message("lint-missing-field", name=match[1]), ()
    if match := re.fullmatch(r"Expected `(.*)`, got `(.*)`", said):
        wanted, given = (_type_names(names) for names in match.groups())
        return message("lint-wrong-type", name=name, wanted=wanted, given=given), ()
    if match := re.fullmatch(r"Invalid enum value '?(.*?)'?", said):
        return message("lint-wrong-choice", name=name, given=match[1]), ()
    return Message(zh=said, en=said), ()


def _type_names(names: str) -> Message:
    """Return what msgspec calls a type, or several, in words."""
    words = [message(f"type-{name}") if name in _TYPES else None for name in names.split(" | ")]
    known = [word for word in words if word]
    return Message(
        zh=" / ".join(word.zh for word in known) or names,
        en=" or ".join(word.en for word in known) or names,
    )
