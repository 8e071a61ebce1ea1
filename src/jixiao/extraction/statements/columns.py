"""Finds what the columns of a budget table are: those that name a row, and those with values.

The words of the header and the shape of the cells speak together: codes look like codes, the
numbers of lines count up, and names are words, whatever they are headed.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jixiao.documents.model import Table
from jixiao.extraction.statements.headers import Header, naming
from jixiao.extraction.statements.rules import (
    Classification,
    ColumnMeaning,
    is_figure,
    is_total,
    meaning_of,
    statement_rules,
)
from jixiao.model.record import Column
from jixiao.text import fold

_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z]")


@dataclass(frozen=True, slots=True)
class Section:
    """Columns that belong together: those that name a row, and those with its values.

    A table of revenue and expenditure has two sections side by side. A code is in one column, or
    each of its parts (类, 款, 项) is in a separate one of `codes`; `code_in_name` is true if it
    stands before the name in the same cell.
    """

    name: str | None
    naming: int | None
    codes: tuple[int, ...]
    line: int | None
    values: tuple[int, ...]
    code_in_name: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns with values by their number, the sections, and what the codes are of."""

    meanings: dict[int, Column]
    sections: tuple[Section, ...]
    classification: Classification | None


def columns_of(table: Table, header: Header) -> Columns:
    """Return what the columns of a table are.

    Args:
        table: The table.
        header: Its header.
    """
    body = range(header.body, len(table.grid))
    texts = {c: [t for r in body if (t := fold(table.text(r, c)))] for c in header.columns}
    kinds = _kinds(header, texts)
    groups = list(_groups(header, kinds))
    sections = tuple(_sections(header, groups, kinds, texts))
    staged = len({s for c in header.columns for s in _stages(header.parts[c])}) > 1
    meanings = dict[int, Column]()
    for section in sections:
        taken = set[str]()
        for c in section.values:
            label = _unique(header.label(c) or f"({c + 1})", taken)
            meanings[c] = _column(label, header.parts[c], texts[c], kinds.get(c), staged=staged)
    return Columns(meanings, sections, _classification(sections, texts))


def split_name(name: str) -> tuple[str, str]:
    """Return the name and the code of a cell that has both, a blank code if it has none."""
    match = re.fullmatch(statement_rules().shapes.code_in_name, name.strip())
    return (match["name"], match["code"]) if match else (name, "")


def class_code(text: str) -> str:
    """Return the digits of a code, as printed if it is none of a classification."""
    digits = re.sub(r"[-.·\s]", "", text)
    return digits if _classification_of(digits) else "".join(text.split())


def _kinds(header: Header, texts: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """Return the columns that name a row, as "line", "code", "part", "name" or "words".

    Columns of "words" have names by their content alone.
    """
    found = dict[int, str]()
    for c in header.columns:
        words = [fold(part) for part in header.parts[c]]
        kind = next(
            (k for word in reversed(words) if (k := naming(word)) or not is_total(word)), None
        )
        known = bool(words) and meaning_of(words[-1]) is not None
        if kind := _by_shape(kind, texts[c], known=known and kind is None):
            found[c] = kind
    for c in header.columns:
        # Parts of a code without a header: three digits, then two and two.
        if found.get(c) == "code" and all(len(t) <= 3 for t in texts[c]) and len(texts[c]) > 2:
            after = [d for d in (c + 1, c + 2) if d in texts and d not in found]
            parts = [
                d for d in after if texts[d] and all(re.fullmatch(r"\d{1,2}", t) for t in texts[d])
            ]
            if parts and parts == after[: len(parts)]:
                found |= dict.fromkeys([c, *parts], "part")
    return found


def _by_shape(kind: str | None, texts: Sequence[str], *, known: bool) -> str | None:
    """Return what a column is by its content, where that is enough to tell against the header."""
    shapes = statement_rules().shapes
    named = [text for text in texts if not is_total(text)]
    if len(named) < shapes.least or known:
        return kind
    words = sum(1 for text in named if _WORD.search(text)) / len(named)
    if kind in ("code", "line") and words >= shapes.most:
        return "name"
    if kind == "name" and sum(map(is_figure, named)) / len(named) >= shapes.most:
        return "code" if _are_codes(named) else None
    if kind is None:
        if _count_up(named):
            return "line"
        if _are_codes(named):
            return "code"
        return "words" if words >= shapes.most else None
    return kind


def _count_up(texts: Sequence[str]) -> bool:
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,3}", text)]
    return (
        len(numbers) == len(texts)
        and len(texts) > 4
        and all(b - a == 1 for a, b in pairwise(numbers))
    )


def _are_codes(texts: Sequence[str]) -> bool:
    """Tell whether texts are class codes: most extend one above, or all are of one level."""
    codes = [text for text in texts if _classification_of(text)]
    if len(codes) < statement_rules().shapes.most * len(texts):
        return False
    longer = [code for code in codes if len(code) > 3]
    return 2 * sum(code[:-2] in codes for code in longer) >= len(longer)


