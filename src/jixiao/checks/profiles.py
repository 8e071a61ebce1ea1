"""Profiles: the thresholds, switches and weights of a review, from `shapes/profiles/`."""

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec
from pyoxigraph import Literal, NamedNode, Triple

from jixiao.checks.catalogue import rules
from jixiao.config import Entry, cache, folder
from jixiao.config.toml_files import CodeOf, read_toml
from jixiao.errors import UsageError
from jixiao.model.finding import Severity
from jixiao.model.message import Message
from jixiao.rdf.namespaces import CODE, HOME, JX, RDF, XSD

AUTO = "auto"
_DEFAULT = "default"


class Requires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The categories that a project must have, by notation, on the first and the second level."""

    level1: list[Annotated[str, CodeOf("category")]]
    level2: list[Annotated[str, CodeOf("category")]]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How strictly to review.

    What it does not say is as in the shipped profile that it `extends`, by default `default`.
    `scheme` is the indicator scheme whose documents it is taken for; `requires` is by scheme, and
    under "*" whichever scheme the document is of. `weights` are points, by severity.
    """

    label: Message
    extends: Annotated[str, CodeOf("profile")] | None = None
    scheme: Annotated[str, CodeOf("indicator-scheme")] | None = None
    thresholds: dict[Annotated[str, CodeOf("threshold")], Decimal] = {}
    severity: dict[Annotated[str, CodeOf("rule")], Severity] = {}
    off: list[Annotated[str, CodeOf("rule")]] = []
    weights: dict[Severity, Decimal] = {}
    requires: dict[str, Requires] = {}


@cache
def names() -> tuple[str, ...]:
    """Return the names of the profiles of the knowledge in use, in order."""
    return tuple(file.name.removesuffix(".toml") for file in _folder().files(".toml"))


def load(name: str) -> Profile:
    """Return a shipped profile by its name, or one by its path; raises `UsageError`.

    One by its path is read anew: it may have been edited.
    """
    if name in names():
        return _shipped(name)
    if not Path(name).is_file():
        raise UsageError("profile-unknown", name=name, known=", ".join((AUTO, *names())))
    return _read(name, Path(name))


@cache
def _shipped(name: str) -> Profile:
    return _read(name, _folder() / f"{name}.toml")


def _read(name: str, file: Path | Entry) -> Profile:
    own = read_toml(file, Profile, "bad-review-profile")
    if name == _DEFAULT:
        return own
    base = load(own.extends if own.extends in names() and own.extends != name else _DEFAULT)
    strange = {*own.thresholds} - {*base.thresholds} | {*own.severity, *own.off} - {*rules()}
    strange |= {own.extends or _DEFAULT} - {*names()}
    if strange:
        told = f"unknown: {', '.join(sorted(strange))}"
        raise UsageError("bad-review-profile", path=file, reason=told)
    return msgspec.structs.replace(
        own,
        thresholds=base.thresholds | own.thresholds,
        severity=base.severity | own.severity,
        off=[*base.off, *own.off],
        weights=base.weights | own.weights,
        requires=own.requires or base.requires,
    )


def digest(profile: str | Profile) -> str:
    """Return what changes with a profile: documents that were held to another are held anew."""
    if profile == AUTO:
        return AUTO
    known = profile if isinstance(profile, Profile) else load(profile)
    return hashlib.sha256(msgspec.json.encode(known, order="sorted")).hexdigest()[:10]


def _folder() -> Entry:
    return folder("shapes") / "profiles"


def suiting(schemes: Iterable[str]) -> str:
    """Return the profile for documents of these schemes: the default where they differ."""
    found = set(schemes)
    for name in names():
        if {load(name).scheme} == found:
            return name
    return _DEFAULT


def facts(profile: Profile, schemes: Iterable[str]) -> Iterator[Triple]:
    """Yield what the shapes read of a profile: its thresholds, and what each scheme requires."""
    for name, number in sorted(profile.thresholds.items()):
        node = NamedNode(f"{HOME}threshold/{name}")
        yield Triple(node, RDF.value, Literal(f"{number:f}", datatype=XSD.decimal))
    for scheme in schemes:
        asked = profile.requires.get("*") or profile.requires.get(scheme)
        for level in ("1", "2") if asked else ():
            for notation in getattr(asked, f"level{level}"):
                category = CODE[f"indicator/{scheme}/{notation}"]
                yield Triple(CODE[f"indicator/{scheme}"], JX[f"requiresLevel{level}"], category)
