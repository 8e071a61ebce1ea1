"""TODO docstring of pipeline."""
