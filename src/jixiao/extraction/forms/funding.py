"""Reads the amounts of money in a form, and the unit of money that it states."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from jixiao.documents.model import DocumentContent, Table, Text
from jixiao.extraction.evidence.shapes import shape
from jixiao.extraction.field_words import Label, field_words, label_like
from jixiao.extraction.identity import identity_rules
from jixiao.extraction.money import parse_money, to_yuan
from jixiao.extraction.word_matching import compiled
from jixiao.text import fold, squeeze

_FUNDS = frozenset({"amount", "department-amount"})


class Money(NamedTuple):
    """An amount of money: in yuan, as stated, and the label of the part that it is."""

    yuan: Decimal
    text: str
    part: Label | None = None


def unit_of(table: Table, rows: Iterable[int], above: list[Text]) -> str | None:
    """Return the unit of money that a table states, None if it states none.

    Args:
        table: A form.
        rows: The rows of its head.
        above: The paragraphs above the table; the nearest one that states a unit counts.
    """
    texts = [text for row in rows for text in table.texts(row)]
    # The table's unit precedes that of the text, which may be of the whole document.
    stated = (unit_in(text) for text in (*texts, *(block.text for block in reversed(above))))
    return next(filter(None, stated), None)


def unit_of_document(content: DocumentContent) -> str | None:
    """Return the unit that all statements of one (单位：万元) in a document agree on, if any."""
    texts = list[str]()
    for block in content.blocks:
        if isinstance(block, Table):
            texts += (cell.text.text for cell in block.cells)
        else:
            texts.append(block.text)
    rule = re.compile(identity_rules().unit)
    found = {match["unit"] for text in set(texts) for match in rule.finditer(squeeze(text))}
    return found.pop() if len(found) == 1 else None


def unit_in(text: str) -> str | None:
    """Return the unit of money that a label or heading states, None if it states none."""
    match = compiled(field_words().unit).search(squeeze(text))
    return match["unit"] if match else None


def money_of(stated: str, unit: str | None) -> list[Money]:
    """Return the amounts that a cell states: its own, and the parts that it lists.

    Args:
        stated: "12.5", "250万", or a sentence: "总额10606.75万元 一、财政拨款：6923.36万元".
        unit: The unit of an amount without one, None if that is not known.

    Returns:
        The cell's own amount first; none for a rate (1600元/亩), a text without money, or a bare
        number of which nothing tells the unit.
    """
    if (yuan := parse_money(stated, unit)) is not None:
        return [Money(yuan, stated)]
    return list(_listed(stated))


def is_bare(stated: str) -> bool:
    """Tell whether a cell has a number without a unit."""
    return shape(stated) == "number"


def _listed(stated: str) -> Iterator[Money]:
    words, begins = field_words(), 0
    for number, match in enumerate(re.finditer(words.amount_in_text, stated)):
        unit = words.short_units.get(match["unit"], match["unit"])
        yuan = to_yuan(fold(match["number"]), unit)
        before = re.split(r"[，。；;,（(、\s]", stated[begins : match.start()])[-1]
        mark, like = label_like(before, _FUNDS)
        begins = match.end()
        if number == 0:
            yield Money(yuan, stated)
        elif mark is not None and like > 0.7:
            yield Money(yuan, f"{before}{match[0]}", mark)


def is_blank(stated: str) -> bool:
    """Tell whether a cell states that there is no amount: —, /, 无."""
    return not stated or stated in field_words().blanks
