"""TODO docstring of store."""
