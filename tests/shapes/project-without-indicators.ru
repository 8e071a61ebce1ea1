# C01 error failed :two
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:>
DELETE WHERE { :two jx:hasIndicator ?indicator }
