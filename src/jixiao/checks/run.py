"""Checks one document's graph against the SHACL of `shapes/`.

Only facts and codes are validated: evidence is three times as large and no rule speaks of it. An
engine says what does not meet which shape; the queries of the shape then say what there is to tell.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize
from rdflib import Dataset, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import SH
from rdflib.term import Node

from jixiao.checks import profiles as profiles
from jixiao.checks.catalogue import JX, Shape, both, by_source, populations, rules, shapes
from jixiao.checks.dataset import SCHEME, CheckDataset, Row, Term, background
from jixiao.checks.engine import Engine, Failure, failures
from jixiao.checks.profiles import AUTO, Profile
from jixiao.checks.scores import RuleOutcomes, Tree, score
from jixiao.model.finding import Finding, Operand, Outcome, Rate, Repair, Report, Severity, order
from jixiao.model.record import Message
from jixiao.rdf.evidence_index import EvidenceIndex
from jixiao.rdf.namespaces import JX as TERMS
from jixiao.rdf.terms import value_of

__all__ = ["check", "check_quads", "rules", "shapes"]


def check(graph: Dataset, *, engine: Engine = "auto", profile: str | Profile = AUTO) -> Report:
    """Return what does not hold in the graph of one document (see `ontology.graph`).

    `profile` is "auto", the name of a shipped profile, the path of one, or one that was loaded.
    """
    facts, evidence = list[str](), list[tuple[str, str, str]]()
    for part in graph.graphs():
        name = str(part.identifier)
        if name.endswith("/evidence"):
            evidence += [(str(s), str(p), str(o)) for s, p, o in part]
        elif name.endswith("/facts"):
            facts.append(part.serialize(format="nt"))
    return _judge("".join(facts).encode(), EvidenceIndex(evidence), engine, profile)


def check_quads(
    quads: Iterable[Quad], engine: Engine = "auto", profile: str | Profile = AUTO
) -> Report:
    """Return what does not hold in one document's quads (see `ontology.quads`)."""
    facts, evidence = list[Triple](), list[tuple[str, str, str]]()
    for quad in quads:
        if value_of(quad.graph_name).endswith("/evidence"):
            terms = quad.subject, quad.predicate, quad.object
            subject, predicate, value = (value_of(term) for term in terms)
            evidence.append((subject, predicate, value))
        else:
            facts.append(quad.triple)
    text = serialize(facts, format=RdfFormat.N_TRIPLES) or b""
    return _judge(text, EvidenceIndex(evidence), engine, profile)


def _judge(text: bytes, places: EvidenceIndex, engine: Engine, wanted: str | Profile) -> Report:
    schemes = {match[1] for match in re.finditer(SCHEME + r"> \.", text.decode())}
    name = profiles.suiting(schemes) if wanted == AUTO else wanted
    profile = profiles.load(name) if isinstance(name, str) else name
    whole = text + background(profile)
    data = CheckDataset(whole)
    unmet = failures(data.graph, shapes(), engine, whole)
    found = list(_unsure(_findings(unmet, data, profile), data, profile))
    located = sorted((places.locate(f, shown) for f, shown in found), key=order)
    return _report(located, data, profile)


Found = tuple[Finding, tuple[str, ...]]


def _findings(unmet: Iterable[Failure], data: CheckDataset, profile: Profile) -> Iterator[Found]:
    """Yield what there is to tell of the failures, and the things whose place shows it best."""
    by_part = dict[Node, list[Failure]]()
    for failure in unmet:
        by_part.setdefault(failure.source, []).append(failure)
    for part, failed in by_part.items():
        shape = by_source()[part]
        if shape.code not in profile.off:
            for told, row, failure in _cases(shape, part, failed, data):
                yield _finding(shape, told, row, failure, data, profile)


Case = tuple[Node, Row, Failure]


def _cases(shape: Shape, part: Node, failed: list[Failure], data: CheckDataset) -> Iterator[Case]:
    """Yield what tells of a failure, and what it names: a report has no room for the latter."""
    graph = shapes()
    constraints = sorted(set(graph.objects(shape.iri, SH.sparql)), key=str)
    if part == shape.iri and constraints:
        by_focus = {str(failure.focus): failure for failure in failed}
        for constraint in constraints:
            for row in data.rows(str(graph.value(constraint, SH.select))):
                failure = by_focus.get(value_of(row["this"]))
                if failure:
                    yield constraint, row, failure
        return
    operands = graph.value(shape.iri, JX.operandQuery)
    named = {row["this"]: row for row in data.rows(str(operands))} if operands else {}
    for failure in failed:
        focus = NamedNode(str(failure.focus))
        yield part, {"this": focus, **named.get(focus, {})}, failure


def _finding(
    shape: Shape, told: Node, row: Row, failure: Failure, data: CheckDataset, profile: Profile
) -> Found:
    focus = row["value"] if shape.of_value else row["this"]
    finding = Finding(
        code=shape.code,
        severity=_severity(shape, profile),
        outcome=shape.outcome,
        dimension=shape.dimension,
        focus=value_of(focus),
        name=data.label(focus, "zh"),
        shape=str(shape.iri),
        message=_filled(told, row, data),
        where=None,
        evidence=(),
        repair=_repair(shape.iri, row, data),
        operands=tuple(_operands(shape.iri, focus, data)),
    )
    return finding, tuple(_shown(shape, row, focus, failure, data))


