"""Describes a store to catalogues: DCAT-AP 3, and VoID with counts and partitions.

What is described is the site that `site.write` makes, served at an address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Triple, serialize

from jixiao.atomic_files import writing
from jixiao.errors import UsageError
from jixiao.messages import message
from jixiao.model.message import Message
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import (
    DCAT,
    DCATAP,
    DCT,
    FOAF,
    HOME,
    JX,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    VCARD,
    VOID,
    XSD,
)
from jixiao.store.statistics import counts
from jixiao.store.store import Store

_ADDRESS = re.compile(r"https?://[^/?#@\s]+(?:[/?#]\S*)?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_EU = "http://publications.europa.eu/resource/authority/"
_STABLE = NamedNode(_EU + "planned-availability/STABLE")
# What a site holds of the whole graph: the file, its export, its media type, the EU's file type.
DUMPS = (
    ("dump/jixiao.trig", "trig", "application/trig", "RDF_TRIG"),
    ("dump/jixiao.nq", "nquads", "application/n-quads", "RDF_N_QUADS"),
    ("dump/jixiao.jsonld", "jsonld", "application/ld+json", "JSON_LD"),
)
PREFIXES_OF_CATALOGUES = PREFIXES | {
    "dcat": DCAT[""].value,
    "void": VOID[""].value,
    "vcard": VCARD[""].value,
}


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a site is served, by whom, and the SPARQL endpoint beside it, if there is one."""

    at: str
    publisher: str
    contact: str = ""
    endpoint: str = ""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"

    def __getitem__(self, path: str) -> NamedNode:
        """Return the address of something at the site."""
        return NamedNode(self.at.rstrip("/") + "/" + path)


def publication(**told: str) -> Publication:
    """Return where a site is served, as it is told; raises `UsageError` for what is no address."""
    if not (told["at"] and told["publisher"]):
        raise UsageError("publication-needed")
    _check(_ADDRESS, "--at", told["at"], no="?#")
    for option in ("endpoint", "licence"):
        if told[option]:
            _check(_ADDRESS, f"--{option}", told[option])
    told["contact"] = told["contact"].removeprefix("mailto:")
    if told["contact"]:
        form = _ADDRESS if told["contact"].startswith("http") else _MAIL
        _check(form, "--contact", told["contact"])
    return Publication(**told)


def _check(form: re.Pattern[str], option: str, value: str, *, no: str = "") -> None:
    try:
        NamedNode(value if form is _ADDRESS else f"mailto:{value}")
        fine = bool(form.fullmatch(value)) and not set(value) & set(no)
    except ValueError:
        fine = False
    if not fine:
        raise UsageError("publication-address", option=option, value=value)


def write(store: Store, path: Path, where: Publication) -> None:
    """Write the description as Turtle."""
    with writing(path) as file:
        serialize(
            described(store, where), file, format=RdfFormat.TURTLE, prefixes=PREFIXES_OF_CATALOGUES
        )


def described(store: Store, where: Publication) -> Iterator[Triple]:
    """Yield the catalogue, its datasets and their distributions, and what VoID says of them."""
    yield from _catalogue(where)
    yield from _whole(store, where)
    if where.endpoint:
        yield from _service(where)
    for document, told in sorted(_documents(store).items()):
        yield from _document(where, NamedNode(document), told)
    yield from _void(store, where)


def _catalogue(where: Publication) -> Iterator[Triple]:
    catalogue, publisher = where["catalog"], where["publisher"]
    yield Triple(catalogue, RDF.type, DCAT.Catalog)
    yield from _told(catalogue, DCT.title, message("catalogue-title"))
    yield from _told(catalogue, DCT.description, message("catalogue-description"))
    yield Triple(catalogue, DCT.publisher, publisher)
    yield Triple(catalogue, DCT.license, NamedNode(where.licence))
    yield Triple(catalogue, FOAF.homepage, where[""])
    yield Triple(catalogue, DCT.language, NamedNode(_EU + "language/ZHO"))
    yield Triple(catalogue, DCAT.themeTaxonomy, NamedNode(_EU + "data-theme"))
    yield Triple(catalogue, DCAT.dataset, where["dataset"])
    yield Triple(publisher, RDF.type, FOAF.Agent)
    yield Triple(publisher, FOAF.name, Literal(where.publisher))
    yield Triple(NamedNode(where.licence), RDF.type, DCT.LicenseDocument)
    yield Triple(where[""], RDF.type, FOAF.Document)


