"""Proposes words for headers and labels that the knowledge lacks: what the structure says they are.

A column is read by its content and its place where its header says nothing. Its header is then a
word of that role, for a person to accept. Where the structure is not sure, a proposal has a doubt.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from jixiao.documents.model import DocumentContent, Table
from jixiao.extraction.evidence.likeness import NOT_LIKE, Likeness, bare
from jixiao.extraction.evidence.rules import evidence_rules
from jixiao.extraction.evidence.shapes import shape
from jixiao.extraction.field_words import Label, column_lexicon, label_like, nearest_label
from jixiao.extraction.forms.blocks import Block, Column
from jixiao.extraction.forms.drawn import DrawnForm, draw
from jixiao.extraction.forms.form_head import pair_place
from jixiao.extraction.forms.funding import unit_in
from jixiao.extraction.forms.grid import distinct, text
from jixiao.extraction.forms.pairs import Pair
from jixiao.extraction.forms.parts import Part, parts_of
from jixiao.extraction.forms.years import relative_header
from jixiao.extraction.identity import identify
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.segments import split
from jixiao.model.record import Where

Doubt = Literal["", "long", "unplaced", "shared", "known", "torn", "low", "label"]
_NO_WORDS = frozenset({"none", "recipient"})  # roles that no header word has
_NO_ROLE = frozenset({"other", "none", "recipient"})
_FIGURES = frozenset({"number", "money", "quantity"})
_GOALS = frozenset({"goal"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word for a header or a label.

    Attributes:
        kind: Whether it heads a column or is a label.
        printed: The header or label as printed.
        word: The word to add: a header's year is the word for it, 上年实现值 for 2021年实现值.
        role: The role of the column, with the scope of a value ("value:annual"), or the field of
            the label; blank where nothing speaks for one.
        doubt: Why a person must decide, blank where the structure is sure: "long" no word so long
            is compared, "unplaced" no role is given to the column, "shared" the header is over
            several columns, "known" it is a word of the role `rival`, "torn" it heads columns of
            `rival` too, "low" the confidence is low, "label" all labels.
        like: The known word of the role that is nearest; for a label, of all.
        confidence: That of the column's role, 0 to 1; of a label, its likeness.
        rival: The role that comes next, or that speaks against this one.
        cells: The first texts below the header or beside the label.
        where: The place of the header, or of the label's value.
        label: The keys of the label that this one is like, None if it is like none.
    """

    kind: Literal["column", "label"]
    printed: str
    word: str
    role: str
    doubt: Doubt
    like: Likeness
    confidence: float
    rival: str
    cells: tuple[str, ...]
    where: Where
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Proposals:
    """The words proposed for a document, the forms that have them as printed, and their number.

    `read` counts all forms that were found, with and without proposals.
    """

    words: tuple[Proposal, ...]
    forms: tuple[DrawnForm, ...]
    read: int


def propose(content: DocumentContent) -> Proposals:
    """Return words for the headers and labels of a document that are not known.

    Args:
        content: The document as it was read from the file.
    """
    content, ledger = split(content), Ledger()
    year = identify(content, ledger).year
    parts = list(parts_of(content, year, ledger))
    found = [list(_of_part(part, year)) for part in parts]
    words = _settled([proposal for each in found for proposal in each])
    doubtful = {proposal.printed for proposal in words}
    forms = [
        draw(part.table, part.above, part.blocks, part.pairs, doubtful)
        for part, each in zip(parts, found, strict=True)
        if each
    ]
    return Proposals(tuple(words), tuple(forms), len(parts))


def _of_part(part: Part, year: int | None) -> Iterator[Proposal]:
    for block in part.blocks:
        for column in block.columns:
            if proposal := _of_column(block, column, year):
                yield proposal
    for pair in part.pairs:
        if proposal := _of_label(part.table, pair):
            yield proposal


