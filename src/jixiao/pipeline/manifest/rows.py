"""Reads the CSV file of a manifest into rows, with a fault for each line that cannot be used."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jixiao.documents.formats.plain_text import decode
from jixiao.errors import FileError, UsageError
from jixiao.extraction.manifest_words import Column, column_of, manifest_words
from jixiao.messages import message
from jixiao.model.manifest import ManifestRow
from jixiao.model.message import Message
from jixiao.pipeline.manifest.values import ManifestValueError, value_of

# What spreadsheets of various countries put between values; the first that fits the header.
_SEPARATORS = (",", "\t", ";")
# What Excel on Chinese Windows saves CSV as; each text in GBK is one in GB18030.
_ENCODING = "gb18030"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: the number of its first line, the path in it, and what it states."""

    number: int
    path: str
    row: ManifestRow


@dataclass(slots=True)
class Manifest:
    """The rows of a manifest, what is wrong with it, and what the user should know.

    `faults` and `notices` are sentences with the numbers of their lines.
    """

    path: Path
    lines: list[Line] = field(default_factory=list[Line])
    faults: list[tuple[int, Message]] = field(default_factory=list[tuple[int, Message]])
    notices: list[tuple[int, Message]] = field(default_factory=list[tuple[int, Message]])

    def fault(self, line: int, code: str, **fields: object) -> None:
        """Note what is wrong in a line."""
        self.faults.append((line, message(f"manifest-{code}", **fields)))

    def notice(self, line: int, code: str, **fields: object) -> None:
        """Note what the user should know of a line."""
        self.notices.append((line, message(f"manifest-{code}", **fields)))

    def refuse_faults(self) -> None:
        """Raise `UsageError` with a line for each fault, if there are any."""
        if self.faults:
            messages = self.as_messages(self.faults)
            raise UsageError(
                "manifest-faults",
                count=len(messages),
                path=self.path,
                faults=Message(
                    zh="\n".join(one.zh for one in messages),
                    en="\n".join(one.en for one in messages),
                ),
            )

    def as_messages(self, sentences: list[tuple[int, Message]]) -> list[Message]:
        """Return faults or notices in the order of the file, each after its file and line."""
        ordered = sorted(sentences, key=lambda sentence: sentence[0])
        return [message("manifest-line", path=self.path, line=n, said=said) for n, said in ordered]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Args:
        path: A CSV file in UTF-8 or GB18030, with a header in Chinese or English.

    Returns:
        Its rows and its faults; with faults in it, it is not to be used.

    Raises:
        FileError: The file cannot be read, or is no text.

    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileError("not-found", path=path) from error
    except OSError as error:
        raise FileError("unreadable", path=path, reason=error.strerror) from error
    manifest = Manifest(path)
    cells = _cells(decode(data, path, _ENCODING), manifest)
    number, header = next(cells, (1, list[str]()))
    columns = _columns(number, header, manifest)
    if "path" not in columns:
        known = ", ".join(manifest_words().columns["path"])
        manifest.fault(number, "no-path-column", known=known)
        return manifest
    for number, texts in cells:
        if len(texts) > len(columns) and any(texts[len(columns) :]):
            manifest.fault(number, "too-long", count=len(texts), columns=len(columns))
            continue
        row = dict[Column, str]()
        for at, (column, cell) in enumerate(zip(columns, texts, strict=False)):
            if column and cell:
                row[column] = cell
            elif cell and not header[at]:
                manifest.notice(number, "no-header", value=cell, column=at + 1)
        line = _line(number, row, manifest)
        if line:
            manifest.lines.append(line)
    return manifest


def _cells(text: str, manifest: Manifest) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    number = 1
    while True:
        try:
            texts = next(reader, None)
        except csv.Error as error:
            manifest.fault(number, "not-csv", reason=error)
            return
        if texts is None:
            return
        texts = [cell.strip() for cell in texts]
        if any(texts):
            yield number, texts
        number = reader.line_num + 1


def _separator(text: str) -> str:
    """Return what separates the values: that by which most headers are known."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(
        _SEPARATORS,
        key=lambda by: sum(column_of(header.strip('" ')) is not None for header in first.split(by)),
    )


def _columns(number: int, header: Sequence[str], manifest: Manifest) -> list[Column | None]:
    """Return the column of each header; those that are unknown are told."""
    columns = list[Column | None]()
    for text in header:
        column = column_of(text)
        if column is None and text:
            known = ", ".join(words[0] for words in manifest_words().columns.values())
            manifest.notice(number, "unknown-column", name=text, known=known)
        if column in columns and column is not None:
            manifest.fault(number, "same-column", name=text, other=header[columns.index(column)])
        columns.append(column)
    return columns


def _line(number: int, texts: dict[Column, str], manifest: Manifest) -> Line | None:
    path = texts.pop("path", "")
    values = dict[str, Any]()
    for column, text in texts.items():
        try:
            values[column] = value_of(column, text)
        except ManifestValueError as bad:
            manifest.faults.append((number, bad.reason))
    if not path:
        if texts:
            manifest.fault(number, "no-path")
        return None
    return Line(
        number,
        path,
        ManifestRow(**values, words={str(column): text for column, text in texts.items()}),
    )
