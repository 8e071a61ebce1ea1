"""`jixiao tables`: the whole tables of a file."""

from pathlib import Path

import click

from jixiao.cli.options import MEMORY, OUTPUT, PATH, READER, SECONDS, command, option

_FORMATS = ("json", "csv", "html")


@command("tables")
@click.argument("file", type=PATH)
@option("--format", "kind", text="format", type=click.Choice(_FORMATS), default="json")
@OUTPUT
@READER
@SECONDS
@MEMORY
def tables(file: Path, kind: str, output: Path, reader: str, seconds: int, memory: int) -> None:
    """Print the tables of a file."""
    from jixiao.atomic_files import write_whole
    from jixiao.pipeline.printouts import tables_text
    from jixiao.pipeline.process_limits import Limits

    limits = Limits(seconds=seconds, megabytes=memory)
    write_whole(output, tables_text(file, kind, reader, limits))
