"""Writes answers as tables for people and files for programs, and lists the questions."""

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
_LISTING_WIDTH = 100  # columns: the list reads the same in a terminal and in a file
_FILE_WIDTH = 200  # columns of a table that is not written to a terminal


def listing(lang: str) -> str:
    """Return the shipped questions with their parameters, as a table in one language."""
    say = texts("query", lang)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(say("name"), no_wrap=True)
    table.add_column(say("answers"))
    for question in questions():
        lines = [question.head.title.in_language(lang)]
        for name, parameter in question.head.parameters.items():
            meaning = parameter.zh if lang == "zh" else parameter.en
            lines.append(f"{name}={parameter.default or '…'}: {meaning}")
        table.add_row(question.name, "\n".join(lines))
    return _printed(table, _LISTING_WIDTH)


@contextmanager
def source(
    store: Path | None, endpoint: str | None, server: str = ""
) -> "Generator[Store | Endpoint]":
    """Open the store, or connect to the endpoint, that will answer.

    Args:
        store: The folder of a store, or None for the endpoint.
        endpoint: The URL of a SPARQL query service.
        server: The kind of server, if its headers do not say (see `repositories.quirks`).

    """
    if store:
        with open_store(store) as opened:
            yield opened
    else:
        from jixiao.queries.repositories.sparql_http import Endpoint

        yield Endpoint(endpoint or "", server=server)


def from_input() -> Question:
    """Return the query on standard input; raises `UsageError` if it is not in UTF-8."""
    try:
        return read("-", sys.stdin.buffer.read().decode())
    except UnicodeDecodeError as error:
        raise UsageError("query-unreadable", path="-", reason=str(error)) from error


def answer(
    repository: "Store | Endpoint",
    name: str | Question,
    parameters: dict[str, str],
    kind: str,
    lang: str,
) -> bytes:
    """Answer a question in one of `FORMATS`.

    Args:
        repository: An open store, or an endpoint.
        name: A shipped question, the path of a file, a text of SPARQL, or a question.
        parameters: Values by parameter.
        kind: One of `FORMATS`; "png" and "svg" draw the question's chart.
        lang: "zh" or "en", for charts.

    Raises:
        UsageError: As `answering.ask`, or if the answer has no such format.
        StoreError: The endpoint does not answer, or its answer is incomplete.

    """
    bound = prepared(name, parameters)
    result = solve(repository, bound)
    if kind in ("csv", "tsv", "json", "turtle"):
        return serialised(result, kind)
    plain = rows(result)
    if kind in ("png", "svg"):
        from jixiao.queries.charts import draw

        return draw(bound.question, plain, kind, lang)
    return (_markdown(plain) if kind == "markdown" else _table(plain)).encode()


def _table(plain: Answer) -> str:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in plain.columns:
        table.add_column(column, overflow="fold")
    for row in plain.rows:
        table.add_row(*(_cell(value) for value in row))
    return _printed(table, None)


def _markdown(plain: Answer) -> str:
    lines = [plain.columns, tuple("---" for _ in plain.columns)]
    lines += [tuple(_markdown_cell(_cell(value)) for value in row) for row in plain.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _markdown_cell(text: str) -> str:
    """Escape a text for a cell of Markdown, which is one line between two bars."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|")
    return "<br>".join(escaped.splitlines())


def _cell(value: Value) -> str:
    return "" if value is None else str(value)


def _printed(table: Table, width: int | None) -> str:
    buffer = io.StringIO()
    terminal = Console()
    wide = width or (terminal.width if terminal.is_terminal else _FILE_WIDTH)
    Console(file=buffer, width=wide, highlight=False, markup=False, emoji=False).print(table)
    # rich pads every line to the full width
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
