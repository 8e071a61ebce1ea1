"""Finds the documents that the rows of a manifest are about.

A path counts from the folder of the manifest, or else from the working directory. A file in an
archive is named as a build names it: `papers.zip/2024/a.pdf`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from pyoxigraph import NamedNode

from jixiao.errors import FileError
from jixiao.model.manifest import ManifestRow
from jixiao.model.message import Message
from jixiao.pipeline.manifest.rows import Line, Manifest, read_manifest
from jixiao.pipeline.sources import Source
from jixiao.rdf.iris import document_iri


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated about the documents of a build, and what the user should know of it."""

    rows: dict[NamedNode, ManifestRow] = field(default_factory=dict[NamedNode, ManifestRow])
    notices: tuple[Message, ...] = ()


def stated_by(path: Path, sources: Sequence[Source]) -> Stated:
    """Return what a manifest states about files.

    Rows whose file is not there, or not among these files, are told, and so are unknown columns.

    Args:
        path: The manifest.
        sources: The files of a build.

    Raises:
        FileError: The manifest cannot be read.
        UsageError: The manifest has faults; the message has a line for each.

    """
    manifest = read_manifest(path)
    given = {_full(source): source for source in sources}
    lines, left = dict[str, Line](), list[Line]()
    rows = dict[NamedNode, tuple[Line, ManifestRow]]()
    for line in manifest.lines:
        place = _place(line, given, manifest)
        if place is None:
            continue
        before = lines.setdefault(place, line)
        if before is not line:
            manifest.fault(line.number, "same-file", file=line.path, other=before.number)
            continue
        source = given.get(place)
        if source is None:
            left.append(line)
            continue
        document = _document_of(source)
        # The build tells why a file cannot be read, and a row of a path alone states nothing.
        if document is None or line.row == ManifestRow():
            continue
        first = rows.setdefault(document, (line, line.row))[0]
        if first.row.digest() != line.row.digest():
            manifest.fault(
                line.number, "same-content", file=line.path, other=first.number, first=first.path
            )
    if left:
        manifest.notice(left[0].number, "not-given", count=len(left), file=left[0].path)
    manifest.refuse_faults()
    return Stated(
        {document: row for document, (_, row) in rows.items()},
        tuple(manifest.as_messages(manifest.notices)),
    )


def _document_of(source: Source) -> NamedNode | None:
    """Return the document that a file is by its content, None if it cannot be read."""
    try:
        source.fetch()
        with source.path.open("rb") as content:
            return document_iri(file_digest(content, "sha256").hexdigest())
    except (OSError, FileError):
        return None
    finally:
        source.release()


def _full(source: Source) -> str:
    """Return the full path of a file; one in an archive is below it as in a folder."""
    if source.archive:
        return str(source.archive.resolve() / source.inside)
    return str(source.path.resolve())


def _place(line: Line, given: dict[str, Source], manifest: Manifest) -> str | None:
    """Return the full path of the file that a row is about, None where there is none or two."""
    # Tables that are made on Windows write "2024\a.pdf", which may be a file's name elsewhere.
    for text in dict.fromkeys((line.path, line.path.replace("\\", "/"))):
        bases = (manifest.path.resolve().parent, Path.cwd())
        full = dict.fromkeys(_resolved(base, text) for base in bases)
        there = [place for place in full if place in given or os.path.isfile(place)]  # noqa: PTH113
        if len(there) > 1:
            manifest.fault(line.number, "two-files", file=line.path, one=there[0], other=there[1])
            return None
        if there:
            return there[0]
    manifest.notice(line.number, "no-file", file=line.path)
    return None


def _resolved(base: Path, text: str) -> str:
    try:
        return str((base / text).resolve())
    except (OSError, ValueError):  # too long, or with characters that no path has
        return ""
