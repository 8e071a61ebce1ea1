"""The contents of a page: the properties of a thing, the links to it, and where it is printed."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions

from jixiao.publishing.site.paths import Paths, is_page
from jixiao.rdf.evidence import read_annotation
from jixiao.rdf.labels import text_in_language
from jixiao.rdf.namespaces import DCT, HOME, JX, OA, RDF, RDFS, SKOS, XSD
from jixiao.store.store import Store

_LABELS = (
    SKOS.prefLabel,
    RDFS.label,
    DCT.title,
    JX.departmentName,
    JX.fileName,
    JX.text,
    JX.stated,
    DCT.description,
)
_INCOMING = 50  # links of one property on a page: a code may have ten thousand


@dataclass(frozen=True, slots=True)
class Value:
    """A value: its text, where it links to, and its language or datatype."""

    text: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A property with its values, and how many `more` are left out."""

    name: Value
    values: list[Value]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a value is printed."""

    field: str
    file: str
    page: str
    words: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on a page."""

    iri: str
    anchor: str
    label: str
    properties: list[Property]
    incoming: list[Property]
    printed: list[Printed]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the thing that it is about, or all that share it."""

    title: str
    things: list[Thing]


@dataclass(frozen=True, slots=True)
class Listed:
    """A class with the number of its things, and the folder of its list."""

    iri: str
    label: str
    count: int
    path: str


class Labels:
    """What things are called, in the language of the site where there is a choice."""

    def __init__(self, store: Store, lang: str) -> None:
        self._store, self._lang = store, lang
        self.of = lru_cache(maxsize=20_000)(self._of)
        self.describes = lru_cache(maxsize=20_000)(self._describes)

    def _describes(self, iri: str) -> bool:
        """Tell whether something is said of a thing, or it is a graph."""
        database, node = self._store.database, NamedNode(iri)
        found = database.quads_for_pattern(node, None, None, DefaultGraph())
        return next(found, None) is not None or database.contains_named_graph(node)

    def _of(self, iri: str) -> str:
        found = self._store.database.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph())
        told, year = defaultdict[NamedNode, list[Literal]](list), ""
        for quad in found:
            if quad.predicate in _LABELS and isinstance(quad.object, Literal):
                told[quad.predicate].append(quad.object)
            elif quad.predicate == JX.budgetYear:
                year = f" {_text(quad.object)}"
        for predicate in _LABELS:
            if literals := told[predicate]:
                return text_in_language(literals, self._lang) + year
        return _tail(iri)


def view(store: Store, labels: Labels, paths: Paths, quads: list[Quad]) -> Page:
    """Return the page of these quads."""
    by_subject = groupby(quads, key=lambda quad: quad.subject)
    things = [_thing(store, labels, paths, _iri(s), list(of)) for s, of in by_subject]
    things.sort(key=lambda thing: thing.anchor)
    title = things[0].label if len(things) == 1 else f"{HOME}{paths.folder}"
    return Page(title, things)


def _thing(store: Store, labels: Labels, paths: Paths, iri: str, quads: list[Quad]) -> Thing:
    values = defaultdict[str, list[Value]](list)
    for quad in quads:
        values[quad.predicate.value].append(_value(quad.object, labels, paths))
    properties = [
        Property(_name(predicate, labels, paths), sorted(of, key=lambda v: (v.note, v.text)))
        for predicate, of in sorted(values.items(), key=lambda item: _order(item[0]))
    ]
    incoming, printed = _incoming(store, labels, paths, iri)
    return Thing(iri, iri.partition("#")[2], labels.of(iri), properties, incoming, printed)


def _order(predicate: str) -> tuple[bool, bool, str]:
    return predicate != RDF.type.value, predicate not in {p.value for p in _LABELS}, predicate


def _value(term: object, labels: Labels, paths: Paths) -> Value:
    if isinstance(term, Literal):
        kind = term.datatype.value.removeprefix(XSD[""].value)
        plain = kind == "string" or term.language
        return Value(term.value, note=term.language or ("" if plain else kind))
    iri = _iri(term)
    if not iri.startswith(HOME):
        return Value(_tail(iri), iri)
    return Value(labels.of(iri), paths.link(iri) if labels.describes(iri) else "")


def _name(predicate: str, labels: Labels, paths: Paths) -> Value:
    label = labels.of(predicate) if predicate.startswith(HOME) else _tail(predicate)
    name = _tail(predicate)
    return Value(label, paths.link(predicate), "" if name == label else name)


def _incoming(
    store: Store, labels: Labels, paths: Paths, iri: str
) -> tuple[list[Property], list[Printed]]:
    found = store.database.quads_for_pattern(None, None, NamedNode(iri), DefaultGraph())
    sources, printed = defaultdict[str, list[str]](list), list[Printed]()
    for quad in islice(found, 20 * _INCOMING):
        subject = _iri(quad.subject)
        if quad.predicate == OA.hasBody:
            printed += _printed(store, quad.subject, labels)
        elif is_page(subject):
            sources[quad.predicate.value].append(subject)
    incoming = [
        Property(
            _name(predicate, labels, paths),
            [Value(labels.of(s), paths.link(s)) for s in sorted(subjects)[:_INCOMING]],
            max(0, len(subjects) - _INCOMING),
        )
        for predicate, subjects in sorted(sources.items())
    ]
    return incoming, sorted(printed, key=lambda p: (p.file, p.page, p.field))


def _printed(store: Store, annotation: object, labels: Labels) -> list[Printed]:
    """Return where an annotation finds a value in a document."""

    def values(subject: str, predicate: NamedNode) -> list[str]:
        quads = store.database.quads_for_pattern(
            NamedNode(subject), predicate, None, DefaultGraph()
        )
        return [_text(quad.object) for quad in quads]

    read = read_annotation(_iri(annotation), values)
    if read is None or not read.document:
        return []
    stated, page = read.stated, read.stated.where.page
    return [
        Printed(
            labels.of(stated.field.value),
            labels.of(read.document),
            "" if page is None else str(page),
            stated.text,
        )
    ]


def classes(store: Store, labels: Labels) -> list[Listed]:
    """Return the classes that things have: our own first, then the largest."""
    query = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c"
    counts = [(_text(row[0]), int(_text(row[1]))) for row in _solutions(store, query)]
    annotations = OA[""].value  # they have no pages
    return [
        Listed(iri, labels.of(iri) if iri.startswith(HOME) else _tail(iri), count, _folder(iri))
        for iri, count in sorted(
            counts, key=lambda item: (not _is_ours(item[0]), -item[1], item[0])
        )
        if not iri.startswith(annotations)
    ]


def listed(store: Store, labels: Labels, iri: str) -> list[tuple[str, str]]:
    """Return the IRIs and labels of the things of a class, by label."""
    typed = store.database.quads_for_pattern(None, RDF.type, NamedNode(iri), DefaultGraph())
    things = {_iri(quad.subject) for quad in typed}
    return sorted(((s, labels.of(s)) for s in things if is_page(s)), key=lambda t: (t[1], t[0]))


def _solutions(store: Store, query: str) -> QuerySolutions:
    rows = store.database.query(query)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("the queries of this module are SELECT")
    return rows


def _is_ours(iri: str) -> bool:
    return iri.startswith(JX[""].value)


def _folder(iri: str) -> str:
    """Return the folder of a class's list; our own classes go by their local name."""
    name = _tail(iri) if _is_ours(iri) else "-".join(iri.rstrip("/").split("/")[2:])
    return "list/" + name.replace("#", "-")


def _tail(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _text(term: object) -> str:
    return str(getattr(term, "value", "") or "")
