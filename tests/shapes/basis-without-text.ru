# S-basis warning cannot-tell :basis
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:>
DELETE WHERE { :basis jx:stated ?text }
