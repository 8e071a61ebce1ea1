"""Maps administrative divisions (行政区划): each with those above it, up to the province."""

from collections.abc import Iterator
from itertools import pairwise

from pyoxigraph import Literal

from jixiao.model.divisions import above
from jixiao.model.record import Region
from jixiao.rdf.divisions import official
from jixiao.rdf.iris import division_iri
from jixiao.rdf.namespaces import CODE, RDF, SKOS
from jixiao.rdf.terms import Triple, describe, zh


def map_division(region: Region) -> Iterator[Triple]:
    """Yield a division and those above it: county, prefecture, province."""
    chain = [official(region), *above(region)]
    for division in chain:
        yield from describe(
            division_iri(division),
            (RDF.type, SKOS.Concept),
            (SKOS.inScheme, CODE["region"]),
            (SKOS.notation, Literal(division.code)),
            (SKOS.prefLabel, zh(division.name)),
        )
    for lower, upper in pairwise(chain):
        yield division_iri(lower), SKOS.broader, division_iri(upper)
