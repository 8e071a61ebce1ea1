"""The findings of a document, in the order that an auditor walks through them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial

from pyoxigraph import Literal, NamedNode

from jixiao.checks.catalogue import rules
from jixiao.model.finding import SEVERITIES, Severity
from jixiao.model.record import Message
from jixiao.rdf.findings import SHACL_LEVELS
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import DCT, DQV, EARL, JX
from jixiao.server.pages.context import PageContext

Term = NamedNode | Literal

_SEVERITIES: dict[str, Severity] = {SHACL_LEVELS[name].value: name for name in SEVERITIES}
_OUTCOMES = {EARL.cantTell.value: "cannot-tell"}
# What is read of a document's findings: less than a third of what is stated there.
_SHOWN = (
    JX.severity, DCT.identifier, DQV.inDimension, EARL.subject, JX.culprit, JX.repair,
    EARL.result, EARL.outcome, DCT.description,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageFinding:
    """A finding: the rule, how grave, of what, in words; `repair` is what would mend it."""

    iri: str
    code: str
    severity: Severity
    outcome: str
    dimension: str
    focus: str
    culprit: str
    message: Message
    repair: Message | None

    @property
    def contradicts(self) -> bool:
        """Whether figures contradict each other."""
        return self.severity == "error" and self.dimension.endswith("/consistency")


def of_document(context: PageContext, document: str) -> list[PageFinding]:
    """Return the findings of a document: the gravest first, figures first, then by rule."""
    return context.snapshot.cached(("findings", document), partial(_read, context, document))


def counted(context: PageContext, documents: list[str] | None = None) -> Counter[str]:
    """Return how many findings documents have, or all, by severity."""
    counts = Counter[str]()
    for (_, severity), count in context.snapshot.index.failed(documents).items():
        counts[_SEVERITIES[severity]] += count
    return counts


def by_code(context: PageContext) -> Counter[str]:
    """Return how many findings there are by rule."""
    counts = Counter[str]()
    for (code, _), count in context.snapshot.index.failed().items():
        counts[code] += count
    return counts


def _read(context: PageContext, document: str) -> list[PageFinding]:
    graph = graphs(NamedNode(document))[2]
    said = _Said({predicate: _values(context, predicate, graph) for predicate in _SHOWN})
    return sorted((said.found(iri) for iri in said.of[JX.severity]), key=_order)


def _values(context: PageContext, predicate: NamedNode, graph: NamedNode) -> dict[str, list[Term]]:
    """Return the values of a property in a graph, by the thing that has them."""
    values = defaultdict[str, list[Term]](list)
    for quad in context.store.database.quads_for_pattern(None, predicate, None, graph):
        thing, value = quad.subject, quad.object
        if isinstance(thing, NamedNode) and isinstance(value, NamedNode | Literal):
            values[thing.value].append(value)
    return values


@dataclass(frozen=True, slots=True)
class _Said:
    """What is stated of findings and of their results, by property."""

    of: dict[NamedNode, dict[str, list[Term]]]

    def found(self, iri: str) -> PageFinding:
        """Return a finding."""
        result = self._one(iri, EARL.result)
        repair = self.of[JX.repair].get(iri)
        return PageFinding(
            iri=iri,
            code=self._one(iri, DCT.identifier),
            severity=_SEVERITIES[self._one(iri, JX.severity)],
            outcome=_OUTCOMES.get(self._one(result, EARL.outcome), "failed"),
            dimension=self._one(iri, DQV.inDimension),
            focus=self._one(iri, EARL.subject),
            culprit=self._one(iri, JX.culprit),
            message=_message(self.of[DCT.description].get(result, [])),
            repair=_message(repair) if repair else None,
        )

    def _one(self, iri: str, predicate: NamedNode) -> str:
        values = self.of[predicate].get(iri)
        return values[0].value if values else ""


def _message(told: list[Term]) -> Message:
    by_language = {
        (term.language or "")[:2]: term.value for term in told if isinstance(term, Literal)
    }
    return Message(zh=by_language.get("zh", ""), en=by_language.get("en", ""))


def _order(found: PageFinding) -> tuple[int, bool, str, str, str]:
    rank = SEVERITIES.index(found.severity)
    figures = found.dimension.endswith("/consistency")
    return rank, not figures, found.code, found.focus, found.message.en


def under(findings: list[PageFinding], iri: str) -> list[PageFinding]:
    """Return the findings of a thing and of its parts."""
    return [f for f in findings if f.focus == iri or f.focus.startswith(iri + "/")]


def by_rule(findings: list[PageFinding]) -> list[tuple[str, str, list[PageFinding]]]:
    """Return the findings by rule with the rule's severity, the gravest and most frequent first."""
    groups = defaultdict[str, list[PageFinding]](list)
    for found in findings:
        groups[found.code].append(found)
    known = [(code, group[0].severity, group) for code, group in groups.items() if code in rules()]
    return sorted(known, key=lambda g: (SEVERITIES.index(g[1]), -len(g[2]), g[0]))
