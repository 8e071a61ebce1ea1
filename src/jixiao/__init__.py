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
    from jixiao.errors import FileError, JixiaoError, StoreError, UsageError
    from jixiao.extract import read
    from jixiao.findings import Finding, Report
    from jixiao.frames import frame
    from jixiao.grids import tables
    from jixiao.ontology import graph
    from jixiao.queries import Answer, ask
    from jixiao.record import Record
    from jixiao.shapes import check
    from jixiao.store import create_store, open_store

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
