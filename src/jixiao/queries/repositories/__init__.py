"""What can answer a query: a local store, an rdflib dataset, or a SPARQL server over HTTP."""
