"""TODO docstring of documents.pdf.unruled."""
