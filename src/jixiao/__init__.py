"""Reads published budget disclosures into an audited knowledge graph of performance indicators.

record = jixiao.read(path)          # one file, as plain values
graph = jixiao.graph(record)        # an rdflib dataset
report = jixiao.check(graph)        # what does not hold
answer = jixiao.ask(graph, "projects")
table = jixiao.frame(answer)        # a pandas DataFrame; of a record or a report as well
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jixiao.checks.run import check
    from jixiao.documents.tables import tables
    from jixiao.errors import FileError, JixiaoError, StoreError, UsageError
    from jixiao.extraction import read
    from jixiao.model.answer import Answer
    from jixiao.model.finding import Finding, Report
    from jixiao.model.record import Record
    from jixiao.queries.answering import ask
    from jixiao.queries.dataframe import frame
    from jixiao.rdf.rdflib_graph import graph
    from jixiao.store.store import create_store, open_store

__all__ = [
    "Answer",
    "FileError",
    "Finding",
    "JixiaoError",
    "Record",
    "Report",
    "StoreError",
    "UsageError",
    "ask",
    "check",
    "create_store",
    "frame",
    "graph",
    "open_store",
    "read",
    "tables",
]

_ROOMS = {
    "errors": ("FileError", "JixiaoError", "StoreError", "UsageError"),
    "extract": ("read",),
    "findings": ("Finding", "Report"),
    "frames": ("frame",),
    "grids": ("tables",),
    "ontology": ("graph",),
    "queries": ("Answer", "ask"),
    "record": ("Record",),
    "shapes": ("check",),
    "store": ("create_store", "open_store"),
}


def __getattr__(name: str) -> Any:
    """Load what is asked for from its room: `import jixiao` itself loads nothing."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"jixiao.{room}"), name)
    raise AttributeError(f"module 'jixiao' has no attribute {name!r}")
