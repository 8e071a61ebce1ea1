"""`jixiao extract`: the record of a file as JSON."""

from pathlib import Path

import click

from jixiao.cli.options import MEMORY, OUTPUT, PATH, READER, SECONDS, command


@command("extract")
@click.argument("file", type=PATH)
@OUTPUT
@READER
@SECONDS
@MEMORY
def extract(file: Path, output: Path, reader: str, seconds: int, memory: int) -> None:
    """Print the record of a file."""
    from jixiao.atomic_files import write_whole
    from jixiao.pipeline.printouts import record_json
    from jixiao.pipeline.process_limits import Limits

    limits = Limits(seconds=seconds, megabytes=memory)
    write_whole(output, record_json(file, reader, limits))
