"""Answers with RDF graphs and with rows of SPARQL queries."""
