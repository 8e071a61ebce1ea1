"""Checks one document's graph against the SHACL of `shapes/`.

Only facts and code lists are validated: evidence is three times as large, and no rule is about it.
An engine says which node does not meet which shape; the queries of the shape give the rest.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec
from pyoxigraph import NamedNode, Quad
from rdflib import Dataset

from jixiao.checks import profiles as profiles
from jixiao.checks.catalogue import doubt, populations, rules, shapes
from jixiao.checks.dataset import CheckDataset
from jixiao.checks.engine import Engine, failures
from jixiao.checks.explanations import Explained, explained
from jixiao.checks.profiles import AUTO, Profile
from jixiao.checks.scores import RuleOutcomes, Tree, score
from jixiao.model.finding import Finding, Rate, Report, order
from jixiao.model.message import Message
from jixiao.rdf.evidence import EvidenceIndex
from jixiao.rdf.namespaces import CODE, HOME, JX, SKOS
from jixiao.rdf.rdflib_graph import quads_of
from jixiao.rdf.terms import value_of

__all__ = ["check", "check_quads", "rules", "shapes"]

_log = logging.getLogger(__name__)
_LIKELY = (SKOS.prefLabel.value, JX.stated.value)  # the fields that name a thing best


def check(graph: Dataset, *, engine: Engine = "auto", profile: str | Profile = AUTO) -> Report:
    """Check the graph of one document.

    Args:
        graph: its facts and its evidence as named graphs (see `jixiao.graph`).
        engine: "pyshacl", "fast", or "auto" for the fast one if it is installed.
        profile: "auto", the name of a shipped profile, the path of one, or a loaded one.

    Returns:
        The findings, the gravest first, with the rates of the rules and the scores.

    Raises:
        UsageError: if the engine is not installed, or the profile cannot be read.

    """
    facts, evidence = list[Quad](), list[tuple[str, str, str]]()
    for part in graph.graphs():
        name = str(part.identifier)
        if name.endswith("/evidence"):
            # Most of the graph: as strings, for quads of rdflib's terms take long to make.
            evidence += [(str(s), str(p), str(o)) for s, p, o in part]
        elif name.endswith("/facts"):
            facts += quads_of(part)
    return check_quads(facts, engine, profile, EvidenceIndex.from_triples(evidence))


def check_quads(
    quads: Iterable[Quad],
    engine: Engine = "auto",
    profile: str | Profile = AUTO,
    printed: EvidenceIndex | None = None,
) -> Report:
    """Check the quads of one document (see `mapping.map_record`).

    Args:
        quads: its facts, and its evidence unless `printed` is given.
        engine: "pyshacl", "fast", or "auto" for the fast one if it is installed.
        profile: "auto", the name of a shipped profile, the path of one, or a loaded one.
        printed: where the values are printed; by default it is read from the evidence.

    Returns:
        The findings, the gravest first, with the rates of the rules and the scores.

    Raises:
        UsageError: if the engine is not installed, or the profile cannot be read.

    """
    start, facts, evidence = time.perf_counter(), list[Quad](), list[Quad]()
    for quad in quads:
        in_evidence = value_of(quad.graph_name).endswith("/evidence")
        (evidence if in_evidence else facts).append(quad)
    places = EvidenceIndex.from_quads(evidence) if printed is None else printed
    if isinstance(profile, str):
        profile = profiles.load(profiles.suiting(_schemes(facts)) if profile == AUTO else profile)
    data = CheckDataset(facts, profile)
    unmet = failures(data, shapes(), engine)
    findings = [_located(each, places) for each in explained(unmet, data, profile)]
    seconds = time.perf_counter() - start
    _log.info("checked a document in %.2f s: %d findings", seconds, len(findings))
    return _report(sorted(findings, key=order), data, profile)


def _schemes(facts: Iterable[Quad]) -> set[str]:
    """Return the notations of the indicator schemes that projects use ("2021")."""
    prefix = CODE["indicator/"].value
    used = {value_of(quad.object) for quad in facts if quad.predicate == JX.indicatorScheme}
    return {scheme.removeprefix(prefix) for scheme in used}


def _located(explained: Explained, places: EvidenceIndex) -> Finding:
    """Return a finding with the place of the node at fault, or else of what shows it best."""
    finding, evidence_of = explained
    culprit = finding.repair.culprit if finding.repair else ""
    things = (culprit, *evidence_of, finding.focus)
    printed = next((values for thing in things if (values := places.printed(thing))), None)
    if printed is None:
        return finding
    fields = (*evidence_of, *_LIKELY)

    def rank(field: str) -> int:
        return fields.index(field) if field in fields else len(fields)

    best = min(printed, key=lambda value: (rank(value.field.value), value.field.value))
    evidence = (best.text,) if best.text else ()
    return msgspec.structs.replace(finding, where=best.where, evidence=evidence)


def _report(findings: list[Finding], data: CheckDataset, profile: Profile) -> Report:
    """Return findings with the number of things each rule applies to, and the scores."""
    active = [code for code in rules() if code not in profile.off]
    # Many rules apply to the same things: each query runs once.
    queries = dict.fromkeys(query for code in active for query in populations()[code])
    nodes = {query: data.nodes(query) for query in queries}
    outcomes = RuleOutcomes(
        {c: set[str]().union(*(nodes[query] for query in populations()[c])) for c in active},
        findings,
        {code: _weight(code, profile) for code in active},
    )
    tree = _tree(data)
    return Report(
        findings=tuple(findings),
        rates=tuple(
            Rate(code, rules()[code].name, *outcomes.counts(code, outcomes.of(code)))
            for code in active
        ),
        levels=tuple(_levels(outcomes, tree, data)),
        scores=tuple(
            score(
                outcomes,
                tree,
                lambda node: data.label(NamedNode(node), "zh"),
                data.nodes(doubt(f"{HOME}shapes/doubt#unscored").select),
            )
        ),
        profile=profile.label,
    )


def _weight(code: str, profile: Profile) -> Decimal:
    """Return the weight of a rule in the scores: 0 if it is about reading, not the document."""
    if rules()[code].of_reader:
        return Decimal(0)
    return profile.weights[profile.severity.get(code, rules()[code].severity)]


def _tree(data: CheckDataset) -> Tree:
    """Return the parts of the budget: indicators and goals of projects, projects of the budget."""
    above, category = dict[str, str](), dict[str, str]()
    for row in data.rows("""SELECT ?node ?above WHERE {
        { ?node jx:partOfBudget ?above ; a jx:BudgetProject }
        UNION { ?above jx:hasGoal|jx:hasAmount|jx:hasIndicator ?node } }"""):
        above[value_of(row["node"])] = value_of(row["above"])
    for row in data.rows("SELECT ?node ?category WHERE { ?node jx:category ?category }"):
        category[value_of(row["node"])] = value_of(row["category"])
    budgets, projects, indicators = (
        [value_of(row["node"]) for row in data.rows(f"SELECT ?node {{ {pattern} }}")]
        for pattern in (
            "?node a jx:DepartmentBudget",
            "?node a jx:BudgetProject",
            "?node jx:indicatorOf ?project . ?project a jx:BudgetProject",
        )
    )
    return Tree(above, category, budgets, projects, indicators)


def _levels(outcomes: RuleOutcomes, tree: Tree, data: CheckDataset) -> Iterator[Rate]:
    """Yield the rates of all rules together, for the indicators of each category."""
    for category in sorted(set(tree.category.values())):
        nodes = {node for node, of in tree.category.items() if of == category}
        concept = NamedNode(category)
        name = Message(zh=data.label(concept, "zh"), en=data.label(concept, "en"))
        code = "/".join(category.split("/")[-2:])  # the schemes have notations in common
        yield Rate(code, name, *outcomes.totals(nodes))
