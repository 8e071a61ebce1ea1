# S-goal warning cannot-tell :goal
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:>
DELETE WHERE { :goal jx:text ?text }
