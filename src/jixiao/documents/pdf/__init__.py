"""TODO docstring of documents.pdf."""
