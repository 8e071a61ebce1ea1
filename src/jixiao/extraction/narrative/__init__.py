"""TODO docstring of extraction.narrative."""
