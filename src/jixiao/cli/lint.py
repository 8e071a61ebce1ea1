"""`jixiao lint`: check the knowledge itself."""

from pathlib import Path

import click
import msgspec

from jixiao.cli.language import LANG, say
from jixiao.cli.options import PATH, Command, command, option, settings


class _Lint(Command):
    """A command that reports the faults of the user's knowledge, and is not stopped by them."""

    needs_sound_knowledge = False


@command("lint", _Lint)
@click.argument("folder", type=PATH, required=False, metavar="[DIR]")
@option("--format", "kind", text="lint-format", type=click.Choice(["text", "json"]), default="text")
def lint(folder: Path | None, kind: str) -> None:
    """Print the faults of the knowledge, one a line."""
    from jixiao.checks.lint import lint as find_faults
    from jixiao.queries.answering import ask

    faults = find_faults(folder, ask=ask)
    if kind == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(faults), indent=2).decode())
    else:
        for fault in faults:
            click.echo(fault.text(LANG))
        if not settings().quiet:
            total = say("lint-total", count=len(faults)) if faults else say("lint-fine")
            click.echo(total, err=True)
    raise SystemExit(1 if faults else 0)
