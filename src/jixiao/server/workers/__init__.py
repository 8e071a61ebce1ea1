"""TODO docstring of server.workers."""
