# S-observation warning cannot-tell :total
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:> PREFIX state: <https://w3id.org/jixiao/code/basis-state/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX obeu-measure: <http://data.openbudgets.eu/ontology/dsd/measure/>
DELETE DATA { :total obeu-measure:amount 130000.0 }
