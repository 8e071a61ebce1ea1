"""TODO docstring of extraction.statements."""
