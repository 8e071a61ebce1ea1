"""TODO docstring of extraction.forms."""
