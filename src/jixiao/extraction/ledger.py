"""Accounts for all that is printed: each cell, and each character of the prose, counts once.

A reader claims what it has read. What nobody claims is unread, and told.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from jixiao.documents.model import Cell, Table, Text
from jixiao.model.record import Coverage, Unread, Where

Role = Literal["value", "label", "heading", "furniture", "unread"]


@dataclass(slots=True)
class Ledger:
    """What became of each cell and of the characters of each paragraph.

    Cells are known by their place (table, row, column), so that parts of a table count in it.
    Paragraphs are known by their identity: they stand once in a document.
    """

    cells: dict[tuple[int, int, int], Role] = field(
        default_factory=dict[tuple[int, int, int], Role]
    )
    reasons: dict[tuple[int, int, int], str] = field(
        default_factory=dict[tuple[int, int, int], str]
    )
    prose: dict[int, list[Role]] = field(default_factory=dict[int, list[Role]])

    def claim(self, table: Table, cell: Cell, role: Role, reason: str = "") -> None:
        """Tell what a cell is; what was told first stays, but for "unread".

        Args:
            table: The table, or a part of it.
            cell: One of its cells.
            role: What became of it.
            reason: For "unread", the code of the reason.
        """
        place = self._place(table, cell)
        if self.cells.get(place, "unread") == "unread":
            self.cells[place] = role
            if reason:
                self.reasons[place] = reason

    def merge(self, other: "Ledger") -> None:
        """Take over what another ledger tells of cells, as if it had been told here."""
        for place, role in other.cells.items():
            if self.cells.get(place, "unread") == "unread":
                self.cells[place] = role
        self.reasons.update(other.reasons)

    def claimed(self, table: Table, cell: Cell) -> bool:
        """Tell whether a cell was read."""
        return self.cells.get(self._place(table, cell), "unread") != "unread"

    def is_value(self, table: Table, cell: Cell) -> bool:
        """Tell whether a cell was read as a value."""
        return self.cells.get(self._place(table, cell)) == "value"

    def release(self, table: Table, cell: Cell) -> None:
        """Tell that a cell was not read after all."""
        self.cells[self._place(table, cell)] = "unread"

    def claim_text(self, text: Text, role: Role, start: int = 0, end: int | None = None) -> None:
        """Tell what the characters of a paragraph from `start` up to `end` are."""
        stated = text.text
        roles = self.prose.setdefault(id(text), ["unread"] * len(stated))
        for at in range(start, len(stated) if end is None else end):
            if roles[at] == "unread":
                roles[at] = role

    def close(
        self, blocks: Iterable[Text | Table]
    ) -> tuple[tuple[Coverage, ...], tuple[Unread, ...]]:
        """Return the coverage of each table and of the prose of each page, and what is unread."""
        coverage, unread = list[Coverage](), list[Unread]()
        prose = dict[int | None, tuple[Where, Counter[str]]]()
        for block in blocks:
            if isinstance(block, Table):
                coverage.append(self._table(block, unread))
                continue
            where = block.where()
            page = prose.setdefault(where.page, (Where(page=where.page), Counter()))[1]
            page.update(self._characters(block, where, unread))
        coverage += [Coverage(kind="prose", where=w, **counts) for w, counts in prose.values()]
        return tuple(coverage), tuple(unread)

    def _place(self, table: Table, cell: Cell) -> tuple[int, int, int]:
        row, column = table.position(cell)
        return table.number, row, column

    def _table(self, table: Table, unread: list[Unread]) -> Coverage:
        counts = Counter[str]()
        for cell in (cell for cell in table.cells if cell.text.text.strip()):
            place = self._place(table, cell)
            role = self.cells.get(place, "unread")
            counts[role] += 1
            if role == "unread":
                where = _cell_place(table, cell)
                unread.append(Unread(cell.text.text, self.reasons.get(place, "no-label"), where))
        return Coverage(kind="table", where=table.where(0), **counts)

    def _characters(self, text: Text, where: Where, unread: list[Unread]) -> Iterable[str]:
        stated = text.text
        roles = self.prose.get(id(text), ["unread"] * len(stated))
        seen = [(c, role) for c, role in zip(stated, roles, strict=True) if not c.isspace()]
        left = "".join(c for c, role in seen if role == "unread")
        if left:
            unread.append(Unread(left, "prose", where))
        return [role for _, role in seen]


def _cell_place(table: Table, cell: Cell) -> Where:
    where = cell.text.where()
    return Where(
        page=where.page,
        table=table.number,
        row=table.position(cell)[0] + 1,
        bbox=where.bbox,
        line=where.line,
        path=where.path,
        continued=where.continued,
    )
