"""The namespaces of the graph.

Terms and code lists have fixed IRIs. Only things have a base that can be configured.
"""

from pyoxigraph import NamedNode

HOME = "https://w3id.org/jixiao/"


class Namespace:
    """Names under one IRI: `JX.amount`, or `CODE["unit/CNY-wan"]`."""

    def __init__(self, iri: str) -> None:
        self._iri, self._nodes = iri, dict[str, NamedNode]()

    def __getitem__(self, name: str) -> NamedNode:
        if name not in self._nodes:
            self._nodes[name] = NamedNode(self._iri + name)
        return self._nodes[name]

    def __getattr__(self, name: str) -> NamedNode:
        # Set as an attribute, so that Python finds it without this method the next time.
        self.__dict__[name] = node = self[name]
        return node


JX = Namespace(HOME + "ns#")
DIM = Namespace(HOME + "dimension#")
CODE = Namespace(HOME + "code/")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
ORG = Namespace("http://www.w3.org/ns/org#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
PROV = Namespace("http://www.w3.org/ns/prov#")
OA = Namespace("http://www.w3.org/ns/oa#")
DCT = Namespace("http://purl.org/dc/terms/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
QB = Namespace("http://purl.org/linked-data/cube#")
SDMX_ATTRIBUTE = Namespace("http://purl.org/linked-data/sdmx/2009/attribute#")
OBEU_DIMENSION = Namespace("http://data.openbudgets.eu/ontology/dsd/dimension/")
OBEU_MEASURE = Namespace("http://data.openbudgets.eu/ontology/dsd/measure/")
OBEU_ATTRIBUTE = Namespace("http://data.openbudgets.eu/ontology/dsd/attribute/")
EARL = Namespace("http://www.w3.org/ns/earl#")
DQV = Namespace("http://www.w3.org/ns/dqv#")
SH = Namespace("http://www.w3.org/ns/shacl#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SCHEMA = Namespace("https://schema.org/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VOID = Namespace("http://rdfs.org/ns/void#")

# As Turtle and SPARQL abbreviate them, in the order that files declare them in.
PREFIXES = {
    "jx": JX[""].value,
    "jx-dim": DIM[""].value,
    "code": CODE[""].value,
    "id": HOME + "id/",
    "jxsh": HOME + "shapes#",
    "rdf": RDF[""].value,
    "rdfs": RDFS[""].value,
    "xsd": XSD[""].value,
    "skos": SKOS[""].value,
    "org": ORG[""].value,
    "foaf": FOAF[""].value,
    "prov": PROV[""].value,
    "oa": OA[""].value,
    "dct": DCT[""].value,
    "spdx": SPDX[""].value,
    "qb": QB[""].value,
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
    "obeu-dimension": OBEU_DIMENSION[""].value,
    "obeu-measure": OBEU_MEASURE[""].value,
    "obeu-attribute": OBEU_ATTRIBUTE[""].value,
    "sdmx-attribute": SDMX_ATTRIBUTE[""].value,
    "earl": EARL[""].value,
    "dqv": DQV[""].value,
    "sh": SH[""].value,
}
