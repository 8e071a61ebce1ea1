"""What the commands share: options, the kind of command that has them, and completion."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from jixiao import logs
from jixiao.cli.language import LANG, LANGUAGES, help_text
from jixiao.errors import JixiaoError

_FUNCTION = TypeVar("_FUNCTION", bound=Callable[..., Any] | click.Command)
_KEY = "jixiao.settings"
PATH = click.Path(path_type=Path)


@dataclass(slots=True)
class Settings:
    """What every command takes, before its name or after it."""

    quiet: bool = False
    verbose: bool = False
    log_file: Path | None = None
    knowledge: Path | None = None


def settings() -> Settings:
    """Return the settings of the running command."""
    found: Settings = click.get_current_context().meta.setdefault(_KEY, Settings())
    return found


def option(*names: str, text: str, **attributes: Any) -> Callable[[_FUNCTION], _FUNCTION]:
    """Declare an option whose help is the message `help-TEXT`."""
    return click.option(*names, help=help_text(text), **attributes)


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    kept: Settings = context.meta.setdefault(_KEY, Settings())
    if value and parameter.name:
        setattr(kept, parameter.name, value)


def _files(incomplete: str, kind: str = "file") -> list[CompletionItem]:
    """Return what makes the shell complete the names of files, or of folders ("dir")."""
    return [CompletionItem(incomplete, type=kind)]


def complete_folders(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a folder."""
    return _files(incomplete, "dir")


def shared(function: _FUNCTION) -> _FUNCTION:
    """Declare the options of every command. `--lang` is only checked here: see `language`."""
    for declare in (
        option(
            "--knowledge",
            text="knowledge",
            type=PATH,
            metavar="DIR",
            expose_value=False,
            callback=_keep,
            shell_complete=complete_folders,
        ),
        option("--log-file", text="log-file", type=PATH, expose_value=False, callback=_keep),
        option("--verbose", "-v", text="verbose", is_flag=True, expose_value=False, callback=_keep),
        option("--quiet", "-q", text="quiet", is_flag=True, expose_value=False, callback=_keep),
        option("--lang", text="lang", type=click.Choice(LANGUAGES), expose_value=False),
    ):
        function = declare(function)
    return function


class Command(click.Command):
    """A command that logs as it is called to, and turns errors raised on purpose into one line."""

    stderr_level: int | None = None  # what it logs on standard error without --verbose
    uses_knowledge = True  # whether --knowledge is laid over the shipped folders
    needs_sound_knowledge = True  # whether a fault of the user's knowledge stops it

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exits with 2 where it could not run."""
        given = settings()
        level = logging.INFO if given.verbose else self.stderr_level
        try:
            logs.configure(logs.LogSettings(level, given.log_file))
            if self.uses_knowledge:
                self._use_knowledge(given.knowledge)
            return super().invoke(ctx)
        except JixiaoError as error:
            click.echo(f"jixiao: {error.message.in_language(LANG)}", err=True)
            raise SystemExit(2) from None

    def _use_knowledge(self, folder: Path | None) -> None:
        """Lay the user's knowledge over the shipped one; raise `UsageError` if it has a fault.

        Then a fault is reported as `lint` reports it, and not as what it would lead to later.
        """
        from jixiao.config import overlay, use_knowledge

        if folder:
            use_knowledge(folder)
        if self.needs_sound_knowledge and overlay() is not None:
            from jixiao.checks.lint import refuse_faults

            refuse_faults()


def command(
    name: str, kind: type[Command] = Command
) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command whose help is the message `help-NAME`, with the shared options."""

    def declare(function: Callable[..., Any]) -> click.Command:
        declared = click.command(
            name,
            cls=kind,
            help=help_text(name),
            short_help=help_text(f"{name}-short"),
            options_metavar=help_text("options-metavar"),
        )
        return shared(declared(function))

    return declare


def complete_profiles(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a shipped profile, else that of a file."""
    from jixiao.checks.profiles import AUTO, names

    matching = [name for name in (AUTO, *names()) if name.startswith(incomplete)]
    return [CompletionItem(name) for name in matching] or _files(incomplete)


def complete_questions(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a shipped question, else that of a file."""
    from jixiao.rdf.questions import questions

    matching = [q for q in questions() if q.name.startswith(incomplete)]
    items = [CompletionItem(q.name, help=q.head.title.in_language(LANG)) for q in matching]
    return items or _files(incomplete)


def complete_parameters(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a parameter of the question that is named, or of any question."""
    from jixiao.rdf.questions import questions

    # A line that ends in "-p" is no whole call: click has not told its words apart then.
    words = {context.params.get("name"), *context.args}
    named = [question for question in questions() if question.name in words]
    names = {
        name: parameter.zh if LANG == "zh" else parameter.en
        for question in named or questions()
        for name, parameter in question.head.parameters.items()
    }
    matching = sorted(name for name in names if name.startswith(incomplete))
    return [CompletionItem(f"{name}=", help=names[name]) for name in matching]


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


READER = option(
    "--reader", text="reader", type=click.Choice(["pdfium", "pdfplumber"]), default="pdfium"
)
ENGINE = option(
    "--engine", text="engine", type=click.Choice(["auto", "fast", "pyshacl"]), default="auto"
)
PROFILE = option(
    "--profile",
    text="profile",
    default="auto",
    metavar="NAME|FILE",
    shell_complete=complete_profiles,
)
JOBS = option("--jobs", "-j", text="jobs", type=click.IntRange(min=1), default=_cores)
SECONDS = option(
    "--seconds", text="limit-seconds", type=click.IntRange(min=1), default=300, show_default=True
)
MEMORY = option(
    "--memory", text="limit-memory", type=click.IntRange(min=256), default=2048, show_default=True
)
SERVER = option(
    "--server",
    text="server",
    type=click.Choice(["oxigraph", "virtuoso", "fuseki", "standard"]),
)
OUTPUT = option("--output", "-o", text="output", type=PATH, default="-")


def store(*, text: str = "store", required: bool = False) -> Callable[[_FUNCTION], _FUNCTION]:
    """Declare `--store`."""
    return option(
        "--store",
        text=text,
        type=PATH,
        metavar="DIR",
        required=required,
        shell_complete=complete_folders,
    )
