"""Answers with RDF graphs (`graphs`) and with rows (`results`), over the SPARQL `protocol`."""
