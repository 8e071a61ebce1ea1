"""Processes that may take only so much time and memory, and can be killed.

A file of a few hundred bytes can take gigabytes and minutes to read, and a query can run for ever.
A thread cannot be stopped; a process can. Three kinds of processes have these limits:

- those that read the documents of a build, here or on a cluster, and
- those that audit uploads, in a pool each (`process_pool`, `submit`, `result`);
- the workers of the server, which stream their answers (`limit_process`, `failure`).
"""

import os
import pickle
import signal
import sys
import threading
from asyncio import IncompleteReadError
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import msgspec

from jixiao.documents.isolation import block_network
from jixiao.errors import FileError, JixiaoError
from jixiao.logs import LogSettings, configure, current
from jixiao.pipeline.starting import context, settle, surroundings

T = TypeVar("T")
TRIES = 2  # calls with one file: a process may die through no fault of the file
Failure = Literal["too-slow", "too-large", "died"]
Network = Literal["open", "local", "none"]
_CODES: dict[Failure, str] = {"died": "worker-died"}  # of `FileError`, where they differ
# Errors of Pebble, of Dask and of `concurrent.futures`, by name: Dask is optional.
_DEATHS = ("ProcessExpired", "KilledWorker", "FutureCancelledError", "CancelledError")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one document: seconds, and megabytes of memory."""

    seconds: int = 300
    megabytes: int = 2048


USUAL = Limits()


def run(function: Callable[..., T], args: Sequence[object], path: Path, limits: Limits) -> T:
    """Call a function that reads one file in a process of its own.

    Args:
        function: A function of a module. The module should import what only the function needs when
            it is called: this process imports the module too.
        args: Its arguments; they and its result must be picklable.
        path: The file that it reads, for messages.
        limits: Its time and memory.

    Returns:
        The result of the function.

    Raises:
        FileError: The function raised it, or exceeded the limits.
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


def process_pool(
    processes: int,
    limits: Limits,
    *,
    network: Network = "open",
    single_use: bool = False,
    log: LogSettings | None = None,
) -> Any:
    """Return a pool of limited processes for `submit`.

    Args:
        processes: How many. Documents need processes, not threads: PDFium is not thread-safe.
        limits: Their memory; the seconds are those of each call.
        network: What the operating system lets them reach: everything, sockets of this machine's
            file system, or nothing.
        single_use: Whether each process makes one call only and is replaced, so that nothing of a
            file remains for the next.
        log: How they log; by default as this process does.

    Returns:
        A `pebble.ProcessPool`, which the caller ends by `stop()` and `join()`.

    """
    pebble: Any = import_module("pebble")  # its types demand another context than it takes
    return pebble.ProcessPool(
        processes,
        max_tasks=int(single_use),
        context=context(processes),
        initializer=_start_pool_process,
        initargs=(surroundings(), limits.megabytes * 2**20, network, log or current()),
    )


def submit(
    pool: Any, function: Callable[..., T], args: Sequence[object], limits: Limits
) -> Future[T]:
    """Have a pool call a function.

    Args:
        pool: A pool of `process_pool`.
        function: A function of a module.
        args: Its arguments; they and its result must be picklable.
        limits: Its time, which begins when a process starts the call.

    Returns:
        The future for `result`. Cancelling it kills the process, with all that the process started.

    """
    future = pool.schedule(_call, args=[function, args], timeout=limits.seconds)
    return cast("Future[T]", future)


def result(future: Future[T], name: str) -> T:
    """Wait for a call that reads the file `name`, and return its result.

    Raises:
        FileError: The function raised it, or exceeded the limits ("too-slow", "too-large"), or its
            process died ("worker-died").
        Exception: Any other error of the function.

    """
    try:
        return future.result()
    except JixiaoError:
        raise
    except Exception as error:
        reason = failure(error)
        if reason is None:
            raise
        details = f"{type(error).__name__}: {error}".splitlines()[0]
        code = _CODES.get(reason, reason)
        raise FileError(code, path=name, reason=details) from None


def failure(error: BaseException) -> Failure | None:
    """Return how a limited process failed, None if the error is not one of its limits.

    Args:
        error: What the pool, the future, or the connection to the process raised.

    """
    if isinstance(error, TimeoutError):
        return "too-slow"
    if isinstance(error, MemoryError):
        return "too-large"
    is_death = type(error).__name__ in _DEATHS
    is_hang_up = isinstance(error, IncompleteReadError | ConnectionError)
    return "died" if is_death or is_hang_up else None


def limit_process(memory: int, *, network: Network = "open") -> bool:
    """Limit this process from now on, as far as the operating system can.

    It ends with its parent, writes no core dump, and takes no more than the given memory.

    Args:
        memory: Bytes of its data (RLIMIT_DATA): exceeding them is a `MemoryError`, or an abort in
            native code.
        network: What it can reach; see `process_pool`.

    Returns:
        Whether the system keeps it from the network.

    """
    offline = network != "open" and block_network(local=network == "local")
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        # The dump of a process of several gigabytes fills a disk, and may hold private files.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if parent := parent_process():

        def end_with_parent() -> None:
            parent.join()
            _kill_group()

        threading.Thread(target=end_with_parent, daemon=True).start()
    return offline


def _start_pool_process(
    environment: dict[str, str], memory: int, network: Network, log: LogSettings
) -> None:
    """Prepare a process of a pool: it leads a group, so that all it starts ends with it."""
    settle(environment)
    if log.stderr_level is None:
        _quieten_native_code()
    configure(log)
    if sys.platform != "win32":
        os.setsid()
        # Pebble ends a process by SIGTERM, and three seconds later by SIGKILL. A process that waits
        # for a program it started (LibreOffice) gets here at once; one that is busy in native code
        # does not, but has started none.
        signal.signal(signal.SIGTERM, lambda number, frame: _kill_group())
    limit_process(memory, network=network)


def _quieten_native_code() -> None:
    """Keep what native code writes from standard error, which stays that of Python.

    Code that runs out of memory prints pages of its stack before it ends the process. The process
    that waits for this one says so in one line.
    """
    sys.stderr = os.fdopen(os.dup(2), "w", 1, encoding="utf-8", errors="backslashreplace")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)


def _kill_group() -> None:
    """Kill this process, and if it leads a group of processes the whole group."""
    if sys.platform != "win32" and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _call(function: Callable[..., T], args: Sequence[object]) -> T:
    """Call a function; every error that it raises can be sent to the other process."""
    try:
        return function(*args)
    except (JixiaoError, MemoryError):
        raise
    except Exception as error:
        # Errors of lxml can be pickled but not unpickled: the other process would wait for ever.
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        raise
