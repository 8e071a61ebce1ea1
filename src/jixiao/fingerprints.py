"""Fingerprints of the stages: they decide what a build must do again for a document.

A document is read again when the code or the knowledge that reads it has changed, mapped again when
the mapping has, checked again when the rules have. Each stage has a digest of its own files; a
change in an earlier stage leads to all later ones. So a comment in a page of the workbench does
nothing to data, and a changed rule reads no PDF.

`tests/test_fingerprints.py` holds the tables below against what the modules really import.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from jixiao.config import cache, folder

Stage = Literal["read", "map", "check"]
STAGES: tuple[Stage, ...] = ("read", "map", "check")

_SUFFIXES = (".py", ".toml", ".ttl")


@dataclass(frozen=True, slots=True)
class Files:
    """Files and folders that a stage is made of.

    `code` are paths below the package, `knowledge` paths below the folder that holds `extract/`,
    `ontology/`, `shapes/` and `queries/`; `without` are paths of either kind that are left out.
    """

    code: tuple[str, ...]
    knowledge: tuple[str, ...]
    without: tuple[str, ...] = ()


_LEXICONS_OF_MAPPING = (
    "extract/bodies.toml",
    "extract/identities.toml",
    "extract/lexicons/likeness.toml",
    "extract/lexicons/signs.toml",
)
READ = Files(
    code=(
        "config/toml_files.py",
        "text.py",
        "model/divisions.py",
        "model/manifest.py",
        "model/message.py",
        "model/money.py",
        "model/record.py",
        "documents",
        "extraction",
    ),
    knowledge=("extract",),
    # What a manifest states is part of the mapping by its values, whatever words they were in.
    without=(*_LEXICONS_OF_MAPPING, "extract/manifest.toml"),
)
MAP = Files(
    code=("rdf",),
    knowledge=("ontology/jixiao.ttl", "ontology/codes", *_LEXICONS_OF_MAPPING),
    without=(
        "rdf/findings.py",
        "rdf/jsonld_context.py",
        "rdf/questions.py",
        "rdf/rdf_files.py",
        "rdf/rdflib_graph.py",
    ),
)
CHECK = Files(
    code=(
        "checks",
        "model/finding.py",
        "rdf/findings.py",
        "rdf/rdflib_graph.py",
    ),
    knowledge=("shapes",),
    without=("checks/lint", "checks/skeletons", "shapes/examples"),
)
COMPARE = Files(
    code=("comparison",),
    knowledge=("extract/lexicons/likeness.toml",),
)


class Fingerprints(msgspec.Struct, frozen=True):
    """What a document was read, mapped and checked by: a fingerprint for each stage."""

    read: str = ""
    map: str = ""
    check: str = ""

    def first_changed(self, before: "Fingerprints") -> Stage | None:
        """Return the first stage that must be done again, or None.

        Args:
            before: what the document was made by the last time.

        """
        return next((s for s in STAGES if getattr(self, s) != getattr(before, s)), None)


@cache
def current() -> Fingerprints:
    """Return the fingerprints of this program with the knowledge in use."""
    return Fingerprints(read=_digest(READ), map=_digest(MAP), check=_digest(CHECK))


@cache
def comparison() -> str:
    """Return the fingerprint of the stage that compares documents with each other."""
    return _digest(COMPARE)


def _digest(stage: Files) -> str:
    digest = sha256()
    for path, file in _files(stage):
        digest.update(path.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:10]


def _files(stage: Files) -> Iterator[tuple[str, Traversable]]:
    """Yield the files of a stage with their paths, in order."""
    for path in stage.code:
        yield from _below(path, files("jixiao") / path, stage.without)
    for path in stage.knowledge:
        name, _, inside = path.partition("/")
        # The user's folder is a layer over the shipped one; each counts by itself.
        for number, layer in enumerate(folder(name).layers):
            place = layer / inside if inside else layer
            if place.is_file() or place.is_dir():
                for below, file in _below(path, place, stage.without):
                    yield f"{number}/{below}", file


def _below(
    path: str, place: Traversable, without: tuple[str, ...]
) -> Iterator[tuple[str, Traversable]]:
    if path in without:
        return
    if place.is_file():
        if path.endswith(_SUFFIXES):
            yield path, place
        return
    for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
        if not entry.name.startswith((".", "__pycache__")):
            yield from _below(f"{path}/{entry.name}", entry, without)
