"""The state of the comparison in the index of a store: its input, and the results of the last one.

The results are kept with the state of the documents, so that the next comparison is limited to what
has changed since. Wordings and regions of deleted documents are kept until then (table `gone`).
"""

import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jixiao.comparison.continuity import Link
from jixiao.comparison.near_duplicates import Groups
from jixiao.fingerprints import comparison as fingerprint
from jixiao.store.search_index import GROUP_TABLE_NAMES, Budget, written

# CROSS JOIN: from the few documents that are new, not from all that is worded.
_CHANGED_TEXTS = """
SELECT text FROM document CROSS JOIN worded ON worded.document = document.iri
WHERE NOT compared AND kind = 'indicator' UNION SELECT text FROM gone WHERE kind = 'indicator'"""
_USES = "SELECT COUNT(DISTINCT iri) FROM worded WHERE kind = 'indicator' AND text = ?"
_KEPT_CLUSTER = "SELECT centre, first, least FROM cluster WHERE text = ?"
_FOUND_CLUSTER = """
SELECT centre.text,
    (SELECT MIN(iri) FROM worded WHERE kind = 'indicator' AND text = centre.text),
    (SELECT MIN(share) FROM wording WHERE centre = centre.id)
FROM wording AS own JOIN wording AS centre ON centre.id = own.centre
WHERE own.text = ? AND (centre.uses > 1 OR EXISTS (
    SELECT 1 FROM wording AS member WHERE member.centre = centre.id AND member.id <> centre.id))"""
