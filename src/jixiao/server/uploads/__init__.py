"""TODO docstring of server.uploads."""
