"""TODO docstring of rdf.derived."""
