"""The full-text index of a store, and lists of what it holds, in SQLite.

Each Chinese character is a word of the index, and a search is for phrases: a word of one or two
characters is found wherever it stands. The index also has what pages list of the whole store:
budgets, projects, and how often rules failed. The graph states all of it as well, but a query there
goes over all documents, where the index grows with each document. It also keeps the wordings that
documents are compared by, and the results of the last comparison (see `comparison.state`).
"""

import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from jixiao.model.finding import Finding
from jixiao.rdf.findings import SHACL_LEVELS, StoredFinding, read_findings
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import CODE, DCT, JX, RDF, SKOS
from jixiao.store.store import INDEX, Store

KINDS = ("budget", "project", "indicator")
# Groups of near-duplicate wordings, as `comparison.near_duplicates` keeps them.
GROUP_TABLES = """
CREATE TABLE IF NOT EXISTS ranking (texts INTEGER, last INTEGER);
CREATE TABLE IF NOT EXISTS wording (
    id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT UNIQUE, size INTEGER, places TEXT,
    uses INTEGER, centre INTEGER, share REAL DEFAULT 0);
CREATE INDEX IF NOT EXISTS wording_centre ON wording (centre, share);
CREATE TABLE IF NOT EXISTS rarity (pair TEXT PRIMARY KEY, place INTEGER UNIQUE) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prefix (
    place INTEGER, central INTEGER, size INTEGER, position INTEGER, wording INTEGER,
    PRIMARY KEY (place, central, size, position, wording)) WITHOUT ROWID;
"""
GROUP_TABLE_NAMES = "ranking", "wording", "rarity", "prefix"
_TABLES = f"""
CREATE TABLE IF NOT EXISTS document (iri TEXT PRIMARY KEY, version TEXT, compared INTEGER);
CREATE INDEX IF NOT EXISTS document_fresh ON document (iri) WHERE NOT compared;
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY, document TEXT, kind TEXT, iri TEXT,
    name TEXT, text TEXT, basis TEXT, context TEXT, part_of TEXT);
CREATE INDEX IF NOT EXISTS entry_document ON entry (document);
CREATE INDEX IF NOT EXISTS entry_iri ON entry (iri);
CREATE INDEX IF NOT EXISTS entry_kind ON entry (kind, part_of);
CREATE TABLE IF NOT EXISTS budget (
    document TEXT, iri TEXT, department TEXT, name TEXT, year TEXT, region TEXT);
CREATE INDEX IF NOT EXISTS budget_document ON budget (document);
CREATE INDEX IF NOT EXISTS budget_iri ON budget (iri);
CREATE TABLE IF NOT EXISTS worded (
    document TEXT, kind TEXT, iri TEXT, part_of TEXT, name TEXT, text TEXT);
CREATE INDEX IF NOT EXISTS worded_document ON worded (document);
CREATE INDEX IF NOT EXISTS worded_text ON worded (text, iri) WHERE kind = 'indicator';
CREATE INDEX IF NOT EXISTS worded_part ON worded (part_of, kind);
CREATE INDEX IF NOT EXISTS worded_project ON worded (part_of, name) WHERE kind = 'project';
CREATE INDEX IF NOT EXISTS worded_budget ON worded (document, iri) WHERE kind = 'budget';
CREATE TABLE IF NOT EXISTS failed (document TEXT, code TEXT, severity TEXT, count INTEGER);
CREATE INDEX IF NOT EXISTS failed_document ON failed (document);
CREATE INDEX IF NOT EXISTS failed_code ON failed (code, severity, document, count);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (name, text, basis, context);
CREATE TABLE IF NOT EXISTS comparison (state TEXT, version TEXT);
CREATE TABLE IF NOT EXISTS gone (kind TEXT, iri TEXT, part_of TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS cluster (text TEXT PRIMARY KEY, centre TEXT, first TEXT, least REAL);
{GROUP_TABLES}CREATE TABLE IF NOT EXISTS commonplace (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS link (
    region TEXT, earlier TEXT, later TEXT, confidence REAL, names REAL, contents REAL,
    evidence TEXT, successor TEXT, predecessor TEXT, fresh INTEGER);
CREATE INDEX IF NOT EXISTS link_region ON link (region);
CREATE INDEX IF NOT EXISTS link_fresh ON link (region) WHERE fresh;
CREATE INDEX IF NOT EXISTS link_later ON link (later);
CREATE INDEX IF NOT EXISTS link_successor ON link (successor) WHERE successor <> '';
"""
_FORM = 4  # of the tables: an index of another form is made anew
_HELD = (
    "document", "entry", "budget", "worded", "failed", "words", "comparison", "gone",
    *GROUP_TABLE_NAMES, "cluster", "commonplace", "link",
)  # fmt: skip
_CLASSES = {
    JX.DepartmentBudget: "budget",
    JX.BudgetProject: "project",
    JX.PerformanceIndicator: "indicator",
}
_OF_YEAR = CODE["document-kind/budget"].value
_HIT = "kind, iri, entry.name, entry.text, entry.basis, entry.context, part_of"
_MATCHING = """FROM words JOIN entry ON entry.id = words.rowid
WHERE words MATCH ? AND (? = '' OR kind = ?)"""
_BY_RANK, _BY_NAME = "bm25(words, 8, 2, 2, 1), kind, iri", "kind, iri"
# What is found, the best first, each tier without those before. What has the words of its context
# alone may be the whole store (a year, a county): ranking that would take long and tell nothing.
_TIERS = (
    ("{{name}} : ({0})", _BY_RANK),
    ("({{name text basis}} : ({0})) NOT ({{name}} : ({0}))", _BY_RANK),
    ("({0}) NOT ({{name text basis}} : ({0}))", _BY_NAME),
)
_BUDGETS = """
SELECT DISTINCT iri, department, name, year, region FROM budget
WHERE ? = '' OR document = ?"""
# What the last comparison knew of a document is kept until the next.
_GONE = """
INSERT INTO gone SELECT kind, worded.iri, part_of, text FROM worded
JOIN document ON document.iri = document
WHERE document = ? AND compared AND kind = 'indicator'
UNION ALL SELECT 'budget', budget.iri, region, '' FROM budget
JOIN document ON document.iri = document WHERE document = ? AND compared"""
_FAILED = "SELECT code, severity, SUM(count) FROM failed"


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result: the name of a thing, its text, its basis, and what it is part of.

    `part_of` is the budget of a project, or the project of an indicator.
    """

    kind: str
    iri: str
    name: str
    text: str
    basis: str
    context: str
    part_of: str


@dataclass(frozen=True, slots=True)
class Budget:
    """A department budget: IRIs of itself, its department and region; blank where not stated."""

    iri: str
    department: str
    name: str
    year: str
    region: str


@dataclass(frozen=True, slots=True)
class ComparedWording:
    """An indicator, a project, or a budget of its year, as it is compared with others.

    `text` is all that an indicator says: its name, and its description where that says more. What
    says nothing but signs (—) is not compared.
    """

    kind: str
    iri: str
    part_of: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class IndexEntries:
    """What the index holds of a document; `failed` counts findings by rule and SHACL severity."""

    hits: tuple[Hit, ...]
    budgets: tuple[Budget, ...]
    worded: tuple[ComparedWording, ...]
    failed: Counter[tuple[str, str]]


def refresh(store: Store) -> None:
    """Bring the index up to date with the documents of a store that is open for writing."""
    with written(store.path) as database:
        wanted = store.all_fingerprints()
        indexed = dict(database.execute("SELECT iri, version FROM document"))
        for iri in indexed.keys() - {i for i, v in wanted.items() if indexed.get(i) == v}:
            _drop(database, iri)
        for iri in wanted.keys() - {i for i, v in indexed.items() if wanted.get(i) == v}:
            facts, _, findings = (store.quads([graph]) for graph in graphs(NamedNode(iri)))
            _add(database, iri, wanted[iri], index_entries(facts, findings))


def add(folder: Path, documents: Iterable[tuple[str, str, IndexEntries]]) -> None:
    """Put documents into the index of a version of a store: IRI, version, and what they say."""
    with written(folder) as database:
        for iri, version, of in documents:
            _drop(database, iri)
            _add(database, iri, version, of)


def replace_failed(
    folder: Path, document: str, version: str, failed: Counter[tuple[str, str]]
) -> None:
    """Count the findings of a document anew: it was checked again, and nothing else changed."""
    with written(folder) as database:
        database.execute("DELETE FROM failed WHERE document = ?", (document,))
        database.executemany(
            "INSERT INTO failed VALUES (?, ?, ?, ?)",
            [(document, *rule, count) for rule, count in failed.items()],
        )
        database.execute("UPDATE document SET version = ? WHERE iri = ?", (version, document))


def drop(folder: Path, document: str) -> None:
    """Take a document out of the index, until it is added or the index is refreshed."""
    with written(folder) as database:
        _drop(database, document)


@contextmanager
def written(folder: Path) -> Generator[sqlite3.Connection]:
    """Open the index of a version for one change; one of another form is begun anew."""
    with closing(sqlite3.connect(folder / INDEX)) as database, database:
        ((form,),) = database.execute("PRAGMA user_version")
        if form != _FORM:
            for table in _HELD:
                database.execute(f"DROP TABLE IF EXISTS {table}")
            database.execute(f"PRAGMA user_version = {_FORM}")
        database.executescript(_TABLES)
        yield database


def _drop(database: sqlite3.Connection, document: str) -> None:
    database.execute(_GONE, (document, document))
    own = "SELECT id FROM entry WHERE document = ?"
    database.execute(f"DELETE FROM words WHERE rowid IN ({own})", (document,))
    for table in ("entry", "budget", "worded", "failed"):
        database.execute(f"DELETE FROM {table} WHERE document = ?", (document,))
    database.execute("DELETE FROM document WHERE iri = ?", (document,))


def _add(database: sqlite3.Connection, document: str, version: str, of: IndexEntries) -> None:
    database.execute("INSERT INTO document VALUES (?, ?, FALSE)", (document, version))
    database.executemany(
        "INSERT INTO budget VALUES (?, ?, ?, ?, ?, ?)",
        [(document, *astuple(budget)) for budget in of.budgets],
    )
    database.executemany(
        "INSERT INTO worded VALUES (?, ?, ?, ?, ?, ?)",
        [(document, *astuple(worded)) for worded in of.worded],
    )
    database.executemany(
        "INSERT INTO failed VALUES (?, ?, ?, ?)",
        [(document, *rule, count) for rule, count in of.failed.items()],
    )
    for hit in of.hits:
        row = database.execute(
            "INSERT INTO entry (document, kind, iri, name, text, basis, context, part_of) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (document, *astuple(hit)),
        )
        split = (words(text) for text in (hit.name, hit.text, hit.basis, hit.context))
        database.execute(
            "INSERT INTO words (rowid, name, text, basis, context) VALUES (?, ?, ?, ?, ?)",
            (row.lastrowid, *split),
        )


def index_entries(facts: Iterable[Quad], findings: Iterable[Quad]) -> IndexEntries:
    """Decode the entries of a document from its quads, for an index that is rebuilt from a store.

    `index_entries.index_entries_of` makes the same entries from a record.
    """
    statements = _Statements(facts)
    kinds = {c.value: kind for c, kind in _CLASSES.items()}
    things = [
        (kind, iri)
        for iri, of in sorted(statements.of.items())
        for kind in sorted(kinds[c] for c in of[RDF.type] if c in kinds)
    ]
    wordings = (
        _worded(kind, iri, statements) for kind, iri in things if _compared(kind, iri, statements)
    )
    return IndexEntries(
        hits=tuple(_hit(kind, iri, statements) for kind, iri in things),
        budgets=tuple(_budget(iri, statements) for kind, iri in things if kind == "budget"),
        worded=tuple(w for w in wordings if w.text or w.kind == "budget"),
        failed=failed_rules(read_findings(findings)),
    )


def failed_rules(findings: Iterable[Finding | StoredFinding]) -> Counter[tuple[str, str]]:
    """Return how many findings there are by rule and SHACL severity."""
    return Counter((finding.code, SHACL_LEVELS[finding.severity].value) for finding in findings)


class _Statements:
    """What quads say of things that have names."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.of: dict[str, dict[NamedNode, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal | NamedNode):
                self.of[quad.subject.value][quad.predicate].append(quad.object.value)

    def follow(self, start: str, *path: NamedNode) -> list[str]:
        """Return what properties, one after the other, lead to."""
        nodes = [start]
        for predicate in path:
            nodes = sorted(value for node in nodes for value in self.of[node][predicate])
        return nodes

    def texts(self, start: str, *paths: tuple[NamedNode, ...]) -> str:
        """Return all that paths lead to as one text, without blanks."""
        texts = (text for path in paths for text in self.follow(start, *path))
        return " ".join(dict.fromkeys(text for text in texts if text))

    def one(self, start: str, *path: NamedNode) -> str:
        """Return the first that a path leads to, blank where there is none."""
        return min(self.follow(start, *path), default="")


