"""TODO docstring of comparison."""
