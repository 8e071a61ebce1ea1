"""How other processes of the program start.

To import what reads and checks documents takes a second. On Linux one process imports it (a fork
server), and each process that reads documents or answers queries is a copy of that one, which
starts in milliseconds. A copy of this process would not do: a copy of threads keeps their locks as
they are. Elsewhere each process imports for itself what it needs; so does one that stays the only
one, as for a command about one file, which needs less than all that is preloaded.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import forkserver, get_context
from multiprocessing.context import BaseContext
from typing import Any

from jixiao.config import KNOWLEDGE, forget

_preloaded = ["jixiao.pipeline.preloaded"]
_started = 0


def preload(module: str) -> None:
    """Have the fork server import one more module, if it has not begun.

    Args:
        module: The module's name.
    """
    _preloaded.append(module)


def context(processes: int) -> BaseContext:
    """Return the way in which processes start here; functions that they call must be importable.

    Args:
        processes: How many are about to start.
    """
    global _started
    _started += processes
    return get_context("spawn") if _started < 2 else _fork_server()


def _fork_server() -> BaseContext:
    if sys.platform != "linux":  # system libraries of macOS do not bear being copied
        return get_context("spawn")
    forking = get_context("forkserver")
    forking.set_forkserver_preload(_preloaded)
    try:
        forkserver.ensure_running()
    except (
        OSError
    ):  # its socket cannot be made: the path of the temporary folder is too long for one
        return get_context("spawn")
    return forking


def beforehand(load: Callable[[], None]) -> None:
    """Load knowledge in the fork server, so that no copy of it has to.

    A user's own may change while the server lives: then each process reads it itself. A fault of
    the knowledge is told by the process that needs it.

    Args:
        load: Reads what its module remembers.
    """
    if KNOWLEDGE not in os.environ:
        with suppress(Exception):
            load()


def surroundings() -> dict[str, str]:
    """Return the environment of this process, for `settle` in one that it starts."""
    return dict(os.environ)


def settle(environment: dict[str, str]) -> None:
    """Give a process that has started the environment of the one that asked for it.

    A copy has the environment, and perhaps the knowledge, of when its original began.

    Args:
        environment: What `surroundings` returned there.
    """
    other_knowledge = environment.get(KNOWLEDGE) != os.environ.get(KNOWLEDGE)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # it is asked for again
    if other_knowledge:
        forget()


def process(target: Callable[..., object], *arguments: object) -> Any:
    """Return a process that will call a function, and ends with this one.

    Args:
        target: A function of a module.
        arguments: Its arguments, which must be picklable.
    """
    # `BaseContext` has no `Process` for the type checkers, though every context has one.
    made: Any = _fork_server()
    return made.Process(target=_settled, args=(surroundings(), target, *arguments), daemon=True)


def _settled(
    environment: dict[str, str], target: Callable[..., object], *arguments: object
) -> None:
    settle(environment)
    target(*arguments)