def _whole(store: Store, where: Publication) -> Iterator[Triple]:
    dataset = where["dataset"]
    yield from _dataset(where, dataset, message("dataset-title"), message("dataset-description"))
    for path, _, media, kind in DUMPS:
        yield from _distribution(where, dataset, path, media, kind)
    for row in _solved(store, _REGIONS):
        yield from _region(dataset, row)
    for start, end in [(r[0], r[1]) for r in _solved(store, _SPAN) if r[0]]:
        yield from _period(dataset, f"{start}-01-01", f"{end}-12-31")


def _dataset(
    where: Publication, dataset: NamedNode, title: Message, told: Message
) -> Iterator[Triple]:
    yield Triple(dataset, RDF.type, DCAT.Dataset)
    yield from _told(dataset, DCT.title, title)
    yield from _told(dataset, DCT.description, told)
    yield Triple(dataset, DCT.publisher, where["publisher"])
    yield Triple(dataset, DCT.license, NamedNode(where.licence))
    yield Triple(dataset, DCT.language, NamedNode(_EU + "language/ZHO"))
    for theme in ("GOVE", "ECON"):
        yield Triple(dataset, DCAT.theme, NamedNode(f"{_EU}data-theme/{theme}"))
    words = message("dataset-keywords")
    for word in words.zh.split("、"):
        yield Triple(dataset, DCAT.keyword, Literal(word, language="zh-Hans"))
    for word in words.en.split(", "):
        yield Triple(dataset, DCAT.keyword, Literal(word, language="en"))
    if where.contact:
        contact = where["contact"]
        yield Triple(dataset, DCAT.contactPoint, contact)
        yield Triple(contact, RDF.type, VCARD.Kind)
        yield Triple(contact, VCARD.fn, Literal(where.publisher))
        page = bool(_ADDRESS.fullmatch(where.contact))
        address = where.contact if page else f"mailto:{where.contact}"
        yield Triple(contact, VCARD.hasURL if page else VCARD.hasEmail, NamedNode(address))


def _distribution(
    where: Publication, dataset: NamedNode, path: str, media: str, kind: str
) -> Iterator[Triple]:
    address = where[path]
    node = NamedNode(address.value + "#distribution")
    media_type = NamedNode(f"https://www.iana.org/assignments/media-types/{media}")
    yield Triple(dataset, DCAT.distribution, node)
    yield Triple(node, RDF.type, DCAT.Distribution)
    yield Triple(node, DCAT.accessURL, address)
    yield Triple(node, DCAT.downloadURL, address)
    yield Triple(node, DCAT.mediaType, media_type)
    yield Triple(node, DCT.format, NamedNode(f"{_EU}file-type/{kind}"))
    yield from _told(node, DCT.description, message("distribution-description", media=media))
    yield Triple(node, DCATAP.availability, _STABLE)
    yield Triple(node, DCT.license, NamedNode(where.licence))
    yield Triple(address, RDF.type, RDFS.Resource)
    yield Triple(media_type, RDF.type, DCT.MediaType)


def _service(where: Publication) -> Iterator[Triple]:
    service, address = where["sparql"], NamedNode(where.endpoint)
    yield Triple(where["catalog"], DCAT.service, service)
    yield Triple(service, RDF.type, DCAT.DataService)
    yield from _told(service, DCT.title, message("service-title"))
    yield Triple(service, DCAT.endpointURL, address)
    yield Triple(service, DCAT.servesDataset, where["dataset"])
    yield Triple(address, RDF.type, RDFS.Resource)


def _documents(store: Store) -> dict[str, tuple[str, ...]]:
    """Return what is said of each document: department, year, region, its name, file."""
    return {row[0]: row[1:] for row in _solved(store, _DOCUMENTS)}


def _document(where: Publication, document: NamedNode, told: tuple[str, ...]) -> Iterator[Triple]:
    """Yield the dataset of one disclosure."""
    department, year, region, region_name, file = told
    dataset = where[document.value.removeprefix(HOME) + "/dataset"]
    fields = {"department": department, "year": year, "file": file}
    title = message("document-dataset-title", **fields)
    yield from _dataset(where, dataset, title, message("document-dataset-description", **fields))
    yield Triple(where["catalog"], DCAT.dataset, dataset)
    yield Triple(dataset, DCT.isPartOf, where["dataset"])
    yield Triple(dataset, PROV.wasDerivedFrom, document)
    if region:
        yield from _region(dataset, (region, region_name))
    if year:
        yield from _period(dataset, f"{year}-01-01", f"{year}-12-31")
    path = document.value.removeprefix(HOME) + "/facts.ttl"
    yield from _distribution(where, dataset, path, "text/turtle", "RDF_TURTLE")


def _region(dataset: NamedNode, row: tuple[str, ...]) -> Iterator[Triple]:
    place = NamedNode(row[0])
    yield Triple(dataset, DCT.spatial, place)
    yield Triple(place, RDF.type, DCT.Location)
    yield Triple(place, RDFS.label, Literal(row[1], language="zh-Hans"))


