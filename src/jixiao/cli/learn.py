"""`jixiao learn`: propose words for the headers and labels of a file that are not known."""

from pathlib import Path

import click

from jixiao.cli.language import LANG, say
from jixiao.cli.options import (
    MEMORY,
    PATH,
    READER,
    SECONDS,
    command,
    complete_folders,
    option,
    settings,
)


@command("learn")
@click.argument("file", type=PATH)
@option(
    "--output",
    "-o",
    text="learn-output",
    type=PATH,
    metavar="DIR",
    default="learnt",
    show_default=True,
    shell_complete=complete_folders,
)
@option("--force", text="learn-force", is_flag=True)
@READER
@SECONDS
@MEMORY
def learn(file: Path, output: Path, force: bool, reader: str, seconds: int, memory: int) -> None:
    """Write a folder of knowledge with the words proposed, and a page that shows them."""
    from jixiao.pipeline.printouts import proposals
    from jixiao.pipeline.process_limits import Limits
    from jixiao.publishing.learnt import refuse_existing, write

    if not force:
        refuse_existing(output)
    found = proposals(file, reader, Limits(seconds=seconds, megabytes=memory))
    if not found.words:
        click.echo(say("learn-nothing" if found.read else "learn-no-form", file=file), err=True)
        return
    for path in write(found, output, file.name, LANG, force=force):
        click.echo(say("new-written", path=path))
    if not settings().quiet:
        sure = sum(not proposal.doubt for proposal in found.words)
        count = len(found.words)
        click.echo(say("learn-next", count=count, sure=sure, folder=output, file=file), err=True)