def _groups(header: Header, kinds: Mapping[int, str]) -> Iterator[list[int]]:
    """Yield the columns of each section: those that name a row, then those with its values."""
    group, first_name = list[int](), None
    for at, c in enumerate(header.columns):
        names = kinds.get(c)
        follows = any(other not in kinds for other in header.columns[at + 1 :])
        complete = any(other in kinds for other in group) and group[-1] not in kinds
        if names and complete and follows and (names != "words" or _like(header, c, first_name)):
            yield group
            group = []
        if names in ("name", "words") and first_name is None:
            first_name = c
        group.append(c)
    if group:
        yield group


def _like(header: Header, column: int, first: int | None) -> bool:
    """Tell whether a column is headed as the first one of names, or under another heading."""
    if first is None:
        return False
    parts, others = header.parts[column], header.parts[first]
    return parts[-1:] == others[-1:] or (len(parts) > 1 and parts[0] != others[0])


def _sections(
    header: Header,
    groups: Sequence[Sequence[int]],
    kinds: Mapping[int, str],
    texts: Mapping[int, Sequence[str]],
) -> Iterator[Section]:
    line = next((c for c in header.columns if kinds.get(c) == "line"), None)
    for group in groups:
        named = _naming_columns(group, kinds)
        names = [c for c in named if kinds[c] in ("name", "words")]
        naming_column = names[-1] if names else None
        lines = [c for c in named if kinds[c] == "line"]
        codes = _codes(named, kinds)
        own = {naming_column, *codes, *lines[:1]}
        heading = None
        if len(groups) > 1 and naming_column is not None:
            heading = "/".join(header.parts[naming_column][:-1]) or None
        in_name = naming_column is not None and not codes and _has_codes(texts[naming_column])
        yield Section(
            name=heading,
            naming=naming_column,
            codes=codes,
            line=lines[0] if lines else line,
            values=tuple(c for c in group if c not in own),
            code_in_name=in_name,
        )


def _naming_columns(group: Sequence[int], kinds: Mapping[int, str]) -> list[int]:
    """Return the columns at the left of a section that name its rows; some may be before them."""
    first = next((i for i, c in enumerate(group) if c in kinds), len(group))
    last = next((i for i, c in enumerate(group) if i > first and c not in kinds), len(group))
    return list(group[first:last])


def _codes(columns: Sequence[int], kinds: Mapping[int, str]) -> tuple[int, ...]:
    """Return the columns of the code: the last one, or the last ones with its parts."""
    parts = [c for c in columns if kinds[c] == "part"]
    if not parts:
        return tuple([c for c in columns if kinds[c] == "code"][-1:])
    first = parts[-1]
    while first - 1 in parts:
        first -= 1
    return tuple(range(first, parts[-1] + 1))


def _has_codes(texts: Sequence[str]) -> bool:
    named = [text for text in texts if not is_total(text)]
    codes = [code for text in named if (code := split_name(text)[1]) and _classification_of(code)]
    return len(named) > 0 and 2 * len(codes) > len(named)


def _column(
    label: str, parts: Sequence[str], texts: Sequence[str], kind: str | None, *, staged: bool
) -> Column:
    """Return the meaning of a column by its header words, or by its content if none is known."""
    words = [fold(part) for part in parts]
    stages, dimensions = list(_stages(parts)), dict[str, str]()
    meaning, above = _meaning_at(words, len(words) - 1), len(words) - 1
    if meaning and meaning.stage:
        above -= 1
        meaning = _meaning_at(words, above) or meaning
    if meaning:
        dimensions |= meaning.dimensions
    for at in range(above):
        heading = _meaning_at(words, at)
        if heading and heading.covers:
            dimensions = heading.dimensions | dimensions
    if staged and stages:
        dimensions["budgetStage"] = stages[-1]
    if kind is not None:
        return Column(label, "text", dimensions)
    if meaning:
        return Column(label, meaning.role, dimensions)
    figures = sum(map(is_figure, texts))
    return Column(label, "text" if 2 * figures < len(texts) else "amount", dimensions)


def _meaning_at(words: Sequence[str], at: int) -> ColumnMeaning | None:
    return meaning_of(words[at]) if 0 <= at < len(words) else None


def _stages(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        meaning = meaning_of(fold(part))
        if meaning and meaning.stage:
            yield meaning.stage


def _unique(label: str, taken: set[str]) -> str:
    """Return a label that no other column of the section has."""
    number, unique = 1, label
    while unique in taken:
        number += 1
        unique = f"{label} ({number})"
    taken.add(unique)
    return unique


def _classification(
    sections: Sequence[Section], texts: Mapping[int, Sequence[str]]
) -> Classification | None:
    """Return the classification that most codes are of, None without codes."""
    found = Counter[Classification]()
    for section in sections:
        stated = list(texts[section.codes[0]]) if section.codes else []
        if section.code_in_name and section.naming is not None:
            stated = [split_name(text)[1] for text in texts[section.naming]]
        found.update(of for text in stated if (of := _classification_of(class_code(text))))
    return found.most_common(1)[0][0] if found else None


def _classification_of(code: str) -> Classification | None:
    shapes = statement_rules().shapes
    if re.fullmatch(shapes.functional, code):
        return "functional"
    return "economic" if re.fullmatch(shapes.economic, code) else None
