"""Answers as they are compared and kept: by their rows, whatever their order.

python -m tests.answers     # rewrite tests/data/answers/
"""

import csv
import io
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.papers import in_process, made_once

from jixiao.model.answer import Answer, Value
from jixiao.pipeline.build import build
from jixiao.publishing import export
from jixiao.queries.answering import ask
from jixiao.rdf.questions import questions
from jixiao.store.store import Store, open_store

ROOT = Path(__file__).parents[1]
CORPUS = (
    ROOT / "tests" / "data" / "corpus",
    ROOT / "examples" / "juluxian-2023.pdf",
    *sorted((ROOT / "tests" / "data" / "putuo").glob("*.pdf")),
)
ANSWERS = ROOT / "tests" / "data" / "answers"
Answers = Callable[[str], Answer]
_VOLATILE = {"version"}  # other with every change of the code


@contextmanager
def stored(folder: Path, *patterns: str) -> Generator[Store]:
    """Build the papers of the corpus that have such names, and open their store."""
    with open_store(made_once(folder, lambda new: build_some(new, *patterns))) as store:
        yield store


def build_some(folder: Path, *patterns: str) -> None:
    """Build a store of the papers of the corpus that have such names."""
    with in_process():
        build([path for pattern in patterns for path in CORPUS[0].glob(pattern)], folder)


def same(answer: Answer) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
    """Return an answer as it is compared: numbers to six places, rows in one order.

    Stores divide decimals to different lengths, and break ties of ORDER BY as they like.
    """
    return answer.columns, sorted((tuple(map(_value, row)) for row in answer.rows), key=repr)


def _value(value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return round(Decimal(value), 6)


def columns(answer: Answer, *names: str) -> list[tuple[Value, ...]]:
    """Return the rows with these columns only."""
    at = [answer.columns.index(name) for name in names]
    return [tuple(row[n] for n in at) for row in answer.rows]


def kept(answer: Answer) -> str:
    """Return an answer as the CSV that is kept."""
    wanted = [column for column in answer.columns if column not in _VOLATILE]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(wanted)
    rows = [["" if v is None else str(v) for v in row] for row in columns(answer, *wanted)]
    writer.writerows(sorted(rows))
    return file.getvalue()


def nquads(folder: Path, to: Path) -> bytes:
    """Return what a store exports as N-Quads, which are the same for the same graph."""
    with open_store(folder) as store:
        export(store, "nquads", to)
    return to.read_bytes()


def write() -> None:
    """Write the answers to all questions anew."""
    with TemporaryDirectory() as folder:
        build(CORPUS, Path(folder) / "store", jobs=2)
        with open_store(Path(folder) / "store") as store:
            for question in questions():
                text = kept(ask(store, question.name))
                (ANSWERS / f"{question.name}.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
