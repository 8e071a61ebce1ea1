"""`jixiao extract`: the record of a file as JSON."""

from pathlib import Path

import click

from jixiao.cli.language import LANG
from jixiao.cli.options import MEMORY, OUTPUT, PATH, READER, SECONDS, command, settings


@command("extract")
@click.argument("file", type=PATH)
@OUTPUT
@READER
@SECONDS
@MEMORY
def extract(file: Path, output: Path, reader: str, seconds: int, memory: int) -> None:
    """Print the record of a file."""
    from jixiao.atomic_files import write_whole
    from jixiao.model.record import from_json
    from jixiao.pipeline.coverage_text import read_line
    from jixiao.pipeline.printouts import record_json
    from jixiao.pipeline.process_limits import Limits

    limits = Limits(seconds=seconds, megabytes=memory)
    printed = record_json(file, reader, limits)
    write_whole(output, printed)
    record = from_json(printed)
    line = read_line(record.coverage, record.unread, LANG)
    if line and not settings().quiet:
        click.echo(line, err=True)
