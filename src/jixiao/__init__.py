"""Read published budget disclosures into an audited knowledge graph of performance indicators.

    import jixiao

    record = jixiao.read("2023.pdf")                     # one document, as plain values
    graph = jixiao.graph(record)                         # an rdflib dataset
    report = jixiao.check(record)                        # findings, rates and scores
    result = jixiao.build(["2023/"], "jixiao.store", jobs=8)
    with jixiao.open_store("jixiao.store") as store:
        answer = jixiao.ask(store, "projects")
        answer.to_pandas()

`check` and `ask` take a record, a graph, an open store, or a path to a store or a file. Nothing
heavy is loaded before it is used.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jixiao.api import (
        ask,
        build,
        check,
        draw,
        export,
        learn,
        open_store,
        publish,
        read,
        serve,
        tables,
    )
    from jixiao.checks.catalogue import Rule, rules
    from jixiao.config import use_knowledge
    from jixiao.errors import FileError, JixiaoError, StoreError, UsageError
    from jixiao.extraction.forms.proposals import Proposal
    from jixiao.model.answer import Answer
    from jixiao.model.finding import Finding, Report
    from jixiao.model.record import Record
    from jixiao.pipeline.build import Result
    from jixiao.queries.dataframe import frame
    from jixiao.queries.repositories.sparql_http import Endpoint
    from jixiao.rdf.questions import Question, questions
    from jixiao.rdf.rdflib_graph import graph
    from jixiao.store.store import Store, create_store

__version__: str
__all__ = [
    "Answer",
    "Endpoint",
    "FileError",
    "Finding",
    "JixiaoError",
    "Proposal",
    "Question",
    "Record",
    "Report",
    "Result",
    "Rule",
    "Store",
    "StoreError",
    "UsageError",
    "__version__",
    "ask",
    "build",
    "check",
    "create_store",
    "draw",
    "export",
    "frame",
    "graph",
    "learn",
    "open_store",
    "publish",
    "questions",
    "read",
    "rules",
    "serve",
    "tables",
    "use_knowledge",
]

_LOCATIONS = {
    "api": (
        "ask",
        "build",
        "check",
        "draw",
        "export",
        "learn",
        "open_store",
        "publish",
        "read",
        "serve",
        "tables",
    ),
    "checks.catalogue": ("Rule", "rules"),
    "config": ("use_knowledge",),
    "errors": ("FileError", "JixiaoError", "StoreError", "UsageError"),
    "extraction.forms.proposals": ("Proposal",),
    "model.answer": ("Answer",),
    "model.finding": ("Finding", "Report"),
    "model.record": ("Record",),
    "pipeline.build": ("Result",),
    "queries.dataframe": ("frame",),
    "queries.repositories.sparql_http": ("Endpoint",),
    "rdf.questions": ("Question", "questions"),
    "rdf.rdflib_graph": ("graph",),
    "store.store": ("Store", "create_store"),
}

# A program that uses the library decides whether its log is printed: see `logs`.
logging.getLogger("jixiao").addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import jixiao` itself is quick."""
    if name == "__version__":
        from importlib.metadata import version

        return version("jixiao")
    for module, names in _LOCATIONS.items():
        if name in names:
            return getattr(import_module(f"jixiao.{module}"), name)
    raise AttributeError(f"module 'jixiao' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return sorted(__all__)
