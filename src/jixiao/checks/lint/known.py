"""What names of the knowledge stand for: terms, codes, conditions, rules, words.

It is read leniently: a file that is not well-formed has a fault of its own and is left out here.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar, cast

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, QB, RDF, RDFS, SH, SKOS

from jixiao.checks.profiles import Profile
from jixiao.checks.rule_files import RuleFile, Words, rule_files
from jixiao.config import Entry, folder
from jixiao.config.toml_files import TomlError, convert, merged
from jixiao.errors import UsageError
from jixiao.extraction.field_words import Fields
from jixiao.rdf.namespaces import CODE, DCT, HOME, JX
from jixiao.rdf.namespaces import SH as SHACL
from jixiao.rdf.namespaces import SKOS as SK
from jixiao.rdf.turtle_lines import parse_turtle

CODES = CODE[""].value
# How terms are written as JSON and tables: that declares no term, it annotates one.
SERIALISATION = HOME + "serialisation#"
TERMS = JX[""].value
CONDITIONS = HOME + "shapes/condition#"
POPULATIONS = HOME + "shapes/population#"
DOUBTS = HOME + "shapes/doubt#"
SHAPES = HOME + "shapes#"
THRESHOLDS = HOME + "threshold/"
_INDICATOR = re.compile(re.escape(CODES) + r"indicator/(\w+)/(.+)")
# Vocabularies whose terms are all known: a misspelt one would never match anything.
_CLOSED = {str(space): space for space in (SH, RDF, RDFS, SKOS, DCTERMS, OWL, QB, ORG, PROV, FOAF)}
_OURS = (TERMS, HOME + "dimension#", CODES, CONDITIONS, POPULATIONS, DOUBTS)
# Fields of labels that the reader of forms knows besides those of `fields.toml`.
_LABEL_FIELDS = {"period", "start", "end", "ground", "particular"}


T = TypeVar("T")


@dataclass(slots=True)
class Known:
    """All names that resolve, by kind; and where each subject and each rule is declared."""

    subjects: dict[str, list[str]] = field(
        default_factory=lambda: defaultdict[str, list[str]](list)
    )
    rules: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict[str, set[str]](set))

    def resolves(self, iri: str) -> bool:
        """Tell whether an IRI of a known vocabulary or of ours names something."""
        if iri.startswith(_OURS):
            return iri in self.subjects
        for space, terms in _CLOSED.items():
            if iri.startswith(space):
                local = iri.removeprefix(space)
                return not local or local in cast("rdflib.Namespace", terms)
        return not iri.startswith(THRESHOLDS) or iri[len(THRESHOLDS) :] in self.names["threshold"]

    def has(self, kind: str, name: str) -> bool:
        """Tell whether a name of a TOML file stands for something."""
        if kind in self.names:
            return name in self.names[kind]
        return f"{CODES}{kind}/{name}" in self.subjects

    def near(self, kind: str) -> list[str]:
        """Return the names of a kind, to suggest from."""
        if kind in self.names:
            return sorted(self.names[kind])
        start = f"{CODES}{kind}/"
        return [iri.removeprefix(start) for iri in self.subjects if iri.startswith(start)]

    def iris_like(self, iri: str) -> list[str]:
        """Return the IRIs of the same namespace, to suggest from."""
        start = re.sub(r"[^#/]+$", "", iri)
        found = [known for known in self.subjects if known.startswith(start)]
        if start == THRESHOLDS:
            found += [start + name for name in self.names["threshold"]]
        for space, terms in _CLOSED.items():
            if start == space:
                found += [str(term) for term in dir(terms) if str(term).startswith(space)]
        return found


def known() -> Known:
    """Return what names resolve in the knowledge in use."""
    result = Known()
    ontology, shapes = folder("ontology"), folder("shapes")
    for file in (
        *ontology.files(".ttl"),
        *(ontology / "codes").files(".ttl"),
        *shapes.files(".ttl"),
    ):
        for quad in quads(file):
            _note(result, quad, file)
    _note_rules(result)
    _note_toml(result)
    return result


def quads(file: Entry) -> list[Quad]:
    """Return the statements of a file, none where it is not Turtle."""
    try:
        return list(parse_turtle(file))
    except UsageError:
        return []


def _note(result: Known, quad: Quad, file: Entry) -> None:
    subject = quad.subject
    if isinstance(subject, BlankNode) or not isinstance(subject, NamedNode):
        return
    if not quad.predicate.value.startswith(SERIALISATION):
        paths = result.subjects[subject.value]
        if file.path not in paths:
            paths.append(file.path)
    if quad.predicate == DCT.identifier and isinstance(quad.object, Literal):
        places = result.rules[quad.object.value]
        if file.path not in places:
            places.append(file.path)
    if quad.predicate == SHACL.select and subject.value.startswith(POPULATIONS):
        result.names["population"].add(subject.value.removeprefix(POPULATIONS))
    if subject.value.startswith(CONDITIONS):
        result.names["condition"].add(subject.value.removeprefix(CONDITIONS))
    if quad.predicate == DCT.title and subject.value.startswith(SHAPES):
        result.names["source"].add(subject.value.removeprefix(SHAPES))
    if match := _INDICATOR.fullmatch(subject.value):
        result.names["category"].add(match[2])
    if quad.predicate == SK.inScheme and isinstance(quad.object, NamedNode):
        scheme = quad.object.value.removeprefix(CODES)
        if scheme.startswith("indicator/"):
            result.names["indicator-scheme"].add(scheme.removeprefix("indicator/"))


def _note_rules(result: Known) -> None:
    for file in rule_files():
        try:
            code = convert(merged(file), RuleFile).code
        except TomlError:
            code = file.name.removesuffix(".toml")
        result.rules[code].append(file.path)
        result.subjects[SHAPES + code].append(file.path)
    result.names["rule"] = set(result.rules)


def _note_toml(result: Known) -> None:
    """Note the names that TOML files declare."""
    shapes = folder("shapes")
    profiles = (shapes / "profiles").files(".toml")
    result.names["profile"] = {file.name.removesuffix(".toml") for file in profiles}
    for file in profiles:
        if profile := _lenient(file, Profile):
            result.names["threshold"] |= (
                set(profile.thresholds) if file.name == "default.toml" else set()
            )
    if words := _lenient(shapes / "words.toml", Words):
        result.names |= {
            "of": set(words.things),
            "shown": set(words.shown),
            "field": set(words.fields),
            "in": set(words.signs),
        }
    fields_file = folder("extract") / "fields.toml"  # which fields there are is not the user's
    if fields := _lenient(Entry(fields_file.path, fields_file.layers[:1]), Fields):
        result.names["column"] = set(fields.columns)
        result.names["label"] = {label.field for label in fields.labels} | _LABEL_FIELDS


def _lenient(file: Entry, kind: type[T]) -> T | None:
    try:
        return convert(merged(file), kind)
    except TomlError:
        return None
