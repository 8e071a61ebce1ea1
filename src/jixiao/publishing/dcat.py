"""Describes a store for catalogues: DCAT-AP 3, and VoID with counts and partitions.

The description is of the site that `site.write` makes, served at a given address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import (
    Literal,
    NamedNode,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

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
_USUAL_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_STABLE = NamedNode(_EU + "planned-availability/STABLE")
# The files of a site with the whole graph: path, format of `export`, media type, and file type in
# the EU's vocabulary, which DCAT-AP requires.
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
    """The publication of a site.

    Attributes:
        at: The address of the site.
        publisher: The name of the publisher.
        contact: The publisher's e-mail address or page; blank for none.
        endpoint: The URL of a SPARQL service with the same graph; blank for none.
        licence: The IRI of the licence; blank for that of the papers, if all of them state the
            same one, else for CC BY 4.0.

    """

    at: str
    publisher: str
    contact: str = ""
    endpoint: str = ""
    licence: str = ""

    def __getitem__(self, path: str) -> NamedNode:
        """Return the address of a path of the site."""
        return NamedNode(self.at.rstrip("/") + "/" + path)


def publication(
    *, at: str, publisher: str, contact: str = "", endpoint: str = "", licence: str = ""
) -> Publication:
    """Return a publication after checking its addresses.

    Args:
        at: The address of the site, http or https, without query and fragment.
        publisher: The name of the publisher.
        contact: An e-mail address, with or without "mailto:", or the address of a page.
        endpoint: The URL of a SPARQL service.
        licence: The IRI of the licence; see `Publication`.

    Raises:
        UsageError: The address or the publisher is missing, or an address is none.

    """
    if not (at and publisher):
        raise UsageError("publication-needed")
    _check(_ADDRESS, "--at", at, forbidden="?#")
    for option, value in (("--endpoint", endpoint), ("--licence", licence)):
        if value:
            _check(_ADDRESS, option, value)
    contact = contact.removeprefix("mailto:")
    if contact:
        _check(_ADDRESS if contact.startswith("http") else _MAIL, "--contact", contact)
    return Publication(at, publisher, contact, endpoint, licence)


def _check(form: re.Pattern[str], option: str, value: str, *, forbidden: str = "") -> None:
    try:
        # The RDF library has the last word: an address that is no IRI could not be written.
        NamedNode(value if form is _ADDRESS else f"mailto:{value}")
        valid = bool(form.fullmatch(value)) and not set(value) & set(forbidden)
    except ValueError:
        valid = False
    if not valid:
        raise UsageError("publication-address", option=option, value=value)


def write(store: Store, path: Path, where: Publication) -> None:
    """Write the description of a store, published as `where` says, as Turtle."""
    with writing(path) as file:
        serialize(
            described(store, where), file, format=RdfFormat.TURTLE, prefixes=PREFIXES_OF_CATALOGUES
        )


def described(store: Store, where: Publication) -> Iterator[Triple]:
    """Yield the catalogue, its datasets with their distributions, and their VoID statistics."""
    if not where.licence:
        where = replace(where, licence=_licence_of_papers(store) or _USUAL_LICENCE)
    yield from _catalogue(where)
    yield from _whole(store, where)
    if where.endpoint:
        yield from _service(where)
    for document, *fields in _solved(store, _DOCUMENTS):
        yield from _document(where, NamedNode(document), *fields)
    yield from _constructed(store, _PROVENANCE)
    yield from _void(store, where)


def _catalogue(where: Publication) -> Iterator[Triple]:
    catalogue, publisher = where["catalog"], where["publisher"]
    yield Triple(catalogue, RDF.type, DCAT.Catalog)
    yield from _texts(catalogue, DCT.title, message("catalogue-title"))
    yield from _texts(catalogue, DCT.description, message("catalogue-description"))
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
    where: Publication, dataset: NamedNode, title: Message, description: Message
) -> Iterator[Triple]:
    yield Triple(dataset, RDF.type, DCAT.Dataset)
    yield from _texts(dataset, DCT.title, title)
    yield from _texts(dataset, DCT.description, description)
    yield Triple(dataset, DCT.publisher, where["publisher"])
    yield Triple(dataset, DCT.license, NamedNode(where.licence))
    yield Triple(dataset, DCT.language, NamedNode(_EU + "language/ZHO"))
    for theme in ("GOVE", "ECON"):
        yield Triple(dataset, DCAT.theme, NamedNode(f"{_EU}data-theme/{theme}"))
    keywords = message("dataset-keywords")
    for word in keywords.zh.split("、"):
        yield Triple(dataset, DCAT.keyword, Literal(word, language="zh-Hans"))
    for word in keywords.en.split(", "):
        yield Triple(dataset, DCAT.keyword, Literal(word, language="en"))
    if where.contact:
        contact = where["contact"]
        yield Triple(dataset, DCAT.contactPoint, contact)
        yield Triple(contact, RDF.type, VCARD.Kind)
        yield Triple(contact, VCARD.fn, Literal(where.publisher))
        if _ADDRESS.fullmatch(where.contact):
            yield Triple(contact, VCARD.hasURL, NamedNode(where.contact))
        else:
            yield Triple(contact, VCARD.hasEmail, NamedNode(f"mailto:{where.contact}"))


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
    yield from _texts(node, DCT.description, message("distribution-description", media=media))
    yield Triple(node, DCATAP.availability, _STABLE)
    yield Triple(node, DCT.license, NamedNode(where.licence))
    yield Triple(address, RDF.type, RDFS.Resource)
    yield Triple(media_type, RDF.type, DCT.MediaType)


def _service(where: Publication) -> Iterator[Triple]:
    service, address = where["sparql"], NamedNode(where.endpoint)
    yield Triple(where["catalog"], DCAT.service, service)
    yield Triple(service, RDF.type, DCAT.DataService)
    yield from _texts(service, DCT.title, message("service-title"))
    yield Triple(service, DCAT.endpointURL, address)
    yield Triple(service, DCAT.servesDataset, where["dataset"])
    yield Triple(address, RDF.type, RDFS.Resource)


def _document(
    where: Publication,
    document: NamedNode,
    department: str,
    year: str,
    region: str,
    region_name: str,
    file: str,
) -> Iterator[Triple]:
    """Yield the dataset of one disclosure."""
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
    """Yield the VoID statistics: counts, partitions by class and property, and the graphs."""
    dataset = where["dataset"]
    yield Triple(dataset, RDF.type, VOID.Dataset)
    statistics = counts(store)
    for term, number in (("triples", statistics.triples), ("classes", len(statistics.classes)),
                         ("properties", len(statistics.properties))):  # fmt: skip
        yield Triple(dataset, VOID[term], Literal(number))
    yield Triple(dataset, VOID.uriSpace, Literal(HOME))
    yield Triple(dataset, VOID.vocabulary, NamedNode(JX[""].value.rstrip("#")))
    for path, *_ in DUMPS:
        yield Triple(dataset, VOID.dataDump, where[path])
    if where.endpoint:
        yield Triple(dataset, VOID.sparqlEndpoint, NamedNode(where.endpoint))
    yield from _partitions(where, "class", "entities", statistics.classes)
    yield from _partitions(where, "property", "triples", statistics.properties)
    for name, number in statistics.graphs.items():
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
    """Yield the partitions by class or property with their sizes."""
    for iri, number in numbers.items():
        part = where[f"void/{of}/{_short(iri)}"]
        yield Triple(where["dataset"], VOID[f"{of}Partition"], part)
        yield Triple(part, VOID[of], NamedNode(iri))
        yield Triple(part, VOID[counted], Literal(number))


_VOCABULARIES = """PREFIX jx: <https://w3id.org/jixiao/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
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


