"""Runs work on a stranger's file in processes that may take only so much time and memory.

A file of a few hundred bytes can take gigabytes and minutes to read. Here it costs its own process
only: the work ends with a `FileError` whose code is "too-slow", "too-large" or "worker-died".
"""

import os
import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from jixiao.errors import FileError, JixiaoError
from jixiao.logs import LogSettings, configure, current

T = TypeVar("T")
TRIES = 2  # so often, for the machine may have ended the process and not the file
_DEATHS = ("ProcessExpired", "KilledWorker", "FutureCancelledError", "CancelledError")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one document may cost: seconds, and megabytes of memory."""

    seconds: int = 300
    megabytes: int = 2048


USUAL = Limits()


def run(function: Callable[..., T], args: Sequence[object], path: Path, limits: Limits) -> T:
    """Call a function that reads one file in a process of its own.

    Args:
        function: A function of a module, whose module should import what only it needs when it is
            called: this process imports the module too.
        args: Its arguments; they and its result must be picklable.
        path: The file that it reads, for messages.
        limits: What it may take.

    Returns:
        What the function returns.

    Raises:
        FileError: The function raised it, or it took more than the limits allow.
        Exception: Any other error of the function, with the traceback of the other process.

    """
    pool = process_pool(1, limits)
    try:
        for _ in range(TRIES - 1):
            try:
                return result(submit(pool, function, args, limits), str(path))
            except FileError as error:
                if error.code not in ("too-slow", "worker-died"):
                    raise
        return result(submit(pool, function, args, limits), str(path))
    finally:
        pool.stop()
        pool.join()


def process_pool(jobs: int, limits: Limits) -> Any:
    """Return so many processes that work can be submitted to; PDFium is not made for threads."""
    pebble: Any = import_module("pebble")  # its types ask for another context than it takes
    size, spawn = limits.megabytes * 2**20, get_context("spawn")
    return pebble.ProcessPool(jobs, context=spawn, initializer=_begin, initargs=(size, current()))


def submit(
    pool: Any, function: Callable[..., T], args: Sequence[object], limits: Limits
) -> Future[T]:
    """Have a pool call a function; `result` waits for what comes of it."""
    going = pool.schedule(_guarded, args=[function, args], timeout=limits.seconds)
    return cast("Future[T]", going)


def result(ended: Future[T], name: str) -> T:
    """Return the result of a call that reads the file `name`; waits for it.

    Raises:
        FileError: The call raised it, or its process was ended or died.
        Exception: Any other error of the call.

    """
    try:
        return ended.result()
    except TimeoutError:
        raise FileError("too-slow", path=name) from None
    except MemoryError:  # of the other process, which has too little left to say more
        raise FileError("too-large", path=name) from None
    except Exception as error:
        if type(error).__name__ not in _DEATHS:
            raise
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise FileError("worker-died", path=name, reason=reason) from None


def limit_memory(size: int) -> None:
    """Let this process take no more than so many bytes of memory, where the system can refuse."""
    with suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _begin(size: int, log: LogSettings) -> None:
    """Prepare a process of a pool: its log, its memory, and its end if its parent is killed."""
    configure(log)
    limit_memory(size)
    if parent := parent_process():

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _guarded(function: Callable[..., T], args: Sequence[object]) -> T:
    """Call a function; what it raises can be sent to another process."""
    try:
        return function(*args)
    except (JixiaoError, MemoryError):
        raise
    except Exception as error:
        # Errors of lxml can be pickled and not be read back: the other process would wait for ever.
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        raise