def _period(dataset: NamedNode, start: str, end: str) -> Iterator[Triple]:
    period = NamedNode(f"{dataset.value}/period")
    yield Triple(dataset, DCT.temporal, period)
    yield Triple(period, RDF.type, DCT.PeriodOfTime)
    yield Triple(period, DCAT.startDate, Literal(start, datatype=XSD.date))
    yield Triple(period, DCAT.endDate, Literal(end, datatype=XSD.date))


def _void(store: Store, where: Publication) -> Iterator[Triple]:
    """Yield what VoID says of the whole: counts, partitions by class and property, its graphs."""
    dataset = where["dataset"]
    yield Triple(dataset, RDF.type, VOID.Dataset)
    held = counts(store)
    for term, number in (("triples", held.triples), ("classes", len(held.classes)),
                         ("properties", len(held.properties))):  # fmt: skip
        yield Triple(dataset, VOID[term], Literal(number))
    yield Triple(dataset, VOID.uriSpace, Literal(HOME))
    yield Triple(dataset, VOID.vocabulary, NamedNode(JX[""].value.rstrip("#")))
    for path, *_ in DUMPS:
        yield Triple(dataset, VOID.dataDump, where[path])
    if where.endpoint:
        yield Triple(dataset, VOID.sparqlEndpoint, NamedNode(where.endpoint))
    yield from _partitions(where, "class", "entities", held.classes)
    yield from _partitions(where, "property", "triples", held.properties)
    for name, number in held.graphs.items():
        graph = NamedNode(name)
        yield Triple(dataset, VOID.subset, graph)
        yield Triple(graph, RDF.type, VOID.Dataset)
        yield Triple(graph, VOID.triples, Literal(number))
    for document in store.documents():
        facts, *_ = graphs(document)
        yield Triple(facts, VOID.dataDump, where[document.value.removeprefix(HOME) + "/facts.ttl"])
        yield Triple(facts, VOID.rootResource, document)


def _partitions(
    where: Publication, of: str, counted: str, numbers: dict[str, int]
) -> Iterator[Triple]:
    """Yield the parts of the whole by class or property, and how much each holds."""
    for iri, number in numbers.items():
        part = where[f"void/{of}/{_short(iri)}"]
        yield Triple(where["dataset"], VOID[f"{of}Partition"], part)
        yield Triple(part, VOID[of], NamedNode(iri))
        yield Triple(part, VOID[counted], Literal(number))


_VOCABULARIES = """PREFIX jx: <https://w3id.org/jixiao/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_SPAN = (
    _VOCABULARIES + "SELECT (MIN(STR(?y)) AS ?start) (MAX(STR(?y)) AS ?end) { ?b jx:budgetYear ?y }"
)
_REGIONS = (
    _VOCABULARIES
    + """SELECT DISTINCT ?region ?name { ?d a jx:BudgetDepartment ; dct:spatial ?region .
    ?region skos:prefLabel ?name } ORDER BY ?region"""
)
_DOCUMENTS = (
    _VOCABULARIES
    + """SELECT ?document (SAMPLE(?department) AS ?d) (SAMPLE(STR(?y)) AS ?year)
    (SAMPLE(?region) AS ?r) (SAMPLE(?region_name) AS ?n) (SAMPLE(?file) AS ?f) {
    ?document a jx:DisclosureDocument ; jx:fileName ?file .
    OPTIONAL { ?budget a jx:DepartmentBudget ; dct:source ?document ;
        jx:departmentName ?department ; jx:budgetYear ?y ; jx:department ?unit
        OPTIONAL { ?unit dct:spatial ?region . ?region skos:prefLabel ?region_name } }
    } GROUP BY ?document"""
)


def _solved(store: Store, query: str) -> list[tuple[str, ...]]:
    found = store.database.query(query)
    if not isinstance(found, QuerySolutions):
        raise TypeError("a description asks by SELECT only")
    return sorted(tuple(str(getattr(term, "value", "") or "") for term in row) for row in found)


def _told(node: NamedNode, predicate: NamedNode, words: Message) -> Iterator[Triple]:
    yield Triple(node, predicate, Literal(words.zh, language="zh-Hans"))
    yield Triple(node, predicate, Literal(words.en, language="en"))


def _short(iri: str) -> str:
    """Return a term's name as it stands in an address."""
    known = ((ns, prefix) for prefix, ns in PREFIXES_OF_CATALOGUES.items() if iri.startswith(ns))
    namespace, prefix = max(known, key=lambda pair: len(pair[0]), default=("", "x"))
    return f"{prefix}-{iri.removeprefix(namespace)}".replace("/", "-").replace("#", "-")
