"""The command line as a user meets it: in this process, or in a process of its own.

To start a process and import what a command needs takes longer than most commands. What does not
depend on the process itself (its language, its pipes, its end) is run here. The rest is run in a
copy of the fork server, which has loaded what commands need, but no module of the command line.
"""

import io
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from unittest.mock import patch

from tests.command_process import be_command

from jixiao.cli import main
from jixiao.pipeline import starting

Done = subprocess.CompletedProcess[str]


# What these options set lasts as long as the process.
_LASTING = {"--lang", "--knowledge", "--log-file", "--verbose", "-v"}


def run(*words: str | Path, given: str = "", **settings: str) -> Done:
    """Run a command in English: in this process, unless it would change that for later tests.

    Args:
        words: What is written after `jixiao`.
        given: What standard input holds.
        settings: What the environment has besides; then the command has a process of its own.

    Returns:
        What was printed, and the code that a process would have ended with.
    """
    if settings or any(str(word).partition("=")[0] in _LASTING for word in words):
        return run_apart(*words, given=given, **settings)
    command, code = ["jixiao", *map(str, words)], 0
    asked = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")
    with (
        TemporaryFile() as out,
        TemporaryFile() as err,
        patch.object(sys, "argv", command),
        patch.object(sys, "stdin", asked),
        _into("stdout", 1, out),
        _into("stderr", 2, err),
    ):
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(bool(left.code))
        sys.stdout.flush()
        sys.stderr.flush()
        return Done(command, code, _content(out), _content(err))


def run_apart(*words: str | Path, given: str = "", **settings: str) -> Done:
    """Run a command in a process of its own, with other settings in its environment."""
    command = ["jixiao", *map(str, words)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **settings}
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("in", "out", "err")]
        files[0].write_text(given, encoding="utf-8")
        process = starting.process(be_command, command, environment, files)
        process.start()
        process.join()
        out, err = (file.read_text(encoding="utf-8") for file in files[1:])
    return Done(command, process.exitcode, out, err)


@contextmanager
def _into(name: str, number: int, file: IO[bytes]) -> Generator[None]:
    """Send a stream to a file: what Python prints, and what libraries in C print past it."""
    getattr(sys, name).flush()
    before = os.dup(number)
    os.dup2(file.fileno(), number)
    stream = os.fdopen(os.dup(number), "w", encoding="utf-8")
    try:
        with stream, patch.object(sys, name, stream):
            yield
    finally:
        os.dup2(before, number)
        os.close(before)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
