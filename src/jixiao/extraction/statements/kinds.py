"""Tells the kind of a budget table: by its title, its columns and its codes together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jixiao.documents.model import Text
from jixiao.extraction.segments import is_caption, is_note, is_title
from jixiao.extraction.statements.columns import Columns
from jixiao.extraction.statements.rules import StatementKind, fits, statement_rules
from jixiao.text import fold

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a table, and the kinds that its words mean, none for unknown words."""

    text: Text
    kinds: tuple[StatementKind, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a table; `doubtful` if its columns do not bear it out, or are all that do."""

    kind: StatementKind
    doubtful: bool


def title_of(above: Sequence[Text]) -> Title | None:
    """Return the title of a table among the texts above it.

    Args:
        above: The texts since the table before, the nearest last.

    Returns:
        The nearest text that names a kind of table, or else the nearest title; None without one.
    """
    nearest: Title | None = None
    for text in reversed(above[-statement_rules().around.title_within :]):
        if (is_caption(text.text) and not is_title(text.text)) or is_note(text.text):
            continue
        kinds = _kinds_of(text.text)
        if kinds:
            return Title(text, kinds)
        if is_title(text.text):
            return nearest if nearest and is_title(nearest.text.text) else Title(text, ())
        nearest = nearest or Title(text, ())
    return nearest


def kind_of(title: Title | None, columns: Columns, rows: Sequence[str]) -> Kind | None:
    """Return the kind of a table, None if nothing speaks for a budget table.

    Args:
        title: Its title.
        columns: Its columns.
        rows: The names of its rows, folded.
    """
    doubt = statement_rules().doubt
    if title and title.kinds:
        titled = max(title.kinds, key=lambda kind: _score(kind, columns, rows))
        return Kind(titled, doubtful=_score(titled, columns, rows) < doubt.title)
    scores = [(_score(kind, columns, rows), kind) for kind in statement_rules().statements]
    ordered = sorted(scores, key=lambda scored: -scored[0])
    (best, kind), (second, _) = ordered[:2]
    if best >= doubt.structure and best - second >= doubt.margin:
        return Kind(kind, doubtful=True)
    return None


def other_kind() -> StatementKind:
    """Return the kind of the budget tables that are of no kind of their own."""
    return next(kind for kind in statement_rules().statements if kind.kind == OTHER)


def _kinds_of(title: str) -> tuple[StatementKind, ...]:
    around, plain = statement_rules().around, fold(title)
    if not (is_title(title) or fits(plain, around.untabled)) or re.search(around.no_title, plain):
        return ()
    return tuple(
        kind
        for kind in statement_rules().statements
        if kind.title
        and all(re.search(pattern, plain) for pattern in kind.title)
        and not any(re.search(pattern, plain) for pattern in kind.no_title)
    )


def _score(kind: StatementKind, columns: Columns, rows: Sequence[str]) -> int:
    """Return how much of a table's structure speaks for a kind, less what speaks against it."""
    evidence, score = kind.evidence, 0
    labels = [fold(column.label) for column in columns.meanings.values()]
    sided = len(columns.sections) > 1 and not any(s.codes for s in columns.sections)
    if evidence.sides is not None:
        score += 2 if sided == evidence.sides else -2
    if evidence.codes and columns.classification:
        score += 1 if evidence.codes == columns.classification else -2
    score += sum(any(re.search(p, label) for label in labels) for p in evidence.columns)
    score -= 2 * sum(any(re.search(p, label) for label in labels) for p in evidence.no_columns)
    return score + sum(any(re.search(p, row) for row in rows) for p in evidence.rows)
