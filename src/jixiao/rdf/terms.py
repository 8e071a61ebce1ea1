"""TODO docstring of rdf.terms."""

from pyoxigraph import Literal, NamedNode


def value_of(term: object) -> str:
    """Return the IRI or the text of a term of the graph."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    raise TypeError(f"the graph has neither blank nodes nor quoted triples: {term}")