def _hit(kind: str, iri: str, statements: _Statements) -> Hit:
    goals = statements.texts(iri, (JX.hasGoal, JX.text))
    if kind == "budget":
        name = statements.texts(iri, (JX.departmentName,), (JX.budgetYear,))
        return Hit(kind, iri, name, goals, "", "", statements.one(iri, JX.department))
    budget = (JX.partOfBudget,) if kind == "project" else (JX.indicatorOf, JX.partOfBudget)
    context = statements.texts(iri, (*budget, JX.departmentName), (*budget, JX.budgetYear))
    name = statements.texts(iri, (SKOS.prefLabel,))
    if kind == "project":
        return Hit(kind, iri, name, goals, "", context, statements.one(iri, JX.partOfBudget))
    project = statements.texts(iri, (JX.indicatorOf, SKOS.prefLabel))
    text = statements.texts(iri, (DCT.description,), (JX.hasTarget, JX.stated))
    basis = statements.texts(iri, (JX.hasBasis, JX.stated))
    of = statements.one(iri, JX.indicatorOf)
    return Hit(kind, iri, name, text, basis, f"{project} {context}".strip(), of)


def _budget(iri: str, statements: _Statements) -> Budget:
    return Budget(
        iri=iri,
        department=statements.one(iri, JX.department),
        name=statements.one(iri, JX.departmentName),
        year=statements.one(iri, JX.budgetYear),
        region=statements.one(iri, JX.department, DCT.spatial),
    )


