"""Maps records to RDF: quads with stable IRIs, evidence as Web Annotations, findings as EARL.

namespaces, iris      the names of terms and of things
terms, dates, labels  literals for values of the record, and texts in the reader's language
mapping               record → facts and evidence
evidence, findings    written and read; `coverage` is read
bodies, divisions     the names of bodies and of places
derived               facts that follow from the record
code_lists, questions the words of `ontology/codes/`, the questions of `queries/`
rdflib_graph          the same graph in rdflib's terms
jsonld_context        the JSON-LD context
rdf_files             exports, read again
turtle_lines          Turtle of the knowledge, with the line of a fault
"""