_LICENCES = (
    _VOCABULARIES
    + """SELECT DISTINCT ?licence { ?document a jx:DisclosureDocument
    OPTIONAL { ?document dct:license ?licence } }"""
)
# What a manifest states of the papers: where each was published, by whom, when, how licensed.
_PROVENANCE = (
    _VOCABULARIES
    + """CONSTRUCT { ?document ?property ?value . ?value a ?agent ; foaf:name ?name } {
    ?document a jx:DisclosureDocument ; ?property ?value
    FILTER(?property IN (dct:source, dct:publisher, dct:issued, dct:license))
    OPTIONAL { ?value a ?agent ; foaf:name ?name } }"""
)


def _licence_of_papers(store: Store) -> str:
    """Return the licence that all papers of the store are under, blank if there is none."""
    licences = {licence for (licence,) in _solved(store, _LICENCES)}
    return licences.pop() if len(licences) == 1 else ""


def _constructed(store: Store, query: str) -> list[Triple]:
    triples = store.database.query(query)
    if not isinstance(triples, QueryTriples):
        raise TypeError("the query is a CONSTRUCT")
    return sorted(triples, key=str)  # as the rows of `_solved`: the description must not change


def _solved(store: Store, query: str) -> list[tuple[str, ...]]:
    rows = store.database.query(query)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("the queries of this module are SELECT")
    # Sorted: the engine's order changes with the store, and the description must not.
    return sorted(tuple(str(getattr(term, "value", "") or "") for term in row) for row in rows)


def _texts(node: NamedNode, predicate: NamedNode, text: Message) -> Iterator[Triple]:
    yield Triple(node, predicate, Literal(text.zh, language="zh-Hans"))
    yield Triple(node, predicate, Literal(text.en, language="en"))


def _short(iri: str) -> str:
    """Return the name of a term for the address of its partition ("jx-amount")."""
    matching = ((ns, prefix) for prefix, ns in PREFIXES_OF_CATALOGUES.items() if iri.startswith(ns))
    namespace, prefix = max(matching, key=lambda pair: len(pair[0]), default=("", "x"))
    return f"{prefix}-{iri.removeprefix(namespace)}".replace("/", "-").replace("#", "-")
