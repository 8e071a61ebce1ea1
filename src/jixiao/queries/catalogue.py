"""TODO docstring of queries.catalogue."""

import difflib
from pathlib import Path

from jixiao.errors import UsageError
from jixiao.rdf.questions import Question, questions, read


def question(name: str) -> Question:
    """Return a question by its name, or by the path of a file; raises `UsageError`."""
    for known in questions():
        if known.name == name:
            return known
    path = Path(name)
    if path.suffix == ".rq" or path.is_file():
        try:
            return read(path.stem, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("query-unreadable", path=path, reason=str(error)) from error
    names = [known.name for known in questions()]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names
    raise UsageError("query-unknown", name=name, near=", ".join(near))
