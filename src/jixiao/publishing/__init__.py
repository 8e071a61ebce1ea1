"""Writes a store out: RDF in its syntaxes, tables as CSVW and Parquet. All of it is a stream."""

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
    """Write the store's graphs but the ledger, in one of `FORMATS`.

    TriG, N-Quads and JSON-LD keep the graphs; the others hold their union. Tables are written to
    a folder, the rest to a file or to standard output ("-"). Raises `UsageError`.
    """
    if kind in TABLES and str(path) == "-":
        raise UsageError("folder-needed", kind=kind)
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
