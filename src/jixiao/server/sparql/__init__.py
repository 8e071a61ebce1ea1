"""What answers with RDF and with rows."""
