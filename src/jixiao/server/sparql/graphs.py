"""Gives out RDF: a graph, what is said of a thing, the whole, and what describes it."""

from collections.abc import Iterable
from typing import TypeVar

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from jixiao.publishing.dcat import PREFIXES_OF_CATALOGUES, Publication
from jixiao.publishing.dcat import described as catalogue
from jixiao.rdf.code_lists import CODES, TERMS
from jixiao.rdf.namespaces import HOME, PREFIXES, RDF, Namespace
from jixiao.rdf.questions import QUESTIONS
from jixiao.server.limits import Limits
from jixiao.server.negotiation import GRAPHS, SUFFIXES, chosen
from jixiao.server.problems import Problem, named
from jixiao.server.workers.frames import Out, as_file
from jixiao.server.workers.worker import Job, StoreSnapshot
from jixiao.store.store import LEDGER

T = TypeVar("T")
_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_HERE = "urn:here"  # stands for the server's address in what is kept
_NAMES = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
          "Turtle", "JSON-LD", "N-Triples", "RDF_XML", "TriG", "N-Quads")  # fmt: skip


def graph(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out a named graph, or the default graph; a graph that is not there is a problem."""
    name = DefaultGraph() if job.value("default") else named(job.path)
    if name == LEDGER or not _first(held, name):
        raise Problem("not-found", what=job.path)
    quads = held.store.database.quads_for_pattern(None, None, None, name)
    _triples((Triple(q.subject, q.predicate, q.object) for q in quads), job, out)


def _first(held: StoreSnapshot, name: NamedNode | DefaultGraph) -> Quad | None:
    return next(held.store.database.quads_for_pattern(None, None, None, name), None)


def thing(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out what is said of a thing, or the graph that it is; of `ns` all its terms."""
    node = named(HOME + job.path)
    if held.store.database.contains_named_graph(node) and job.path != "graph/ledger":
        graph(held, Job(name="graph", path=node.value, accept=job.accept), out, limits)
        return
    triples = [Triple(q.subject, q.predicate, q.object) for q in said(held, node)]
    if not triples:
        raise Problem("not-found", what=node.value)
    _triples(triples, job, out)


def said(held: StoreSnapshot, node: NamedNode) -> list[Quad]:
    """Return what is said of a thing and of what has a name under its own."""
    database = held.store.database
    own = list(database.quads_for_pattern(node, None, None, DefaultGraph()))
    parts = held.once("hashes", lambda: _hashes(held))
    for part in parts.get(node.value, ()):
        own += database.quads_for_pattern(part, None, None, DefaultGraph())
    return own


def _hashes(held: StoreSnapshot) -> dict[str, list[NamedNode]]:
    """Return the terms by the address that they share."""
    found = dict[str, dict[NamedNode, None]]()
    for quad in held.store.quads([CODES, TERMS, QUESTIONS]):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(HOME):
            address, mark, _ = quad.subject.value.partition("#")
            if mark:
                found.setdefault(address, {})[quad.subject] = None
    return {address: list(terms) for address, terms in found.items()}


def whole(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out all graphs but the ledger, as TriG or N-Quads."""
    kind = SUFFIXES[job.path.rpartition(".")[2]]
    out.head(f"{kind}; charset=utf-8")
    serialize(held.store.quads(), as_file(out), format=GRAPHS[kind], prefixes=PREFIXES)


def described(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out the catalogue (DCAT) and VoID."""
    where = Publication(_HERE, job.value("publisher", "jixiao"), endpoint=f"{_HERE}/sparql")
    triples = held.once(where, lambda: list(catalogue(held.store, where)))
    _triples((_at(job.base, t) for t in triples), job, out, PREFIXES_OF_CATALOGUES)


def _at(base: str, triple: Triple) -> Triple:
    """Return a triple of the catalogue as it is told at an address."""
    subject, of = _moved(base, triple.subject), _moved(base, triple.object)
    return Triple(subject, triple.predicate, of)


def _moved(base: str, term: T) -> T | NamedNode:
    if isinstance(term, NamedNode) and term.value.startswith(_HERE):
        return named(base + term.value.removeprefix(_HERE))
    return term


def service(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out the SPARQL 1.1 Service Description."""
    prefixes = {**PREFIXES, "sd": _SD[""].value}
    _triples(list(_service(held, f"{job.base}/sparql")), job, out, prefixes)


def _service(held: StoreSnapshot, address: str) -> Iterable[Triple]:
    node, dataset = NamedNode(address), NamedNode(f"{address}#dataset")
    default = NamedNode(f"{address}#default")
    yield Triple(node, RDF.type, _SD.Service)
    yield Triple(node, _SD.endpoint, node)
    yield Triple(node, _SD.supportedLanguage, _SD.SPARQL11Query)
    yield Triple(node, _SD.feature, _SD.UnionDefaultGraph)
    for of_format in _NAMES:
        yield Triple(node, _SD.resultFormat, _FORMATS[of_format])
    yield Triple(node, _SD.defaultDataset, dataset)
    yield Triple(dataset, RDF.type, _SD.Dataset)
    yield Triple(dataset, _SD.defaultGraph, default)
    yield Triple(default, RDF.type, _SD.Graph)
    for graph_name in held.once("graphs", held.store.graphs):
        own = NamedNode(f"{address}#{graph_name.value.removeprefix(HOME)}")
        yield Triple(dataset, _SD.namedGraph, own)
        yield Triple(own, RDF.type, _SD.NamedGraph)
        yield Triple(own, _SD.name, graph_name)


def _triples(
    triples: Iterable[Triple], job: Job, out: Out, prefixes: dict[str, str] = PREFIXES
) -> None:
    kind = chosen(job.accept, dict(GRAPHS))
    out.head(f"{kind}; charset=utf-8")
    syntax: RdfFormat = GRAPHS[kind]
    serialize(triples, as_file(out), format=syntax, prefixes=prefixes)
