# S-goal error failed :goal
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:>
DELETE WHERE { :goal jx:text ?text }