def _compared(kind: str, iri: str, statements: _Statements) -> bool:
    """Tell whether a thing is compared: what has a name, and budgets that are no accounts."""
    of = statements.of[iri]
    return _OF_YEAR in of[JX.documentKind] if kind == "budget" else bool(of[JX.normalisedName])


def _worded(kind: str, iri: str, statements: _Statements) -> ComparedWording:
    part_of = {"budget": JX.department, "project": JX.partOfBudget, "indicator": JX.indicatorOf}
    name, description = (
        statements.one(iri, JX.normalisedName),
        statements.one(iri, JX.normalisedDescription),
    )
    text = name if description in ("", name) else f"{name}|{description}"
    return ComparedWording(kind, iri, statements.one(iri, part_of[kind]), name, text)


class Index:
    """An index that is open for looking things up."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def find(self, phrase: str, kind: str = "", most: int = 50, after: int = 0) -> list[Hit]:
        """Return the things that have all words of a search, the best first.

        Args:
            phrase: the words, with spaces between parts that need not stand together.
            kind: "budget", "project", "indicator", or "" for all.
            most: how many to return.
            after: how many of the best to skip.

        """
        query, hits = _query(phrase), list[Hit]()
        for tier, order in _TIERS if query else ():
            matching = (tier.format(query), kind, kind)
            wanted = f"SELECT {_HIT} {_MATCHING} ORDER BY {order} LIMIT ? OFFSET ?"
            rows = self._database.execute(wanted, (*matching, most - len(hits), after))
            hits += [Hit(*row) for row in rows]
            if len(hits) == most:
                break
            if after and not hits:
                ((of_tier,),) = self._database.execute(f"SELECT COUNT(*) {_MATCHING}", matching)
                after -= of_tier
            else:
                after = 0
        return hits

    def counts(self, phrase: str) -> dict[str, int]:
        """Return how many things of each kind have all words of a search."""
        query = _query(phrase)
        counted = f"SELECT kind, COUNT(*) {_MATCHING} GROUP BY kind"
        return dict(self._database.execute(counted, (query, "", ""))) if query else {}

    def budgets(self, document: str = "") -> list[Budget]:
        """Return the department budgets of a document or of all, each once."""
        rows = self._database.execute(_BUDGETS, (document, document))
        return [Budget(*row) for row in rows]

    def projects(self, iris: Sequence[str]) -> list[Hit]:
        """Return the projects that are among those named."""
        return self._projects(f"iri IN {_marks(iris)}", *iris)

    def projects_of_budgets(self, budgets: Sequence[str]) -> list[Hit]:
        """Return the projects of the budgets named."""
        return self._projects(f"part_of IN {_marks(budgets)}", *budgets)

    def projects_called(self, name: str) -> list[Hit]:
        """Return the projects whose name holds a text."""
        return self._projects("instr(entry.name, ?)", name)

    def _projects(self, where: str, *values: str) -> list[Hit]:
        query = f"SELECT DISTINCT {_HIT} FROM entry WHERE kind = 'project' AND {where}"
        return [Hit(*row) for row in self._database.execute(query, values)]

    def projects_of_indicators(self, indicators: Sequence[str]) -> list[str]:
        """Return the projects that indicators are of, each once."""
        query = f"SELECT DISTINCT part_of FROM entry WHERE iri IN {_marks(indicators)}"
        return [project for (project,) in self._database.execute(query, indicators)]

    def failed(self, documents: Sequence[str] | None = None) -> Counter[tuple[str, str]]:
        """Return how many findings there are by rule and SHACL severity, of documents or of all."""
        of = "" if documents is None else f"WHERE document IN {_marks(documents)}"
        rows = self._database.execute(f"{_FAILED} {of} GROUP BY code, severity", documents or ())
        return Counter({(code, severity): count for code, severity, count in rows})

    def failing(self, code: str) -> dict[str, int]:
        """Return the documents with findings of a rule, and how many each has."""
        query = "SELECT document, SUM(count) FROM failed WHERE code = ? GROUP BY document"
        return dict(self._database.execute(query, (code,)))


@contextmanager
def opened(path: Path) -> Generator[Index]:
    """Open the index of a version of a store; one without documents finds nothing."""
    file = (path / INDEX).absolute()
    address = f"{file.as_uri()}?mode=ro" if file.is_file() else "file::memory:"
    with closing(sqlite3.connect(address, uri=True)) as database:
        if not file.is_file():
            database.executescript(_TABLES)
        yield Index(database)


def _marks(values: Sequence[str]) -> str:
    """Return the places of so many values in a query."""
    return f"({', '.join('?' * len(values))})"


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


def _query(phrase: str) -> str:
    """Return a search in the syntax of FTS5: a phrase for each part between spaces."""
    phrases = (words(part) for part in phrase.split())
    return " AND ".join(f'"{phrase}"' for phrase in phrases if phrase)
