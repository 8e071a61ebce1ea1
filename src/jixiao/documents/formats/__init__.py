"""TODO docstring of documents.formats."""
