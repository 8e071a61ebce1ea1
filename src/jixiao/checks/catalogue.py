"""The rules as `shapes/` declares them: their shapes, and what is said of each for people."""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDFS, SH, SKOS
from rdflib.term import Node

from jixiao.checks import rule_files
from jixiao.config import cache, folder
from jixiao.model.finding import Outcome, Severity
from jixiao.model.message import Message
from jixiao.rdf.namespaces import HOME
from jixiao.rdf.turtle_lines import checked_turtle

JX = Namespace(HOME + "ns#")
_IN_DIMENSION = URIRef("http://www.w3.org/ns/dqv#inDimension")
_CANNOT_TELL = URIRef("http://www.w3.org/ns/earl#cantTell")
_SEVERITIES: dict[Node | None, Severity] = {
    SH.Violation: "error",
    SH.Warning: "warning",
    SH.Info: "info",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A document that a rule follows from; `verified` where its wording was read for the rule."""

    title: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its code and name, and what a reader of a finding asks next.

    `why` is why it matters, `advice` what repairs it. `certainty` is "exact" for figures and
    blanks, "wording" where it rests on lists of words, "heuristic" where it may well be wrong.
    `letters` are those of SMART and CREAM. A rule `of_reader` tells of the reader, not of the
    document.
    """

    code: str
    name: Message
    why: Message
    advice: Message
    severity: Severity
    certainty: str
    dimension: Message
    letters: tuple[str, ...]
    sources: tuple[Source, ...]
    of_reader: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a rule cannot be judged for: a query that selects ?node, and the reason in words."""

    select: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of a rule: `of_value` tells whether a finding is of its focus node or of a value.

    `doubts` say for which things the outcome is "cannot-tell" whatever the shape finds.
    """

    iri: URIRef
    code: str
    name: Message
    dimension: str
    outcome: Outcome
    severity: Severity
    of_value: bool
    shown: str | None
    doubts: tuple[Doubt, ...]


@cache
def shapes() -> Graph:
    """Return the shapes, all files of the folder together, each shape with an IRI.

    Only property paths stay blank nodes: with an IRI they would be paths of one predicate.
    """
    graph = Graph()
    for file in folder("shapes").files(".ttl"):
        graph.parse(data=checked_turtle(file), format="turtle")
    if users := rule_files.of_user():
        for rule in users:
            _drop(graph, rule.code)
        graph.parse(data=rule_files.turtle(users), format="turtle")
    blank = {node for triple in graph for node in triple if isinstance(node, BNode)}
    paths = {
        node
        for path in graph.objects(None, SH.path)
        for node in graph.transitive_objects(path, None)
    }
    named = {node: node.skolemize() for node in blank - paths}
    result = Graph(store="SimpleMemory")  # no contexts to keep: asked thousands of times by pySHACL
    for triple in graph:
        subject, predicate, value = (
            named.get(node, node) if isinstance(node, BNode) else node for node in triple
        )
        result.add((subject, predicate, value))
    return result


def _drop(graph: Graph, code: str) -> None:
    """Take the shapes of a rule out of the graph, with the blank nodes that they are made of."""
    left = list(graph.subjects(DCTERMS.identifier, Literal(code)))
    while left:
        node = left.pop()
        left += [value for value in graph.objects(node) if isinstance(value, BNode)]
        graph.remove((node, None, None))


@cache
def by_source() -> dict[Node, Shape]:
    """Return the rule's shape of each shape, and of each property shape within it."""
    found, graph = dict[Node, Shape](), shapes()
    for node, code in graph.subject_objects(DCTERMS.identifier):
        if not isinstance(node, URIRef):
            continue
        for part in (node, *graph.objects(node, SH.property)):
            found[part] = _shape(node, part, str(code))
    return found


def _shape(node: URIRef, part: Node, code: str) -> Shape:
    graph = shapes()
    outcomes = {graph.value(n, JX.outcome) for n in (node, part)}
    declared = (graph.value(n, SH.severity) for n in (part, node))
    main = _main(code)
    shown = graph.value(node, JX.shown)
    return Shape(
        iri=node,
        code=code,
        name=both(main, RDFS.label),
        dimension=_dimensions(main)[0],
        outcome="cannot-tell" if _CANNOT_TELL in outcomes else "failed",
        severity=_SEVERITIES[next((found for found in declared if found), SH.Violation)],
        of_value=graph.value(node, JX.findsValue) == Literal(True),
        shown=str(shown) if shown else None,
        doubts=tuple(doubt(str(iri)) for iri in sorted(graph.objects(main, JX.doubtedBy), key=str)),
    )


def _main(code: str) -> URIRef:
    """Return the shape that describes a rule: of structure, even one whose outcome is not told."""
    nodes = _of_code(code)
    return next((s for s in nodes if shapes().value(s, JX.outcome) is None), nodes[0])


@cache
def doubt(iri: str) -> Doubt:
    """Return a doubt of `doubts.ttl` by its IRI."""
    node = URIRef(iri)
    return Doubt(str(shapes().value(node, SH.select)), both(node, SH.message))


def _of_code(code: str) -> list[URIRef]:
    found = shapes().subjects(DCTERMS.identifier, Literal(code))
    return sorted(node for node in found if isinstance(node, URIRef))


def _dimensions(node: Node) -> list[str]:
    """Return the dimension of a rule, and then its letters."""
    graph = shapes()
    found = [str(o) for o in graph.objects(node, _IN_DIMENSION)]
    return sorted(found, key=lambda iri: ("/criterion/" in iri, iri))


@cache
def rules() -> dict[str, Rule]:
    """Return the rules by code."""
    graph = shapes()
    codes = {str(code) for code in graph.objects(None, DCTERMS.identifier)}
    return {code: _rule(code) for code in sorted(codes)}


def _rule(code: str) -> Rule:
    graph = shapes()
    node = _main(code)
    dimension, *letters = _dimensions(node)
    parts = (node, *graph.objects(node, SH.property))
    severities = (graph.value(part, SH.severity) for part in parts)
    return Rule(
        code=code,
        name=both(node, RDFS.label),
        why=both(node, RDFS.comment),
        advice=both(node, JX.advice),
        severity=_SEVERITIES[next((s for s in severities if s), SH.Violation)],
        certainty=str(graph.value(node, JX.certainty) or "exact"),
        dimension=both(URIRef(dimension), SKOS.prefLabel),
        letters=tuple(str(graph.value(URIRef(n), SKOS.notation)) for n in letters),
        sources=tuple(sorted(_sources(node), key=lambda source: source.title)),
        of_reader=dimension.endswith("/structure"),
    )


def _sources(node: Node) -> Iterable[Source]:
    graph = shapes()
    for source in graph.objects(node, DCTERMS.source):
        verified = graph.value(source, JX.verified) == Literal(True)
        yield Source(str(graph.value(source, DCTERMS.title) or source), verified)


@cache
def populations() -> dict[str, list[str]]:
    """Return the queries for what each rule is held to, by code: each selects ?node."""
    graph = shapes()
    return {
        code: [
            str(query)
            for node in _of_code(code)
            for population in sorted(map(str, graph.objects(node, JX.heldTo)))
            for query in graph.objects(URIRef(population), SH.select)
        ]
        for code in rules()
    }


@cache
def prefixes() -> str:
    """Return the prefixes that the queries of the shapes share, as SPARQL writes them."""
    graph = shapes()
    return "".join(
        f"PREFIX {graph.value(node, SH.prefix)}: <{graph.value(node, SH.namespace)}>\n"
        for node in sorted(set(graph.objects(None, SH.declare)), key=str)
    )


def both(node: Node, predicate: Node) -> Message:
    """Return the texts of a node in both languages."""
    texts = {
        (text.language or "en")[:2].lower(): str(text)
        for text in shapes().objects(node, predicate)
        if isinstance(text, Literal)
    }
    either = next(iter(texts.values()), "")
    return Message(zh=texts.get("zh", either), en=texts.get("en", either))
