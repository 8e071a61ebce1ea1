"""TODO docstring of documents."""
