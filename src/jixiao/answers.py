"""Answers as tables for people and files for programs; and the list of questions."""

import io
from pathlib import Path

from rich.console import Console
from rich.table import Table

from jixiao.messages import texts
from jixiao.queries import Answer, Value, answer_as, ask, questions
from jixiao.store import open_store


def listing(lang: str) -> str:
    """Return the shipped questions with their parameters."""
    say = texts("query", lang)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(say("name"), no_wrap=True)
    table.add_column(say("answers"))
    for question in questions():
        told = [getattr(question.title, lang)]
        told += [f"{p.name}={p.default or '…'}: {p.description}" for p in question.parameters]
        table.add_row(question.name, "\n".join(told))
    return _printed(table, 100)


def answer(folder: Path, name: str, parameters: dict[str, str], kind: str) -> str:
    """Return the answer to a question of a store, in the format asked for."""
    with open_store(folder) as store:
        if kind in ("csv", "tsv", "json"):
            return answer_as(store, name, parameters, kind).decode()
        found = ask(store, name, **parameters)
    return _markdown(found) if kind == "markdown" else _table(found)


def _table(found: Answer) -> str:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in found.columns:
        table.add_column(column, overflow="fold")
    for row in found.rows:
        table.add_row(*(_shown(value) for value in row))
    return _printed(table, None)


def _markdown(found: Answer) -> str:
    lines = [found.columns, tuple("---" for _ in found.columns)]
    cells = [tuple(_shown(value).replace("|", "\\|") for value in row) for row in found.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in [*lines, *cells])


def _shown(value: Value) -> str:
    return "" if value is None else str(value)


def _printed(table: Table, width: int | None) -> str:
    buffer = io.StringIO()
    real = Console()
    wide = width or (real.width if real.is_terminal else 200)
    Console(file=buffer, width=wide, highlight=False).print(table)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