_SAYING = "SELECT DISTINCT iri FROM worded WHERE kind = 'indicator' AND text = ?"
_NEW_INDICATORS = """
SELECT DISTINCT worded.iri, text FROM document CROSS JOIN worded ON worded.document = document.iri
WHERE NOT compared AND kind = 'indicator'"""
_GONE_INDICATORS = "SELECT iri, part_of, text FROM gone WHERE kind = 'indicator'"
_OF_TEXT = "SELECT DISTINCT iri, part_of, text FROM worded WHERE kind = 'indicator' AND text = ?"
_CENTRES = """
SELECT centre FROM worded JOIN cluster ON cluster.text = worded.text
WHERE part_of = ? AND kind = 'indicator' AND iri = ?"""
_NAMES = """
SELECT DISTINCT worded.name, department, region FROM worded JOIN budget ON budget.iri = part_of
WHERE kind = 'project' AND department <> ''"""
_COMPARABLE = """
SELECT DISTINCT budget.iri, department, budget.name, year, region FROM budget
JOIN worded ON worded.document = budget.document AND worded.iri = budget.iri AND kind = 'budget'
WHERE department <> '' AND year <> '' AND budget.name <> ''
ORDER BY region, budget.iri, department, budget.name, year"""
_CONTENTS = """
SELECT DISTINCT project.iri, project.name, coalesce(indicator.name, '') FROM worded AS project
LEFT JOIN worded AS indicator ON indicator.part_of = project.iri AND indicator.kind = 'indicator'
WHERE project.part_of = ? AND project.kind = 'project'"""
_CHANGED_REGIONS = """
SELECT budget.region FROM document CROSS JOIN budget AS own ON own.document = document.iri
CROSS JOIN budget ON budget.iri = own.iri WHERE NOT compared
UNION SELECT part_of FROM gone WHERE kind = 'budget'
UNION SELECT region FROM gone JOIN budget ON budget.iri = gone.iri WHERE gone.kind = 'budget'"""
_LINK = "earlier, later, confidence, names, contents, evidence, successor, predecessor"
_OF_REGION = f"SELECT {_LINK} FROM link WHERE region = ?"
_NEW_LINK = "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, TRUE)"
_NO_LINK = f"DELETE FROM link WHERE region = ? AND ({_LINK}) = (?, ?, ?, ?, ?, ?, ?, ?)"
_OTHERS = f"""
SELECT {_LINK} FROM link WHERE later = ? AND earlier = ?
UNION SELECT {_LINK} FROM link WHERE successor = ? AND successor <> '' AND predecessor = ?"""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Near-duplicates: the centre of each text; of each centre an indicator, the least share."""

    centre_of: dict[str, str]
    centres: dict[str, tuple[str, float]]


class ComparisonState:
    """The tables of an index that a comparison reads and writes, open for one change."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def is_current(self, state: str) -> bool:
        """Return whether the stored comparison is of this state, and by this code."""
        kept = self._database.execute("SELECT state, version FROM comparison").fetchall()
        return bool(state) and kept == [(state, fingerprint())]

    def forget(self) -> None:
        """Forget the last comparison: all documents are compared again."""
        for table in ("gone", *GROUP_TABLE_NAMES, "cluster", "commonplace", "link"):
            self._database.execute(f"DELETE FROM {table}")
        self._database.execute("UPDATE document SET compared = FALSE")

    def keep(self, state: str) -> None:
        """Record that this state of the documents was compared."""
        for changed in (
            "DELETE FROM comparison",
            "DELETE FROM gone",
            "UPDATE document SET compared = TRUE WHERE NOT compared",
            "UPDATE link SET fresh = FALSE WHERE fresh",
        ):
            self._database.execute(changed)
        self._database.execute("INSERT INTO comparison VALUES (?, ?)", (state, fingerprint()))

    def update_clusters(self) -> tuple[Clusters, Clusters]:
        """Re-cluster the wordings that documents have begun or ceased to use.

        Returns:
            The clusters that this affects, before and after.

        """
        texts = [text for (text,) in self._database.execute(_CHANGED_TEXTS)]
        touched = Groups(self._database).change({text: self._uses(text) for text in texts})
        before = self._clusters(_KEPT_CLUSTER, touched)
        now = self._clusters(_FOUND_CLUSTER, touched)
        self._keep_clusters(before, now)
        return before, now

    def _uses(self, text: str) -> int:
        ((uses,),) = self._database.execute(_USES, (text,))
        return int(uses)

    def _clusters(self, query: str, texts: Iterable[str]) -> Clusters:
        clusters = Clusters({}, {})
        for text in texts:
            for centre, first, least in self._database.execute(query, (text,)):
                clusters.centre_of[text] = centre
                if text == centre:
                    clusters.centres[text] = first, least
        return clusters

    def _keep_clusters(self, before: Clusters, now: Clusters) -> None:
        gone = ((text,) for text in before.centre_of.keys() - now.centre_of.keys())
        self._database.executemany("DELETE FROM cluster WHERE text = ?", gone)
        rows = ((t, c, *now.centres.get(t, (None, None))) for t, c in now.centre_of.items())
        self._database.executemany("INSERT OR REPLACE INTO cluster VALUES (?, ?, ?, ?)", rows)

    def indicators_with(self, text: str) -> Iterator[str]:
        """Yield the indicators that have a wording."""
        yield from (iri for (iri,) in self._database.execute(_SAYING, (text,)))

    def new_indicators(self) -> Iterator[tuple[str, str]]:
        """Yield the indicators of documents that were not compared, each with its wording."""
        yield from self._database.execute(_NEW_INDICATORS)

    def deleted_and_with(self, texts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Yield deleted indicators and those with one of the wordings: IRI, project, wording."""
        yield from self._database.execute(_GONE_INDICATORS)
        for text in texts:
            yield from self._database.execute(_OF_TEXT, (text,))

    def centres(self, project: str, indicator: str) -> set[str]:
        """Return the centres of the wordings of an indicator of a project."""
        rows = self._database.execute(_CENTRES, (project, indicator))
        return {centre for (centre,) in rows}

    def names(self) -> Iterator[tuple[str, str, str]]:
        """Yield the names of projects, each with a department that uses it and its region."""
        yield from self._database.execute(_NAMES)

    def commonplace(self) -> set[str]:
        """Return the names of projects that were commonplace the last time."""
        return {name for (name,) in self._database.execute("SELECT name FROM commonplace")}

    def keep_commonplace(self, names: Iterable[str]) -> None:
        """Keep the names of projects that are commonplace."""
        self._database.execute("DELETE FROM commonplace")
        self._database.executemany(
            "INSERT INTO commonplace VALUES (?)", ((name,) for name in names)
        )

    def changed_regions(self) -> set[str]:
        """Return the regions whose budgets were added, changed or deleted."""
        return {region for (region,) in self._database.execute(_CHANGED_REGIONS)}

    def comparable(self) -> list[Budget]:
        """Return the budgets that are compared over the years, region by region."""
        return [Budget(*row) for row in self._database.execute(_COMPARABLE)]

    def contents(self, budget: str) -> Iterator[tuple[str, str, str]]:
        """Yield the projects of a budget, each with its name and that of each indicator."""
        yield from self._database.execute(_CONTENTS, (budget,))

    def replace_links(self, region: str, links: set[Link]) -> set[Link]:
        """Replace the links of a region; return those that no longer hold."""
        before = {_link(row) for row in self._database.execute(_OF_REGION, (region,))}
        obsolete, new = before - links, links - before
        self._database.executemany(_NO_LINK, ((region, *_row(link)) for link in obsolete))
        self._database.executemany(_NEW_LINK, ((region, *_row(link)) for link in new))
        return obsolete

    def new_links(self) -> Iterator[Link]:
        """Yield the links that are new since the last comparison."""
        yield from map(_link, self._database.execute(f"SELECT {_LINK} FROM link WHERE fresh"))

    def links_like(self, link: Link) -> Iterator[Link]:
        """Yield the links of the same budgets, projects or departments."""
        keys = (link.later, link.earlier, *(link.departments or ("", "")))
        yield from map(_link, self._database.execute(_OTHERS, keys))


def _row(link: Link) -> tuple[str | float, ...]:
    measured = link.confidence, link.names, link.contents
    departments = link.departments or ("", "")
    return link.earlier, link.later, *measured, " ".join(link.evidence), *departments


def _link(row: tuple[str, str, float, float, float, str, str, str]) -> Link:
    earlier, later, confidence, names, contents, evidence, successor, predecessor = row
    departments = (successor, predecessor) if successor else None
    reasons = tuple(evidence.split())
    return Link(earlier, later, confidence, names, contents, reasons, departments)


@contextmanager
def open_state(folder: Path) -> Generator[ComparisonState]:
    """Open the comparison tables of the index of a version, for one change."""
    with written(folder) as database:
        yield ComparisonState(database)
