"""TODO docstring of queries."""
