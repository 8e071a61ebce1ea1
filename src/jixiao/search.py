"""The index of words: what is called or says so, in Chinese of any length down to one character.

It is an SQLite full-text index in which each Chinese character is a word, and what is looked for a
phrase of them: a word of two characters is found wherever it stands.
"""

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.iris import graphs
from jixiao.store import INDEX, Store
from jixiao.vocabulary import DCT, JX, RDF, SKOS

KINDS = ("budget", "project", "indicator")
_TABLES = """
CREATE TABLE IF NOT EXISTS document (iri TEXT PRIMARY KEY, version TEXT);
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY, document TEXT, kind TEXT, iri TEXT,
    name TEXT, text TEXT, basis TEXT, context TEXT);
CREATE INDEX IF NOT EXISTS entry_document ON entry (document);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (name, text, basis, context);
"""
_CLASSES = {
    JX.DepartmentBudget: "budget",
    JX.BudgetProject: "project",
    JX.PerformanceIndicator: "indicator",
}
_FOUND = """
SELECT kind, iri, entry.name, entry.text, entry.basis, entry.context FROM words
JOIN entry ON entry.id = words.rowid
WHERE words MATCH ? AND (? = '' OR kind = ?)
ORDER BY bm25(words, 8, 2, 2, 1), kind, iri LIMIT ? OFFSET ?"""
_COUNTED = """
SELECT kind, COUNT(*) FROM words JOIN entry ON entry.id = words.rowid
WHERE words MATCH ? GROUP BY kind"""
_BY_IRI = "SELECT kind, iri, name, text, basis, context FROM entry WHERE iri = ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: what it is called and says, its ground, and whose it is."""

    kind: str
    iri: str
    name: str
    text: str
    basis: str
    context: str


def index(store: Store) -> None:
    """Bring the index up to date with the documents of a store that is open for writing."""
    with closing(sqlite3.connect(store.path / INDEX)) as database, database:
        database.executescript(_TABLES)
        wanted = {document.value: store.version(document) for document in store.documents()}
        known = dict(database.execute("SELECT iri, version FROM document"))
        for iri in known.keys() - {i for i, v in wanted.items() if known.get(i) == v}:
            _drop(database, iri)
        for iri in wanted.keys() - {i for i, v in known.items() if wanted.get(i) == v}:
            _add(database, iri, wanted[iri], entries(store.quads(graphs(NamedNode(iri))[:1])))


def add(folder: Path, documents: Iterable[tuple[str, str, Iterable[Hit]]]) -> None:
    """Put documents into the index of a version of a store: IRI, version, and what they say."""
    with closing(sqlite3.connect(folder / INDEX)) as database, database:
        database.executescript(_TABLES)
        for iri, version, hits in documents:
            _drop(database, iri)
            _add(database, iri, version, hits)


def _drop(database: sqlite3.Connection, document: str) -> None:
    own = "SELECT id FROM entry WHERE document = ?"
    database.execute(f"DELETE FROM words WHERE rowid IN ({own})", (document,))
    database.execute("DELETE FROM entry WHERE document = ?", (document,))
    database.execute("DELETE FROM document WHERE iri = ?", (document,))


def _add(database: sqlite3.Connection, document: str, version: str, hits: Iterable[Hit]) -> None:
    database.execute("INSERT INTO document VALUES (?, ?)", (document, version))
    for hit in hits:
        told = hit.name, hit.text, hit.basis, hit.context
        row = database.execute(
            "INSERT INTO entry (document, kind, iri, name, text, basis, context) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (document, hit.kind, hit.iri, *told),
        )
        split = tuple(words(text) for text in told)
        database.execute(
            "INSERT INTO words (rowid, name, text, basis, context) VALUES (?, ?, ?, ?, ?)",
            (row.lastrowid, *split),
        )


def entries(facts: Iterable[Quad]) -> Iterator[Hit]:
    """Yield what the facts of a document say of its department, projects and indicators."""
    said: dict[str, dict[NamedNode, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in facts:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal | NamedNode):
            said[quad.subject.value][quad.predicate].append(quad.object.value)
    kinds = {c.value: kind for c, kind in _CLASSES.items()}
    for iri, of in sorted(said.items()):
        for kind in sorted(kinds[c] for c in of[RDF.type] if c in kinds):
            yield _entry(kind, iri, said)


def _entry(kind: str, iri: str, said: dict[str, dict[NamedNode, list[str]]]) -> Hit:
    def follow(start: str, *path: NamedNode) -> list[str]:
        nodes = [start]
        for predicate in path:
            nodes = sorted(value for node in nodes for value in said[node][predicate])
        return nodes

    def texts(*paths: tuple[NamedNode, ...]) -> str:
        return " ".join(dict.fromkeys(text for path in paths for text in follow(iri, *path)))

    if kind == "budget":
        name = texts((JX.departmentName,), (JX.budgetYear,))
        return Hit(kind, iri, name, texts((JX.hasGoal, JX.text)), "", "")
    budget = (JX.partOfBudget,) if kind == "project" else (JX.indicatorOf, JX.partOfBudget)
    context = texts((*budget, JX.departmentName), (*budget, JX.budgetYear))
    name = texts((SKOS.prefLabel,))
    if kind == "project":
        return Hit(kind, iri, name, texts((JX.hasGoal, JX.text)), "", context)
    project = texts((JX.indicatorOf, SKOS.prefLabel))
    text = texts((DCT.description,), (JX.hasTarget, JX.stated))
    whose = f"{project} {context}".strip()
    return Hit(kind, iri, name, text, texts((JX.hasBasis, JX.stated)), whose)


class Index:
    """An index that is open for looking things up."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def find(self, asked: str, kind: str = "", most: int = 50, after: int = 0) -> list[Hit]:
        """Return what has all the words that are asked for, the best first."""
        query = _query(asked)
        found = self._database.execute(_FOUND, (query, kind, kind, most, after)) if query else ()
        return [Hit(*row) for row in found]

    def counts(self, asked: str) -> dict[str, int]:
        """Return how many things of each kind have the words that are asked for."""
        query = _query(asked)
        return dict(self._database.execute(_COUNTED, (query,))) if query else {}

    def entry(self, iri: str) -> Hit | None:
        """Return what the index has of a thing."""
        row = self._database.execute(_BY_IRI, (iri,)).fetchone()
        return Hit(*row) if row else None


@contextmanager
def opened(path: Path) -> Generator[Index]:
    """Open the index of a version of a store; one without documents finds nothing."""
    file = (path / INDEX).absolute()
    address = f"{file.as_uri()}?mode=ro" if file.is_file() else "file::memory:"
    with closing(sqlite3.connect(address, uri=True)) as database:
        if not file.is_file():
            database.executescript(_TABLES)
        yield Index(database)


def words(text: str) -> str:
    """Return the text in words: each Chinese character one, and each run of letters and digits."""
    spaced = list[str]()
    for character in unicodedata.normalize("NFKC", text):
        if not character.isalnum():
            spaced.append(" ")
        elif character.isascii():
            spaced.append(character)
        else:
            spaced += (" ", character, " ")
    return " ".join("".join(spaced).split())


def _query(asked: str) -> str:
    """Return what is asked for as the index asks: a phrase for each part between spaces."""
    phrases = (words(part) for part in asked.split())
    return " AND ".join(f'"{phrase}"' for phrase in phrases if phrase)
