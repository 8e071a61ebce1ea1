"""`jixiao new`: write a layout, a rule or a question to start from."""

import click

from jixiao.cli.language import say
from jixiao.cli.options import Command, command, option, settings


class _New(Command):
    """A command that may make the folder of the user's knowledge."""

    uses_knowledge = False


@command("new", _New)
@click.argument("kind", type=click.Choice(["layout", "rule", "question"]))
@click.argument("name")
@option("--ttl", text="new-ttl", is_flag=True)
def new(kind: str, name: str, ttl: bool) -> None:
    """Write the files of a skeleton into the user's folder, and say which."""
    from jixiao.checks.skeletons import write

    written = write(kind, name, settings().knowledge, turtle=ttl)
    for path in written.files:
        click.echo(say("new-written", path=path))
    if not settings().quiet:
        click.echo(say("new-next", folder=written.folder), err=True)
