# S-statement warning cannot-tell :table
PREFIX jx: <https://w3id.org/jixiao/ns#> PREFIX : <urn:test:>
DELETE WHERE { :table jx:statementKind ?kind } ;
INSERT DATA { :table jx:statementKind <https://w3id.org/jixiao/code/statement/diary> }