def _shown(
    shape: Shape, row: Row, focus: Term, failure: Failure, data: CheckDataset
) -> Iterator[str]:
    """Yield what best shows a finding: things, and the field of the focus."""
    if "shown" in row:
        yield value_of(row["shown"])
    field = shape.shown or (str(failure.path) if failure.path else None)
    if field and isinstance(focus, NamedNode):
        found = data.values(focus, NamedNode(field))
        yield from (value.value for value in found if isinstance(value, NamedNode))
        yield field


def _severity(shape: Shape, profile: Profile) -> Severity:
    declared = profile.severity.get(shape.code)
    return declared if declared and shape.outcome == "failed" else shape.severity


def _unsure(found: Iterable[Found], data: CheckDataset, profile: Profile) -> Iterator[Found]:
    """Yield the findings; one of what was read with doubt cannot be told."""
    least = profile.thresholds.get("certain-from", Decimal(0))
    for finding, shown in found:
        read = data.values(NamedNode(finding.focus), TERMS.confidence)
        doubtful = any(Decimal(value_of(confidence)) < least for confidence in read)
        outcome: Outcome = "cannot-tell" if doubtful else finding.outcome
        yield msgspec.structs.replace(finding, outcome=outcome), shown


def _repair(shape: URIRef, row: Row, data: CheckDataset) -> Repair | None:
    """Return the first repair the shape declares that leaves one answer only."""
    graph = shapes()
    declarations = sorted(
        graph.objects(shape, JX.repairQuery), key=lambda n: str(graph.value(n, SH.order))
    )
    for declared in declarations:
        rows = data.rows(str(graph.value(declared, SH.select)), row)
        if len(rows) == 1:
            values = {name: _plain(value) for name, value in rows[0].items() if name not in row}
            certain = graph.value(declared, JX.certain) != RdfLiteral(False)
            told = _filled(declared, row | rows[0], data)
            return Repair(values.pop("culprit"), told, values, certain)
    return None


def _operands(shape: URIRef, focus: Term, data: CheckDataset) -> Iterator[Operand]:
    """Yield the figures that a finding is about: what a shape's query says of its focus."""
    query = shapes().value(shape, JX.operandsQuery)
    if query is None:
        return
    found = data.rows(str(query), {"this": focus})
    for operand in sorted(found, key=lambda r: (value_of(r["role"]), _number(r.get("rank")))):
        node = operand["operand"]
        name = value_of(operand["name"]) if "name" in operand else data.label(node, "zh")
        yield Operand(value_of(operand["role"]), name, _plain(operand["wan"]), value_of(node))


def _number(value: Term | None) -> Decimal:
    return Decimal(value_of(value)) if value else Decimal(0)


def _filled(told: Node, row: Row, data: CheckDataset) -> Message:
    """Return the message of a shape or a constraint with what it names filled in."""
    template = both(told, SH.message)
    return Message(zh=_fill(template.zh, row, data, "zh"), en=_fill(template.en, row, data, "en"))


def _fill(template: str, row: Row, data: CheckDataset, language: str) -> str:
    def shown(match: re.Match[str]) -> str:
        node = row.get(match[1])
        return match[0] if node is None else data.label(node, language) or _plain(node)

    return re.sub(r"\{[?$](\w+)\}", shown, template)


def _plain(value: Term) -> str:
    """Return a term as text; a decimal without the zeros that arithmetic leaves."""
    if isinstance(value, Literal) and value.datatype.value.endswith(("#decimal", "#integer")):
        return f"{Decimal(value.value).normalize():f}"
    return value.value


def _report(findings: list[Finding], data: CheckDataset, profile: Profile) -> Report:
    """Return findings with how many things each rule was held to, and the scores that follow."""
    active = [code for code in rules() if code not in profile.off]
    asked = dict.fromkeys(query for code in active for query in populations()[code])
    nodes = {query: {value_of(row["node"]) for row in data.rows(query)} for query in asked}
    held = RuleOutcomes(
        {c: set[str]().union(*(nodes[query] for query in populations()[c])) for c in active},
        findings,
        {code: _weight(code, profile) for code in active},
    )
    tree = _tree(data)
    return Report(
        findings=tuple(findings),
        rates=tuple(
            Rate(code, rules()[code].name, *held.counts(code, held.of(code))) for code in active
        ),
        levels=tuple(_levels(held, tree, data)),
        scores=tuple(score(held, tree, lambda node: data.label(NamedNode(node), "zh"))),
        profile=profile.label,
    )


def _weight(code: str, profile: Profile) -> Decimal:
    """Return what a rule weighs in the scores: nothing where it tells of the reader."""
    if rules()[code].of_reader:
        return Decimal(0)
    return profile.weights[profile.severity.get(code, rules()[code].severity)]


def _tree(data: CheckDataset) -> Tree:
    """Return what each thing is part of: indicator and goal of a project, project of a budget."""
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


def _levels(held: RuleOutcomes, tree: Tree, data: CheckDataset) -> Iterator[Rate]:
    """Yield how many checks of the indicators of each category were not passed."""
    for category in sorted(set(tree.category.values())):
        nodes = {node for node, of in tree.category.items() if of == category}
        name = Message(
            zh=data.label(NamedNode(category), "zh"), en=data.label(NamedNode(category), "en")
        )
        code = "/".join(category.split("/")[-2:])  # the schemes have notations in common
        yield Rate(code, name, *held.totals(nodes))
