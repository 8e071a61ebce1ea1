"""The engines that hold a graph to shapes; all answer the same.

pySHACL is the reference. The Rust engine `shacl` (extra `jixiao[fast]`) takes over where it is
installed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Literal, cast

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from jixiao.errors import UsageError

Engine = Literal["auto", "fast", "pyshacl"]

_IRI = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Failure:
    """A node that does not meet a shape, or a property shape: all that is asked of an engine."""

    focus: URIRef
    source: Node
    path: URIRef | None


def failures(data: Callable[[], Graph], shapes: Graph, engine: Engine, text: bytes) -> set[Failure]:
    """Return what does not meet the shapes, which have no blank nodes.

    `data` makes the graph, `text` are the same data as N-Triples. Raises `UsageError` where the
    engine asked for is not installed.
    """
    installed = find_spec("shacl") is not None
    if engine == "fast" and not installed:
        raise UsageError("engine-missing")
    if installed and engine != "pyshacl":
        return _fast(text.decode(), shapes)
    return _reference(data(), shapes)


def _reference(data: Graph, shapes: Graph) -> set[Failure]:
    import pyshacl

    validate = cast(  # pySHACL is typed in part only
        "Callable[..., tuple[object, ...]]",
        pyshacl.validate,  # pyright: ignore[reportUnknownMemberType]
    )
    report = validate(data, shacl_graph=shapes, inplace=True)[1]
    if not isinstance(report, Graph):
        raise TypeError(str(report))
    found = set[Failure]()
    for node in report.subjects(RDF.type, SH.ValidationResult):
        focus, source = report.value(node, SH.focusNode), report.value(node, SH.sourceShape)
        path = report.value(node, SH.resultPath)
        if isinstance(focus, URIRef) and source is not None:
            found.add(Failure(focus, source, path if isinstance(path, URIRef) else None))
    return found


def _fast(text: str, shapes: Graph) -> set[Failure]:
    report = _compiled(shapes).validate_text(text, format="ntriples")
    found = set[Failure]()
    for result in report.results:
        focus, source = _IRI.fullmatch(result.focus_node), result.source_shape.strip("<>")
        path = _IRI.fullmatch(result.path or "")
        if focus:
            found.add(Failure(URIRef(focus[1]), URIRef(source), URIRef(path[1]) if path else None))
    return found


@lru_cache(maxsize=4)
def _compiled(shapes: Graph) -> Any:
    import shacl

    return shacl.Shapes.from_text(shapes.serialize(format="nt"), format="ntriples")
