"""A command in a process of its own: its environment is set before the command line is imported."""

import os
import sys
from importlib import import_module
from multiprocessing import current_process
from pathlib import Path

from jixiao.pipeline import starting


def be_command(command: list[str], environment: dict[str, str], files: list[Path]) -> None:
    """Be a command: with its words, its environment, and files for its three streams."""
    starting.settle(environment)
    sys.argv = command
    for number, (file, mode) in enumerate(zip(files, ("r", "w", "w"), strict=True)):
        with file.open(mode, encoding="utf-8") as stream:
            os.dup2(stream.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate(("r", "w", "w"))
    )
    current_process().daemon = False  # it may start processes, as a command does
    import_module("jixiao.cli").main()
