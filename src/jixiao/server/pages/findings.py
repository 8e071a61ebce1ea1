"""The findings of documents, in the order in which an auditor reads them, and their counts."""

from collections import Counter, defaultdict
from functools import partial
from itertools import chain

from pyoxigraph import NamedNode

from jixiao.checks.catalogue import rules
from jixiao.model.finding import SEVERITIES, Severity
from jixiao.rdf.findings import READ_PROPERTIES, SHACL_LEVELS, StoredFinding, read_findings
from jixiao.rdf.iris import graphs
from jixiao.server.pages.context import PageContext

_SEVERITIES: dict[str, Severity] = {SHACL_LEVELS[name].value: name for name in SEVERITIES}


def of_document(context: PageContext, document: str) -> list[StoredFinding]:
    """Return the findings of a document: most severe first, then contradictions, then by rule."""
    return context.snapshot.cached(("findings", document), partial(_read, context, document))


def counted(context: PageContext, documents: list[str] | None = None) -> Counter[str]:
    """Return the number of findings by severity: of documents, or of all."""
    counts = Counter[str]()
    for (_, severity), count in context.snapshot.index.failed(documents).items():
        counts[_SEVERITIES[severity]] += count
    return counts


def by_code(context: PageContext) -> Counter[str]:
    """Return the number of findings by rule."""
    counts = Counter[str]()
    for (code, _), count in context.snapshot.index.failed().items():
        counts[code] += count
    return counts


def _read(context: PageContext, document: str) -> list[StoredFinding]:
    graph = graphs(NamedNode(document))[2]
    # Property by property: a page needs less than a third of the quads of this graph.
    quads = (
        context.store.database.quads_for_pattern(None, predicate, None, graph)
        for predicate in READ_PROPERTIES
    )
    return sorted(read_findings(chain.from_iterable(quads)), key=_order)


def _order(finding: StoredFinding) -> tuple[int, bool, str, str, str]:
    rank = SEVERITIES.index(finding.severity)
    is_contradiction = finding.dimension.endswith("/consistency")
    return rank, not is_contradiction, finding.code, finding.focus, finding.message.en


def under(findings: list[StoredFinding], iri: str) -> list[StoredFinding]:
    """Return the findings on a thing and on its parts, whose IRIs begin with its own."""
    return [f for f in findings if f.focus == iri or f.focus.startswith(iri + "/")]


def by_rule(findings: list[StoredFinding]) -> list[tuple[str, str, list[StoredFinding]]]:
    """Return the findings by rule with the rule's severity, the most severe and frequent first."""
    groups = defaultdict[str, list[StoredFinding]](list)
    for finding in findings:
        groups[finding.code].append(finding)
    # A store may hold findings of a rule that was dropped since.
    current = [
        (code, group[0].severity, group) for code, group in groups.items() if code in rules()
    ]
    return sorted(current, key=lambda g: (SEVERITIES.index(g[1]), -len(g[2]), g[0]))
