"""Sends RDF: a graph, the triples of a thing, the whole store, and descriptions of the data."""

from collections.abc import Iterable
from typing import TypeVar

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from jixiao.publishing.dcat import PREFIXES_OF_CATALOGUES, Publication
from jixiao.publishing.dcat import described as catalogue
from jixiao.rdf.code_lists import CODES, TERMS
from jixiao.rdf.namespaces import HOME, PREFIXES, RDF, Namespace
from jixiao.rdf.questions import QUESTIONS
from jixiao.server.job import AnswerWriter, Job, as_file
from jixiao.server.negotiation import GRAPHS, SUFFIXES, best_type
from jixiao.server.problems import Problem, parse_iri
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot
from jixiao.store.store import LEDGER

T = TypeVar("T")
_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_HERE = "urn:here"  # stands for the server's address in the cached catalogue
_NAMES = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
          "Turtle", "JSON-LD", "N-Triples", "RDF_XML", "TriG", "N-Quads")  # fmt: skip


def send_graph(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    """Send the named graph `path`, or the default graph; an empty graph is "not-found"."""
    name = DefaultGraph() if job.value("default") else parse_iri(job.path)
    database = snapshot.store.database
    # The ledger names files and folders of this machine.
    if name == LEDGER or not any(database.quads_for_pattern(None, None, None, name)):
        raise Problem("not-found", what=job.path)
    quads = database.quads_for_pattern(None, None, None, name)
    _send((Triple(q.subject, q.predicate, q.object) for q in quads), job, writer)


def send_resource(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    """Send the triples of the thing `path`; if it is a named graph, the graph."""
    node = parse_iri(HOME + job.path)
    if snapshot.store.database.contains_named_graph(node) and job.path != "graph/ledger":
        graph = Job(name="graph", path=node.value, accept=job.accept)
        send_graph(snapshot, graph, writer, limits)
        return
    triples = [Triple(q.subject, q.predicate, q.object) for q in resource_quads(snapshot, node)]
    if not triples:
        raise Problem("not-found", what=node.value)
    _send(triples, job, writer)


def resource_quads(snapshot: StoreSnapshot, node: NamedNode) -> list[Quad]:
    """Return the quads of a thing, and of the terms whose IRI is its IRI with a fragment."""
    database = snapshot.store.database
    quads = list(database.quads_for_pattern(node, None, None, DefaultGraph()))
    terms = snapshot.cached("fragments", lambda: _terms_by_address(snapshot))
    for term in terms.get(node.value, ()):
        quads += database.quads_for_pattern(term, None, None, DefaultGraph())
    return quads


def _terms_by_address(snapshot: StoreSnapshot) -> dict[str, list[NamedNode]]:
    """Return the terms with a fragment in their IRI, by the IRI without it."""
    terms = dict[str, dict[NamedNode, None]]()
    for quad in snapshot.store.quads([CODES, TERMS, QUESTIONS]):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(HOME):
            address, mark, _ = quad.subject.value.partition("#")
            if mark:
                terms.setdefault(address, {})[quad.subject] = None
    return {address: list(nodes) for address, nodes in terms.items()}


def send_dump(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    """Send all graphs except the ledger, as TriG or N-Quads by the suffix of `path`."""
    media_type = SUFFIXES[job.path.rpartition(".")[2]]
    writer.head(f"{media_type}; charset=utf-8")
    serialize(snapshot.store.quads(), as_file(writer), format=GRAPHS[media_type], prefixes=PREFIXES)


def send_catalogue(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    """Send the description of the data: the catalogue (DCAT) and its statistics (VoID)."""
    # Cached once for all addresses that the server is called by, and moved to the one of the job.
    where = Publication(_HERE, job.value("publisher", "jixiao"), endpoint=f"{_HERE}/sparql")
    triples = snapshot.cached(where, lambda: list(catalogue(snapshot.store, where)))
    moved = (
        Triple(_moved(job.base, t.subject), t.predicate, _moved(job.base, t.object))
        for t in triples
    )
    _send(moved, job, writer, PREFIXES_OF_CATALOGUES)


def _moved(base: str, term: T) -> T | NamedNode:
    if isinstance(term, NamedNode) and term.value.startswith(_HERE):
        return parse_iri(base + term.value.removeprefix(_HERE))
    return term


def send_service_description(
    snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits
) -> None:
    """Send the SPARQL 1.1 Service Description."""
    prefixes = {**PREFIXES, "sd": _SD[""].value}
    _send(list(_service(snapshot, f"{job.base}/sparql")), job, writer, prefixes)


def _service(snapshot: StoreSnapshot, address: str) -> Iterable[Triple]:
    node, dataset = NamedNode(address), NamedNode(f"{address}#dataset")
    default = NamedNode(f"{address}#default")
    yield Triple(node, RDF.type, _SD.Service)
    yield Triple(node, _SD.endpoint, node)
    yield Triple(node, _SD.supportedLanguage, _SD.SPARQL11Query)
    yield Triple(node, _SD.feature, _SD.UnionDefaultGraph)
    for result_format in _NAMES:
        yield Triple(node, _SD.resultFormat, _FORMATS[result_format])
    yield Triple(node, _SD.defaultDataset, dataset)
    yield Triple(dataset, RDF.type, _SD.Dataset)
    yield Triple(dataset, _SD.defaultGraph, default)
    yield Triple(default, RDF.type, _SD.Graph)
    for name in snapshot.cached("graphs", snapshot.store.graphs):
        graph = NamedNode(f"{address}#{name.value.removeprefix(HOME)}")
        yield Triple(dataset, _SD.namedGraph, graph)
        yield Triple(graph, RDF.type, _SD.NamedGraph)
        yield Triple(graph, _SD.name, name)


def _send(
    triples: Iterable[Triple],
    job: Job,
    writer: AnswerWriter,
    prefixes: dict[str, str] = PREFIXES,
) -> None:
    media_type = best_type(job.accept, dict(GRAPHS))
    writer.head(f"{media_type}; charset=utf-8")
    syntax: RdfFormat = GRAPHS[media_type]
    serialize(triples, as_file(writer), format=syntax, prefixes=prefixes)
