"""TODO docstring of rdf."""
