"""The command line: one module a command. Commands parse and print, and decide nothing.

Modules that read, check or serve are imported by the command that needs them, when it runs, so that
help and completion are quick.

Exit 0: fine; 1: findings at or over --fail-on, or files that could not be read; 2: could not run.
"""

import os
import sys

import click
from click.shell_completion import shell_complete

from jixiao.cli import (
    build,
    check,
    export,
    extract,
    learn,
    lint,
    new,
    publish,
    query,
    serve,
    tables,
)
from jixiao.cli.language import help_text, say, translate_click
from jixiao.cli.options import shared


@shared
@click.group(
    help=help_text("main"),
    epilog=help_text("completion"),
    options_metavar=help_text("options-metavar"),
    subcommand_metavar=help_text("command-metavar"),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    package_name="jixiao",
    prog_name="jixiao",
    message="%(prog)s %(version)s",
    help=help_text("version"),
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Show how to start where no command is named."""
    if context.invoked_subcommand is None:
        click.echo(say("start"))


for _command in (
    extract.extract,
    tables.tables,
    build.build,
    check.check,
    query.query,
    export.export,
    publish.publish,
    serve.serve,
    lint.lint,
    new.new,
    learn.learn,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; only here do errors become lines and exit codes."""
    translate_click()
    try:
        if completes := os.environ.get("_JIXIAO_COMPLETE"):
            sys.exit(shell_complete(cli, {}, "jixiao", "_JIXIAO_COMPLETE", completes))
        with cli.make_context("jixiao", sys.argv[1:]) as context:  # click.main hides closed pipes
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as left:
        sys.exit(left.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"jixiao: {say('interrupted')}", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if {"--verbose", "-v"} & set(sys.argv):
            raise
        line = say("unexpected", kind=type(error).__name__, reason=error)
        click.echo(f"jixiao: {line}", err=True)
        sys.exit(2)
