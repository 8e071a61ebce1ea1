"""Turtle files of the knowledge: read with the file and the line of a fault."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from jixiao.config import Entry
from jixiao.errors import UsageError


def parse_turtle(file: Entry | Path) -> Iterator[Quad]:
    """Yield the statements of a file, in the default graph.

    Raises:
        UsageError: the file is not Turtle; the message has its name and the line.

    """
    try:
        yield from parse(file.read_bytes(), RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UsageError("bad-turtle", path=f"{file}:{line}", reason=plain_reason(error)) from error


def plain_reason(error: Exception) -> str:
    """Return what a parser says, without the place that the path says already."""
    said = str(getattr(error, "msg", None) or error)
    return said.rpartition(": ")[2] if said.startswith("Parser error at") else said


def checked_turtle(file: Entry | Path) -> bytes:
    """Return the content of a file of Turtle for another parser; raises `UsageError` as above."""
    for _ in parse_turtle(file):
        pass
    return file.read_bytes()
