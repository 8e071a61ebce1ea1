"""TODO docstring of checks."""
