"""Writes a store to files and to other stores: RDF, tables, catalogues, a web site, reports.

    export(store, "parquet", Path("tables/"))

Every writer is a stream: memory does not grow with the store.

rdf, jsonld         the graph as RDF
csvw, parquet       the graph as tables; `table_schema` says which
dcat                the description of a store for catalogues
site/               a copy of the graph for any web server
sparql_store        a copy in a SPARQL server
report/             the audit report
check_formats/      reports of checks; `finding_text` has their words
learnt              the words that `jixiao learn` proposes
"""

import logging
from pathlib import Path

from jixiao.errors import UsageError
from jixiao.logs import timed
from jixiao.store.store import Store

RDF = ("turtle", "trig", "nquads", "rdfxml", "jsonld")
TABLES = ("csv", "parquet")
FORMATS = (*RDF, *TABLES)
_log = logging.getLogger(__name__)


def export(store: Store, kind: str, path: Path) -> None:
    """Write the graphs of a store, without its ledger.

    Args:
        store: The store.
        kind: One of `FORMATS`. TriG, N-Quads and JSON-LD have the named graphs; the other formats
            have their union.
        path: The folder for tables; for the other formats the file, "-" for standard output.

    Raises:
        UsageError: Tables for standard output, a path that cannot be written, or a missing extra.

    """
    if kind in TABLES and str(path) == "-":
        raise UsageError("folder-needed", kind=kind)
    # Each writer is loaded when it is used: most exports need neither pyarrow nor pyld.
    with timed(_log, f"exported {kind} to", path):
        match kind:
            case "csv":
                from jixiao.publishing import csvw

                csvw.write(store, path)
            case "parquet":
                from jixiao.publishing import parquet

                parquet.write(store, path)
            case "jsonld":
                from jixiao.publishing import jsonld

                jsonld.write(store, path)
            case _:
                from jixiao.publishing import rdf

                rdf.write(store, path, kind)
