"""TODO docstring of model."""
