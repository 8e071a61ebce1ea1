"""How far a long job is: a bar on standard error where it is a terminal, else lines."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta

import click

from jixiao.cli.language import say

_INTERVAL = 30  # seconds between two lines


@contextmanager
def progress(
    *, quiet: bool = False, interval: float = _INTERVAL
) -> Generator[Callable[[int, int], None]]:
    """Show how far the work in this context is.

    Args:
        quiet: Show nothing.
        interval: Seconds between two lines, where standard error is no terminal.

    Yields:
        What to call with the number done, and the number there is (0 where it is not known).

    """
    if quiet or not sys.stderr.isatty():
        yield (lambda done, total: None) if quiet else _Lines(interval).show
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


class _Lines:
    """Prints a line from time to time, for logs."""

    def __init__(self, interval: float) -> None:
        self._began = self._last = time.monotonic()
        self._interval = interval

    def show(self, done: int, total: int) -> None:
        """Print how far the work is, and how long it will take."""
        now = time.monotonic()
        if now - self._last < self._interval:
            return
        self._last, rate = now, done / (now - self._began)
        left = timedelta(seconds=max(0, round((total - done) / rate))) if rate else "?"
        click.echo(say("progress", done=done, total=total, rate=f"{rate:.2f}", left=left), err=True)
