"""A graph of rdflib that parses a query once: pySHACL asks the same query of each node again."""

from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from jixiao.config import cache


class ParsedOnceGraph(Graph):
    """A graph that keeps what it parsed."""

    def query(self, query_object: str | Query, *args: object, **named: object) -> Result:
        """Answer a query, which is parsed only if it is new."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **named)  # type: ignore[arg-type]


@cache
def _prepared(text: str) -> Query:
    return prepareQuery(text)
