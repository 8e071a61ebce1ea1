"""What a document says, set by hand: `ID.truth.json` in a folder of the corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

ENDING = ".truth.json"


class TrueIndicator(msgspec.Struct, frozen=True):
    """An indicator as printed; a blank field is one that the document does not state."""

    level3: str
    level1: str = ""
    level2: str = ""
    value: str = ""
    actual: str = ""
    weight: str = ""
    score: str = ""


class TrueSubject(msgspec.Struct, frozen=True):
    """A project or the department: its names, its money in yuan, its goals and indicators."""

    name: str
    aliases: list[str] = []
    amounts: list[Decimal] = []
    goals: list[str] = []
    indicators: list[TrueIndicator] = []


class TrueStatement(msgspec.Struct, frozen=True):
    """A budget table: its title, and some of its figures in yuan."""

    title: str
    figures: list[Decimal] = []


class Truth(msgspec.Struct, frozen=True):
    """A document. `level` "head" means that only the facts of its beginning are known.

    `department_also` are other right names of the body whose paper it is. In a `regional` form
    the value of an indicator joins those of its recipients: 甲县2；乙县3.
    """

    id: str
    kind: str
    department: str
    fiscal_year: int | None
    region: str | None
    level: Literal["project", "department", "head"] = "head"
    subjects: list[TrueSubject] = []
    statements: list[TrueStatement] = []
    province: str = ""
    source: str = ""
    department_also: list[str] = []
    regional: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A document of the corpus as one kind of file, with its truth."""

    file: Path
    truth: Truth

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.file.name


def corpus(folders: Sequence[Path], formats: Sequence[str], only: str = "") -> Iterator[Known]:
    """Yield the documents of some folders, by their names; the truth may be in another folder.

    Args:
        folders: Folders that hold documents and their truth, at any depth.
        formats: The endings of the files wanted: "html", "docx".
        only: A part of the names wanted.
    """
    truths = dict[str, Truth]()
    for path in (path for of in folders for path in sorted(of.rglob(f"*{ENDING}"))):
        truths.setdefault(path.name.removesuffix(ENDING), _truth(path))
    endings = {f".{name}" for name in formats}
    for path in (path for of in folders for path in sorted(of.rglob("*"))):
        if path.suffix in endings and path.stem in truths and only in path.name:
            beside = path.with_name(path.stem + ENDING)
            yield Known(path, _truth(beside) if beside.exists() else truths[path.stem])


def _truth(path: Path) -> Truth:
    return msgspec.json.decode(path.read_bytes(), type=Truth)