def _of_column(block: Block, column: Column, year: int | None) -> Proposal | None:
    """Return the proposal for a column's header, None where the header is known or cannot help."""
    rules = evidence_rules()
    cells = _texts(text(cell) for cell in distinct(column.cells))
    if column.role in _NO_WORDS or column.head is None or not column.header or not cells:
        return None
    word = relative_header(column.header, year)
    certain = column.confidence >= rules.confidence.certain
    if column.like.word == bare(word) or (certain and column.like.score >= rules.learning.known):
        return None
    role, rival, doubt = column.role, column.rival, _doubt(block, column, word)
    if role == "other":
        role = "" if rival in _NO_ROLE else rival
        rival = "other"
    if known := _known_as(word, role):
        rival, doubt = known, "known" if doubt in ("", "low") else doubt
    return Proposal(
        kind="column",
        printed=column.header,
        word=word,
        role=role,
        doubt=doubt,
        like=column_lexicon().scores(word).get(role, NOT_LIKE) if doubt else column.like,
        confidence=column.confidence,
        rival=rival,
        cells=cells,
        where=block.table.place(column.head, row=column.head.row),
    )


def _doubt(block: Block, column: Column, word: str) -> Doubt:
    rules = evidence_rules()
    if len(bare(word)) > rules.likeness.longest:
        return "long"
    if column.role == "other":
        return "unplaced"
    if sum(other.head is column.head for other in block.columns) > 1:
        return "shared"
    return "low" if column.confidence < rules.confidence.told else ""


def _known_as(word: str, role: str) -> str:
    """Return another role that has the very word, blank if none has."""
    family = role.partition(":")[0]
    likes = column_lexicon().scores(word).items()
    same = (name for name, like in likes if like.word == bare(word))
    return next((name for name in same if name.partition(":")[0] != family), "")


def _of_label(table: Table, pair: Pair) -> Proposal | None:
    """Return the proposal for a label, None where it is known."""
    known = evidence_rules().learning.known
    if not pair.label or (pair.mark is not None and pair.likeness >= known):
        return None
    field = pair.mark.field if pair.mark else _field_of(pair)
    too_long = len(bare(pair.label)) > evidence_rules().likeness.longest
    return Proposal(
        kind="label",
        printed=pair.label,
        word=pair.label,
        role=field,
        doubt="long" if too_long else "label",
        like=nearest_label(pair.label),
        confidence=pair.likeness,
        rival="other",
        cells=_texts([pair.stated]),
        where=pair_place(table, pair),
        label=pair.mark,
    )


def _field_of(pair: Pair) -> str:
    """Return the field that the place or the shape of a label's value speaks for, else blank."""
    kind = shape(pair.stated)
    money = pair.heading is not None or any(unit_in(t) for t in (pair.label, *pair.above))
    if money and kind in _FIGURES:
        return "amount"
    if field := evidence_rules().learning.fields.get(kind):
        return field
    beside = pair.above[-1] if pair.above else ""
    return "goal" if label_like(beside, _GOALS)[1] >= evidence_rules().learning.known else ""


def _texts(stated: Iterable[str]) -> tuple[str, ...]:
    """Return the first texts that are not blank, each once."""
    return tuple(dict.fromkeys(filter(None, stated)))[: evidence_rules().learning.cells]


def _settled(found: list[Proposal]) -> list[Proposal]:
    """Return each word once for a role, the least sure; one for several roles is in doubt."""
    least = dict[tuple[str, str, str], Proposal]()
    for proposal in found:
        key = proposal.kind, proposal.role, bare(proposal.word)
        before = least.get(key)
        if before is None or (bool(proposal.doubt), -proposal.confidence) > (
            bool(before.doubt),
            -before.confidence,
        ):
            least[key] = proposal
    roles = dict[tuple[str, str], list[str]]()
    for kind, role, word in least:
        roles.setdefault((kind, word), []).append(role)
    return [
        replace(proposal, doubt="torn", rival=others[0])
        if (others := [r for r in roles[kind, word] if r != role]) and not proposal.doubt
        else proposal
        for (kind, role, word), proposal in least.items()
    ]
