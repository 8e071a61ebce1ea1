"""`jixiao query`: a question to a store, or the list of the questions."""

from pathlib import Path

import click

from jixiao.cli.language import LANG
from jixiao.cli.options import (
    OUTPUT,
    SERVER,
    command,
    complete_parameters,
    complete_questions,
    option,
    store,
)
from jixiao.errors import UsageError

_FORMATS = ("table", "csv", "tsv", "json", "turtle", "markdown", "png", "svg")


@command("query")
@click.argument("name", required=False, shell_complete=complete_questions)
@option(
    "--param",
    "-p",
    text="param",
    multiple=True,
    metavar="K=V",
    shell_complete=complete_parameters,
)
@store()
@option("--endpoint", text="endpoint", metavar="URL")
@SERVER
@option("--format", "kind", text="query-format", type=click.Choice(_FORMATS), default="table")
@OUTPUT
def query(
    name: str | None,
    param: tuple[str, ...],
    store: Path | None,
    endpoint: str | None,
    server: str | None,
    kind: str,
    output: Path,
) -> None:
    """Ask a question of a store, or list the questions."""
    from jixiao.atomic_files import write_whole
    from jixiao.queries import formats

    if name is None:
        write_whole(output, formats.listing(LANG).encode())
        return
    if bool(store) == bool(endpoint):
        raise UsageError("query-store")
    question = formats.from_input() if name == "-" else name
    with formats.source(store, endpoint, server or "") as source:
        answer = formats.answer(source, question, _parameters(param), kind, LANG)
    write_whole(output, answer)


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    for pair in given:
        if "=" not in pair:
            raise UsageError("param-form", given=pair)
    return dict(pair.split("=", 1) for pair in given)
