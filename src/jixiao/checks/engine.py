"""The engines that validate a graph against shapes; all give the same failures.

pySHACL is the reference. The Rust engine `shacl` (extra `jixiao[fast]`) is used instead if it is
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

from jixiao.checks.dataset import CheckDataset
from jixiao.errors import UsageError

Engine = Literal["auto", "fast", "pyshacl"]

_IRI = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Failure:
    """A node that does not meet a shape, or a property shape of it.

    Nothing else of an engine's report is used, as the engines differ in the rest: `shacl` 0.3.4
    loses the value that a `sh:sparql` constraint computes.
    """

    focus: URIRef
    source: Node
    path: URIRef | None


def failures(data: CheckDataset, shapes: Graph, engine: Engine) -> set[Failure]:
    """Return the failures of a document.

    Args:
        data: the document's facts.
        shapes: shapes that all have IRIs.
        engine: "pyshacl", "fast", or "auto" for the fast one if it is installed.

    Raises:
        UsageError: if the fast engine is wanted and not installed.

    """
    installed = find_spec("shacl") is not None
    if engine == "fast" and not installed:
        raise UsageError("engine-missing")
    if installed and engine != "pyshacl":
        return _fast(data.ntriples.decode(), shapes)
    return _reference(data.graph(), shapes)


def _reference(data: Graph, shapes: Graph) -> set[Failure]:
    import pyshacl

    validate = cast(  # pySHACL is typed in part only
        "Callable[..., tuple[object, ...]]",
        pyshacl.validate,  # pyright: ignore[reportUnknownMemberType]
    )
    report = validate(data, shacl_graph=shapes, inplace=True)[1]
    if not isinstance(report, Graph):
        raise TypeError(str(report))
    result = set[Failure]()
    for node in report.subjects(RDF.type, SH.ValidationResult):
        focus, source = report.value(node, SH.focusNode), report.value(node, SH.sourceShape)
        path = report.value(node, SH.resultPath)
        if isinstance(focus, URIRef) and source is not None:
            result.add(Failure(focus, source, path if isinstance(path, URIRef) else None))
    return result


def _fast(text: str, shapes: Graph) -> set[Failure]:
    report = _compiled(shapes).validate_text(text, format="ntriples")
    result = set[Failure]()
    for each in report.results:
        focus, source = _IRI.fullmatch(each.focus_node), each.source_shape.strip("<>")
        path = _IRI.fullmatch(each.path or "")
        if focus:
            result.add(Failure(URIRef(focus[1]), URIRef(source), URIRef(path[1]) if path else None))
    return result


@lru_cache(maxsize=4)
def _compiled(shapes: Graph) -> Any:
    import shacl

    return shacl.Shapes.from_text(shapes.serialize(format="nt"), format="ntriples")
