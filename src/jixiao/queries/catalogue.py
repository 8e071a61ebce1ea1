"""Looks up a question: a shipped one by its name, or a file of SPARQL by its path."""

import difflib
from pathlib import Path

from jixiao.errors import UsageError
from jixiao.rdf.questions import Question, questions, read

_SIMILAR_ENOUGH = 0.4  # of difflib: "project" and "same-targets" get suggestions, "xyz" does not


def question(name: str) -> Question:
    """Return a question.

    Args:
        name: The name of a shipped question, or the path of a file of SPARQL.

    Raises:
        UsageError: No such question (the message suggests similar names), or an unreadable file.

    """
    shipped = {entry.name: entry for entry in questions()}
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.suffix == ".rq" or path.is_file():
        try:
            return read(path.stem, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("query-unreadable", path=path, reason=str(error)) from error
    names = list(shipped)
    near = difflib.get_close_matches(name, names, n=3, cutoff=_SIMILAR_ENOUGH) or names
    raise UsageError("query-unknown", name=name, near=", ".join(near))
