"""TODO docstring of queries.repositories."""
