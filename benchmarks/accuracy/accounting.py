"""Holds readings to account: each printed cell counts once, and what is read is in the record.

python -m benchmarks.accuracy.accounting [FOLDER]... [--mutations 2000] [--seed 1]

Of each document, and of copies that are cut and shuffled at random:

counted  the cells with text, and the characters of the prose, are as many as the record's
         `coverage` counts, and nothing is lost where sheets are cut into tables
kept     each cell that is claimed as a value occurs in the record, or each part of it does where
         it is taken apart: goals split by their numbers, a first level with its points, a label
         with its value in one cell, codes and signs
read     nothing is raised
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from benchmarks.accuracy.blind import nonsense
from benchmarks.accuracy.reading import cells_of, opened, record_of
from jixiao.documents.model import Cell, DocumentContent, Table, Text
from jixiao.extraction.kept import has, texts_of
from jixiao.extraction.ledger import Ledger
from jixiao.extraction.segments import split
from jixiao.model.record import Record
from jixiao.text import fold, squeeze

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "tests" / "data", ROOT / "tests" / "layouts"]
ENDINGS = (".html", ".docx", ".xlsx")


@dataclass(frozen=True, slots=True)
class Account:
    """What is wrong with the account of a reading: blank lists where it holds."""

    counted: list[str]
    kept: list[str]


def documents(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the documents of some folders that need no other program to be read."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in ENDINGS and path.parent.name != "hostile":
                yield path


def account(content: DocumentContent) -> Account:
    """Read a document, and return what its account lacks.

    Args:
        content: Its paragraphs and tables.
    """
    ledger = Ledger()
    record = record_of(content, ledger)
    parts = split(content)
    return Account(list(miscounted(content, parts, record)), list(lost(parts, record, ledger)))


def miscounted(content: DocumentContent, parts: DocumentContent, record: Record) -> Iterator[str]:
    """Yield what does not count once.

    Args:
        content: A document.
        parts: The same, its sheets cut into their tables.
        record: What was read of it.
    """
    before, after = _characters(content), _characters(parts)
    if before != after:
        yield f"cut into tables, {before} characters are {after}"
    printed = {
        "table": sum(
            bool(squeeze(c.text.text)) for t in parts.blocks if isinstance(t, Table)
            for c in cells_of(t)
        ),
        "prose": sum(len(squeeze(t.text)) for t in parts.blocks if isinstance(t, Text)),
    }  # fmt: skip
    counted = Counter[str]()
    for cover in record.coverage:
        roles = (cover.value, cover.label, cover.heading, cover.furniture, cover.unread)
        counted[cover.kind] += sum(roles)
    for kind, number in printed.items():
        if counted[kind] != number:
            yield f"{number} of {kind} are printed, {counted[kind]} accounted for"


def _characters(content: DocumentContent) -> int:
    return sum(
        len(squeeze(text))
        for block in content.blocks
        for text in (
            [block.text] if isinstance(block, Text) else [c.text.text for c in cells_of(block)]
        )
    )


def lost(parts: DocumentContent, record: Record, ledger: Ledger) -> Iterator[str]:
    """Yield the cells that are claimed as values and are not in the record.

    Args:
        parts: A document, its sheets cut into their tables.
        record: What was read of it.
        ledger: What became of each cell.
    """
    texts = texts_of(record)
    whole = fold("\n".join(texts))
    for table in (block for block in parts.blocks if isinstance(block, Table)):
        for cell in cells_of(table):
            place = (table.number, *table.position(cell))
            stated = fold(cell.text.text)
            if stated and ledger.cells.get(place) == "value" and not has(whole, stated):
                yield f"table {place[0]}, row {place[1] + 1}, column {place[2] + 1}: {stated[:60]}"


def mutated(content: DocumentContent, chance: random.Random) -> DocumentContent:
    """Return a document with one to three changes at random in each of its tables."""
    blocks = list(content.blocks)
    for at, block in enumerate(blocks):
        if isinstance(block, Table) and block.grid and block.grid[0]:
            for _ in range(chance.randint(1, 3)):
                block = chance.choice(CHANGES)(block, chance)
            blocks[at] = block
    return replace(content, blocks=tuple(blocks))


Grid = list[list[Text]]


def _plain(table: Table) -> tuple[Grid, list[list[int]]]:
    """Return the text at each position of a table, and a number for the cell that it is of."""
    empty = Text()
    numbers = {id(cell): at for at, cell in enumerate(cells_of(table), start=1)}
    texts = [[cell.text if cell else empty for cell in row] for row in table.grid]
    return texts, [[numbers[id(cell)] if cell else 0 for cell in row] for row in table.grid]


def _rebuilt(table: Table, texts: Grid, numbers: list[list[int]]) -> Table:
    """Return a table of texts; equal numbers side by side in a rectangle are one cell."""
    height, width = len(texts), len(texts[0])
    grid: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    for row in range(height):
        for column in range(width):
            if grid[row][column] is not None or not numbers[row][column]:
                continue
            number, columns, rows = numbers[row][column], 1, 1
            while (
                column + columns < width
                and numbers[row][column + columns] == number
                and grid[row][column + columns] is None
            ):
                columns += 1
            while row + rows < height and all(
                numbers[row + rows][c] == number and grid[row + rows][c] is None
                for c in range(column, column + columns)
            ):
                rows += 1
            cell = Cell(texts[row][column], row, column, rows, columns)
            for r in range(row, row + rows):
                grid[r][column : column + columns] = [cell] * columns
    return replace(table, grid=grid)


def _without_row(table: Table, chance: random.Random) -> Table:
    texts, numbers = _plain(table)
    if len(texts) < 3:
        return table
    at = chance.randrange(len(texts))
    return _rebuilt(table, texts[:at] + texts[at + 1 :], numbers[:at] + numbers[at + 1 :])


def _row_twice(table: Table, chance: random.Random) -> Table:
    texts, numbers = _plain(table)
    at, most = chance.randrange(len(texts)), max(map(max, numbers))
    again = [number and number + most for number in numbers[at]]
    return _rebuilt(
        table, [*texts[: at + 1], texts[at], *texts[at + 1 :]],
        [*numbers[: at + 1], again, *numbers[at + 1 :]],
    )  # fmt: skip


def _rows_swapped(table: Table, chance: random.Random) -> Table:
    texts, numbers = _plain(table)
    one, other = chance.randrange(len(texts)), chance.randrange(len(texts))
    texts[one], texts[other] = texts[other], texts[one]
    numbers[one], numbers[other] = numbers[other], numbers[one]
    return _rebuilt(table, texts, numbers)


def _turned(table: Table) -> Table:
    texts, numbers = _plain(table)
    columns = [list(column) for column in zip(*texts, strict=True)]
    return _rebuilt(table, columns, [list(column) for column in zip(*numbers, strict=True)])


def _of_columns(change: Callable[[Table, random.Random], Table]) -> Callable[..., Table]:
    """Return a change of rows as one of columns."""

    def changed(table: Table, chance: random.Random) -> Table:
        return _turned(change(_turned(table), chance))

    return changed


def _blanked(table: Table, chance: random.Random) -> Table:
    return _with_text(table, chance, lambda _: "")


def _renamed(table: Table, chance: random.Random) -> Table:
    return _with_text(table, chance, nonsense)


def _with_text(table: Table, chance: random.Random, change: Callable[[str], str]) -> Table:
    copy = deepcopy(table)
    cells = list(cells_of(copy))
    if cells:
        cell = chance.choice(cells)
        cell.text = msgspec.structs.replace(cell.text, lines=(), plain=change(cell.text.text))
    return copy


def _merged(table: Table, chance: random.Random) -> Table:
    """Merge a rectangle of cells; it has the text of the first, the others are gone."""
    texts, numbers = _plain(table)
    row, column = chance.randrange(len(texts)), chance.randrange(len(texts[0]))
    number = max(map(max, numbers)) + 1
    for r in range(row, min(row + chance.randint(1, 3), len(texts))):
        for c in range(column, min(column + chance.randint(1, 3), len(texts[0]))):
            texts[r][c], numbers[r][c] = texts[row][column], number
    return _rebuilt(table, texts, numbers)


def _header_renamed(table: Table, chance: random.Random) -> Table:
    """Replace all words of one row by nonsense."""
    copy = deepcopy(table)
    for cell in {id(c): c for c in chance.choice(copy.grid) if c}.values():
        words = nonsense(cell.text.text)
        cell.text = msgspec.structs.replace(cell.text, lines=(), plain=words)
    return copy


CHANGES: tuple[Callable[[Table, random.Random], Table], ...] = (
    _without_row,
    _row_twice,
    _rows_swapped,
    _of_columns(_without_row),
    _of_columns(_row_twice),
    _of_columns(_rows_swapped),
    _blanked,
    _renamed,
    _merged,
    _header_renamed,
)


def main() -> None:
    """Read all documents and their mutations, and print what their accounts lack."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path, default=FOLDERS)
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=40, help="how many faults to print")
    given = parser.parse_args()
    contents = [(path.name, opened(path)) for path in documents(given.folders)]
    faults, told = Counter[str](), list[str]()
    for name, content in contents:
        _note(name, content, faults, told)
    print("| read | documents | not counted once | values not kept | raised |")
    print("|---|---|---|---|---|")
    row = " | ".join(str(faults[kind]) for kind in ("counted", "kept", "raised"))
    print(f"| as they are | {len(contents)} | {row} |", flush=True)
    faults.clear()
    for number in range(given.mutations):
        chance = random.Random(f"{given.seed}-{number}")
        name, content = contents[chance.randrange(len(contents))]
        _note(f"{name}, mutation {given.seed}-{number}", mutated(content, chance), faults, told)
    row = " | ".join(str(faults[kind]) for kind in ("counted", "kept", "raised"))
    print(f"| mutated | {given.mutations} | {row} |")
    for fault in told[: given.shown]:
        print(fault)


def _note(name: str, content: DocumentContent, faults: Counter[str], told: list[str]) -> None:
    """Count a document under each kind of fault that its account has."""
    try:
        found = account(content)
    except Exception as error:  # whatever is raised is a fault of the reader
        faults["raised"] += 1
        told.append(f"raised: {name}: {error!r}")
        return
    for kind, lines in (("counted", found.counted), ("kept", found.kept)):
        faults[kind] += bool(lines)
        told += [f"{kind}: {name}: {line}" for line in lines]


if __name__ == "__main__":
    main()
