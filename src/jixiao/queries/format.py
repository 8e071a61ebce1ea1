"""Answers as tables for people and files for programs; and the list of questions."""

import io
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from jixiao.errors import UsageError
from jixiao.messages import texts
from jixiao.model.answer import Answer, Value
from jixiao.queries.answering import prepared, rows, serialised, solve
from jixiao.rdf.questions import Question, questions, read
from jixiao.store.store import Store, open_store

if TYPE_CHECKING:
    from jixiao.queries.repositories.sparql_http import Endpoint

FORMATS = ("table", "csv", "tsv", "json", "turtle", "markdown", "png", "svg")


def listing(lang: str) -> str:
    """Return the shipped questions with their parameters."""
    say = texts("query", lang)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(say("name"), no_wrap=True)
    table.add_column(say("answers"))
    for question in questions():
        told = [question.head.title.in_language(lang), *_parameters(question, lang)]
        table.add_row(question.name, "\n".join(told))
    return _printed(table, 100)


def _parameters(question: Question, lang: str) -> list[str]:
    known = question.head.parameters.items()
    return [f"{name}={p.default or '…'}: {getattr(p, lang)}" for name, p in known]


@contextmanager
def source(
    store: Path | None, endpoint: str | None, server: str = ""
) -> "Generator[Store | Endpoint]":
    """Open the store, or name the endpoint, that is asked."""
    if store:
        with open_store(store) as opened:
            yield opened
    else:
        from jixiao.queries.repositories.sparql_http import Endpoint

        yield Endpoint(endpoint or "", server=server)


def from_input() -> Question:
    """Return the query that standard input holds; raises `UsageError`."""
    try:
        return read("-", sys.stdin.buffer.read().decode())
    except UnicodeDecodeError as error:
        raise UsageError("query-unreadable", path="-", reason=str(error)) from error


def answer(
    asked: "Store | Endpoint",
    name: str | Question,
    parameters: dict[str, str],
    kind: str,
    lang: str,
) -> bytes:
    """Return the answer to a question, in one of `FORMATS`."""
    wanted = prepared(name, parameters)
    found = solve(asked, wanted)
    if kind in ("csv", "tsv", "json", "turtle"):
        return serialised(found, kind)
    plain = rows(found)
    if kind in ("png", "svg"):
        from jixiao.queries.charts import draw

        return draw(wanted.question, plain, kind, lang)
    return (_markdown(plain) if kind == "markdown" else _table(plain)).encode()


def _table(found: Answer) -> str:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in found.columns:
        table.add_column(column, overflow="fold")
    for row in found.rows:
        table.add_row(*(_shown(value) for value in row))
    return _printed(table, None)


def _markdown(found: Answer) -> str:
    lines = [found.columns, tuple("---" for _ in found.columns)]
    cells = [tuple(_in_cell(_shown(value)) for value in row) for row in found.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in [*lines, *cells])


def _in_cell(text: str) -> str:
    """Return a text as it stands in a cell of Markdown, which is one line between two bars."""
    barred = text.replace("\\", "\\\\").replace("|", "\\|")
    return "<br>".join(barred.splitlines())


def _shown(value: Value) -> str:
    return "" if value is None else str(value)


def _printed(table: Table, width: int | None) -> str:
    buffer = io.StringIO()
    real = Console()
    wide = width or (real.width if real.is_terminal else 200)
    Console(file=buffer, width=wide, highlight=False, markup=False, emoji=False).print(table)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
