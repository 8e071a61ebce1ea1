"""Find the projects and departments that continue from one year to another.

A budget continues in the next budget of its department, or in that of a department which its own
was renamed to or merged into. The projects of two such budgets are assigned to each other by the
likeness of their names and indicators, never by their place in the document.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import lap
import numpy as np
from rapidfuzz import fuzz

from jixiao.config import lru_cache
from jixiao.rdf.derived.text_features import Continuity, likeness

_CACHED_NAMES = 65_536


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it is compared: its name, and the names of its indicators."""

    iri: str
    name: str
    indicators: frozenset[str]


@dataclass(frozen=True, slots=True)
class Budget:
    """A department's budget of one year; `name` is the department's, without the region's."""

    iri: str
    department: str
    region: str
    name: str
    year: int
    projects: tuple[Project, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A continuation; `names` and `contents` are the likeness of those, 0 to 1.

    `evidence` are notations of the code list link-evidence, `departments` the later and the
    earlier department where they are not the same.
    """

    earlier: str
    later: str
    confidence: float
    names: float
    contents: float
    evidence: tuple[str, ...]
    departments: tuple[str, str] | None = None


def links(budgets: Sequence[Budget], common: Set[str] | None = None) -> Iterator[Link]:
    """Yield the links between budgets, and between the projects of each pair of budgets.

    Args:
        budgets: those of one region, or of all.
        common: names of projects that are commonplace in all regions (see `commonplace`); by
            default they are counted among `budgets`.

    """
    by_department = defaultdict[str, list[Budget]](list)
    for budget in sorted(budgets, key=lambda b: (b.department, b.year, b.iri)):
        by_department[budget.department].append(budget)
    for series in by_department.values():
        for earlier, later in pairwise(series):
            if earlier.year < later.year:
                yield _same_department(earlier, later)
                yield from _projects(earlier, later)
    if common is None:
        common = commonplace((p.name, b.department) for b in budgets for p in b.projects)
    for link, earlier, later in _successions(list(by_department.values()), common):
        yield link
        yield from _projects(earlier, later)


def _same_department(earlier: Budget, later: Budget) -> Link:
    names, contents = _names(earlier.name, later.name), _continued_share(earlier, later)
    return Link(earlier.iri, later.iri, 1.0, names, contents, ("same-department",))


def _successions(
    departments: list[list[Budget]], common: Set[str]
) -> Iterator[tuple[Link, Budget, Budget]]:
    """Yield the departments of a region that end where others begin with their projects."""
    beginning = defaultdict[tuple[str, str], dict[str, Budget]](dict)
    for first, *_ in departments:
        for project in first.projects:
            beginning[first.region, bare(project.name)][first.iri] = first
    for *_, last in departments:
        candidates = {
            iri: budget
            for project in last.projects
            for iri, budget in beginning[last.region, bare(project.name)].items()
            if budget.department != last.department and budget.year > last.year and last.region
        }
        for later in sorted(candidates.values(), key=lambda budget: budget.iri):
            link = _succession(last, later, common)
            if link.confidence >= likeness().succession.floor:
                yield link, last, later


def commonplace(users: Iterable[tuple[str, str]]) -> set[str]:
    """Return the names that so many departments use that they are no evidence of a succession.

    Args:
        users: names of projects, each with a department that has such a project.

    """
    users_of, most = defaultdict[str, set[str]](set), likeness().succession.commonplace
    for name, department in users:
        if len(users_of[bare(name)]) <= most:
            users_of[bare(name)].add(department)
    return {name for name, departments in users_of.items() if len(departments) > most}


def _succession(earlier: Budget, later: Budget, common: Set[str]) -> Link:
    one, other = _department(earlier.name), _department(later.name)
    contained = bool(one) and one in other
    names = 1.0 if contained else _ratio(one, other)
    contents = _continued_share(earlier, later, common)
    evidence = (*(["name-contained"] if contained else []), "projects-continue")
    confidence = _weighed(likeness().succession, names, contents)
    pair = later.department, earlier.department
    return Link(earlier.iri, later.iri, confidence, names, contents, evidence, pair)


def _continued_share(earlier: Budget, later: Budget, common: Set[str] = frozenset()) -> float:
    """Return the share of the earlier budget's projects that the later one has, by their names."""
    later_names = {bare(project.name) for project in later.projects}
    names = {bare(project.name) for project in earlier.projects} - common
    if not names or not later_names:
        return 0.0
    nearest = (
        1.0 if name in later_names else max(_ratio(name, other) for other in later_names)
        for name in names
    )
    least = likeness().continuation.like_name
    return round(sum(share for share in nearest if share >= least) / len(names), 3)


def _projects(earlier: Budget, later: Budget) -> Iterator[Link]:
    """Yield the projects that continue, each at most once: the best assignment as a whole."""
    rules = likeness().continuation
    table = [[_project(one, other) for other in later.projects] for one in earlier.projects]
    if not table or not later.projects:
        return
    costs = np.array([[1 - link.confidence for link in row] for row in table])
    _, assigned, _ = lap.lapjv(costs, extend_cost=True)
    for row, column in zip(table, map(int, assigned), strict=True):
        if column >= 0 and row[column].confidence >= rules.floor:
            yield row[column]


def _project(one: Project, other: Project) -> Link:
    names = _names(one.name, other.name)
    both = one.indicators | other.indicators
    contents = len(one.indicators & other.indicators) / len(both) if both else 0.0
    rules, evidence = likeness().continuation, list[str]()
    if names == 1:
        evidence.append("same-name")
    elif names >= rules.like_name:
        evidence.append("like-name")
    if contents:
        evidence.append("like-indicators")
    confidence = _weighed(rules, names, contents)
    if names == 1:  # the same name: different indicators are a change, not a doubt
        confidence = round((1 + confidence) / 2, 3)
    return Link(one.iri, other.iri, confidence, names, contents, tuple(evidence))


def _weighed(rules: Continuity, names: float, contents: float) -> float:
    return round(rules.names * names + rules.contents * contents, 3)


def _names(one: str, other: str) -> float:
    return 1.0 if bare(one) == bare(other) else _ratio(bare(one), bare(other))


def _ratio(one: str, other: str) -> float:
    return round(fuzz.ratio(one, other) / 100, 3)


@lru_cache(_CACHED_NAMES)
def bare(name: str) -> str:
    """Return a name without a year in it."""
    return re.sub(likeness().continuation.years, "", name)


@lru_cache(_CACHED_NAMES)
def _department(name: str) -> str:
    for pattern in likeness().succession.department_ignores:
        name = re.sub(pattern, "", name)
    return name
