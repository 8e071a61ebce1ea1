"""The findings of a document, in the order that an auditor walks through them."""

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


def of_document(look: PageContext, document: str) -> list[StoredFinding]:
    """Return the findings of a document: the gravest first, figures first, then by rule."""
    return look.held.once(("findings", document), partial(_read, look, document))


def counted(look: PageContext, documents: list[str] | None = None) -> Counter[str]:
    """Return how many findings documents have, or all, by severity."""
    counts = Counter[str]()
    for (_, severity), count in look.held.index.failed(documents).items():
        counts[_SEVERITIES[severity]] += count
    return counts


def by_code(look: PageContext) -> Counter[str]:
    """Return how many findings there are by rule."""
    counts = Counter[str]()
    for (code, _), count in look.held.index.failed().items():
        counts[code] += count
    return counts


def _read(look: PageContext, document: str) -> list[StoredFinding]:
    graph = graphs(NamedNode(document))[2]
    of_properties = (
        look.store.database.quads_for_pattern(None, predicate, None, graph)
        for predicate in READ_PROPERTIES
    )
    return sorted(read_findings(chain.from_iterable(of_properties)), key=_order)


def _order(found: StoredFinding) -> tuple[int, bool, str, str, str]:
    rank = SEVERITIES.index(found.severity)
    figures = found.dimension.endswith("/consistency")
    return rank, not figures, found.code, found.focus, found.message.en


def under(findings: list[StoredFinding], iri: str) -> list[StoredFinding]:
    """Return the findings of a thing and of its parts."""
    return [f for f in findings if f.focus == iri or f.focus.startswith(iri + "/")]


def by_rule(findings: list[StoredFinding]) -> list[tuple[str, str, list[StoredFinding]]]:
    """Return the findings by rule with the rule's severity, the gravest and most frequent first."""
    groups = defaultdict[str, list[StoredFinding]](list)
    for found in findings:
        groups[found.code].append(found)
    known = [(code, group[0].severity, group) for code, group in groups.items() if code in rules()]
    return sorted(known, key=lambda g: (SEVERITIES.index(g[1]), -len(g[2]), g[0]))
