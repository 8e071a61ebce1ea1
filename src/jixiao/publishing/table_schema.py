"""The union of the graphs as tables: one for each class, a row for each thing, a column a property.

A store is read twice: first to learn which tables and columns it needs, then for the rows. Neither
pass holds more than one thing at a time. `docs/tables.schema.json`, which `scripts/schema` makes
from the ontology, describes all tables and columns that a store can need.
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
    """What a column holds: values of one property that are of one kind.

    Attributes:
        predicate: The IRI of the property.
        kind: "iri", the IRI of a datatype, or "@" and a language.

    """

    predicate: str
    kind: str

    @property
    def language(self) -> str:
        """The language of texts, blank for any other kind."""
        return self.kind[1:] if self.kind.startswith("@") else ""


@dataclass(slots=True)
class Column:
    """A column.

    Attributes:
        key: The values that it holds.
        name: Its name in the files.
        several: Whether a thing has several values.
        blank: Whether a value is the blank text.
        digits: The most digits after the decimal point.

    """

    key: Key
    name: str = ""
    several: bool = False
    blank: bool = False
    digits: int = 0


@dataclass(slots=True)
class Table:
    """The table of a class (`about`); the columns are sorted by name after the labels."""

    name: str
    about: str
    columns: dict[Key, Column] = field(default_factory=dict[Key, Column])


class Row(NamedTuple):
    """A thing: its table, its IRI, and the lexical forms of its values by column."""

    table: Table
    iri: str
    values: dict[Key, list[str]]


def plan(store: Store) -> dict[str, Table]:
    """Return the tables that a store needs, by the IRI of their class."""
    tables = dict[str, Table]()
    for quads in _things(store):
        about = _class(quads)
        table = tables.setdefault(about, Table(short_name(about) or _UNTYPED, about))
        for key, values in _values(quads).items():
            column = table.columns.setdefault(key, Column(key))
            column.several |= len(values) > 1
            column.blank |= "" in values
            column.digits = max(column.digits, *(len(v.partition(".")[2]) for v in values))
    for table in tables.values():
        kinds = defaultdict[str, set[str]](set)
        for key in table.columns:
            kinds[key.predicate].add(key.kind)
        for key, column in table.columns.items():
            column.name = column_name(key, mixed=len(kinds[key.predicate]) > 1)
        table.columns = dict(sorted(table.columns.items(), key=_order))
    return dict(sorted(tables.items(), key=lambda item: item[1].name))


def rows(store: Store, tables: dict[str, Table]) -> Iterator[Row]:
    """Yield every thing of a store as a row of its table in `plan`."""
    for quads in _things(store):
        yield Row(tables[_class(quads)], _iri(quads[0].subject), _values(quads))


def short_name(iri: str) -> str:
    """Return the name of a table or a property: our own terms bare, others with their prefix.

    "jx:amount" is "amount", "skos:prefLabel" is "skos_prefLabel"; of an unknown namespace the part
    after the last "#" or "/".
    """
    matching = [(len(n), prefix, n) for prefix, n in PREFIXES.items() if iri.startswith(n)]
    _, prefix, namespace = max(matching, default=(0, "", iri[: max(map(iri.rfind, "#/")) + 1]))
    local = iri.removeprefix(namespace)
    return local if prefix in ("", "jx") else f"{prefix}_{local}".replace("-", "_")


def column_name(key: Key, *, mixed: bool) -> str:
    """Return the name of a column.

    Args:
        key: The values that it holds.
        mixed: Whether the table has values of the property of another kind too; each kind has a
            column, and the kind is added to the name.

    """
    name = short_name(key.predicate)
    if not (key.language or mixed):
        return name
    kind = key.language.replace("-", "_") or short_name(key.kind).removeprefix("xsd_")
    return f"{name}_{kind}"


def _things(store: Store) -> Iterator[list[Quad]]:
    return (list(quads) for _, quads in groupby(store.union(), key=lambda quad: quad.subject))


def _class(quads: list[Quad]) -> str:
    """Return the class whose table a thing is in: one of our own, if it has several classes."""
    types = [_iri(quad.object) for quad in quads if quad.predicate == RDF.type]
    return min(types, key=lambda iri: (not iri.startswith(JX[""].value), iri), default="")


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


def _order(item: tuple[Key, Column]) -> tuple[bool, str]:
    key, column = item
    return key.predicate not in (SKOS.prefLabel.value, RDFS.label.value), column.name
