# S-target warning cannot-tell :deadline
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:> PREFIX state: <https://w3id.org/jixiao/code/basis-state/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX obeu-measure: <http://data.openbudgets.eu/ontology/dsd/measure/>
DELETE DATA { :deadline jx:date "2023-12"^^xsd:gYearMonth } ; INSERT DATA { :deadline jx:date "2023-13"^^xsd:gYearMonth }
