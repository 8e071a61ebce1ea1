"""The union of the graphs as tables: one a class, a row for each thing, a column for each property.

A store is read twice: first for which tables and columns there are, then for the rows. Neither
pass holds more than one thing at a time.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.rdf.namespaces import JX, PREFIXES, RDF, RDFS, SKOS, XSD
from jixiao.store.store import Store

IRI = "iri"
DECIMAL, INTEGER, BOOLEAN = XSD.decimal.value, XSD.integer.value, XSD.boolean.value
_UNTYPED = "Thing"


class Key(NamedTuple):
    """What a column holds: values of a property that are IRIs, of a datatype, or in a language.

    `kind` is "iri", the IRI of a datatype, or "@" and a language.
    """

    predicate: str
    kind: str

    @property
    def language(self) -> str:
        """The language of texts, "" for all else."""
        return self.kind[1:] if self.kind.startswith("@") else ""


@dataclass(slots=True)
class Column:
    """A column: its name, whether a thing has several values, a blank one, and digits after 0."""

    key: Key
    name: str = ""
    several: bool = False
    blank: bool = False
    digits: int = 0


@dataclass(slots=True)
class Table:
    """A table: the class of its things, and its columns: what it is called, then by name."""

    name: str
    about: str
    columns: dict[Key, Column] = field(default_factory=dict[Key, Column])


class Row(NamedTuple):
    """A thing: its table, its IRI, and its values by column, as they are written."""

    table: Table
    iri: str
    values: dict[Key, list[str]]


def plan(store: Store) -> dict[str, Table]:
    """Return the tables by the IRI of their class."""
    tables = dict[str, Table]()
    for quads in _things(store):
        about = _class(quads)
        table = tables.setdefault(about, Table(_name(about) or _UNTYPED, about))
        for key, values in _values(quads).items():
            column = table.columns.setdefault(key, Column(key))
            column.several |= len(values) > 1
            column.blank |= "" in values
            column.digits = max(column.digits, *(len(v.partition(".")[2]) for v in values))
    for table in tables.values():
        _call(table)
    return dict(sorted(tables.items(), key=lambda item: item[1].name))


def rows(store: Store, tables: dict[str, Table]) -> Iterator[Row]:
    """Yield all things."""
    for quads in _things(store):
        yield Row(tables[_class(quads)], _iri(quads[0].subject), _values(quads))


def _things(store: Store) -> Iterator[list[Quad]]:
    return (list(quads) for _, quads in groupby(store.union(), key=lambda quad: quad.subject))


def _class(quads: list[Quad]) -> str:
    """Return the class whose table a thing stands in: our own, where it has several."""
    types = [_iri(quad.object) for quad in quads if quad.predicate == RDF.type]
    own = JX[""].value
    return min(types, key=lambda iri: (not iri.startswith(own), iri), default="")


def _values(quads: list[Quad]) -> dict[Key, list[str]]:
    values = defaultdict[Key, list[str]](list)
    for quad in quads:
        term = quad.object
        if isinstance(term, Literal):
            kind = f"@{term.language}" if term.language else term.datatype.value
            values[Key(quad.predicate.value, kind)].append(term.value)
        else:
            values[Key(quad.predicate.value, IRI)].append(_iri(term))
    return {key: sorted(values[key]) for key in sorted(values)}


def _iri(term: object) -> str:
    if not isinstance(term, NamedNode):
        raise TypeError(f"the graph has named nodes only: {term}")
    return term.value


def _name(iri: str) -> str:
    """Return a name for a table or a column: our own terms bare, others with their prefix."""
    known = [(len(n), prefix, n) for prefix, n in PREFIXES.items() if iri.startswith(n)]
    _, prefix, namespace = max(known, default=(0, "", iri[: max(map(iri.rfind, "#/")) + 1]))
    local = iri.removeprefix(namespace)
    return local if prefix in ("", "jx") else f"{prefix}_{local}".replace("-", "_")


def _call(table: Table) -> None:
    """Name the columns; a property with values of several kinds has a column for each."""
    kinds = defaultdict[str, list[Key]](list)
    for key in table.columns:
        kinds[key.predicate].append(key)
    for key, column in table.columns.items():
        column.name = _name(key.predicate)
        if key.language or len(kinds[key.predicate]) > 1:
            told = key.language.replace("-", "_") or _name(key.kind).removeprefix("xsd_")
            column.name = f"{column.name}_{told}"
    named = sorted(table.columns.items(), key=lambda item: (not _is_label(item[0]), item[1].name))
    table.columns = dict(named)


def _is_label(key: Key) -> bool:
    return key.predicate in (SKOS.prefLabel.value, RDFS.label.value)
