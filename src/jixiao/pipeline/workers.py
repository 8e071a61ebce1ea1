"""Process documents in other processes: of this machine, or of a Dask cluster.

A document that crashes or hangs its worker is retried once and then reported as failed; other
documents are not affected. No more documents are in progress than the workers can hold.
"""

import logging
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import current_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import msgspec

from jixiao import fingerprints
from jixiao.config import knowledge_digest
from jixiao.errors import FileError, UsageError
from jixiao.logs import LogSettings, current, usable
from jixiao.pipeline.process_document import (
    READ_ANEW,
    ProcessedDocument,
    ProcessingOptions,
    Work,
    process,
)
from jixiao.pipeline.process_limits import TRIES, Limits, process_pool, result, submit
from jixiao.pipeline.sources import FailedFile, Source

Outcome = ProcessedDocument | FailedFile
_log = logging.getLogger(__name__)
_AHEAD = 3  # documents in progress for each process, so that none waits for its next one


@dataclass(frozen=True, slots=True)
class Task:
    """A file, and what is to be done for it."""

    source: Source
    work: Work = READ_ANEW


Executor = Callable[[Iterable[Task]], Iterator[tuple[Source, Outcome]]]


class FileNotSeen(msgspec.Struct, frozen=True):
    """The answer of a worker of a cluster that does not see a file: its content must be sent."""


Pending = Future[Outcome | FileNotSeen]


@contextmanager
def in_process(options: ProcessingOptions) -> Generator[Executor]:
    """Process documents in this process, which must have limits itself."""
    yield lambda tasks: (
        (t.source, process(t.source.path, t.source.name, options, t.work)) for t in tasks
    )


@contextmanager
def processes(jobs: int, options: ProcessingOptions, limits: Limits) -> Generator[Executor]:
    """Process documents in `jobs` processes of this machine."""
    pool = process_pool(jobs, limits)

    def send(task: Task) -> Pending:
        arguments = [task.source.path, task.source.name, options, task.work]
        return cast("Pending", submit(pool, process, arguments, limits))

    try:
        yield lambda tasks: _outcomes(tasks, send, jobs * _AHEAD)
    finally:
        pool.stop()
        pool.join()


@contextmanager
def cluster(address: str, options: ProcessingOptions, limits: Limits) -> Generator[Executor]:
    """Process documents on the workers of a Dask cluster.

    A file is named by its path; once a worker has not seen one, contents are sent.

    Raises:
        UsageError: the extra `cluster` is missing, no scheduler answers at the address, it has no
            workers, or they have another version of jixiao.

    """
    if find_spec("distributed") is None:
        raise UsageError("cluster-missing")
    distributed: Any = import_module("distributed")  # it is typed in part only
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UsageError("no-scheduler", address=address, reason=error) from error
    with client, client.get_executor(pure=False) as executor:
        _check_versions(client, address)
        send_contents = threading.Event()

        def send(task: Task) -> Pending:
            content, path = None, task.source.path
            if send_contents.is_set() and task.work.start == "read":
                with suppress(OSError):  # then the worker says what is wrong
                    content = path.read_bytes()
            digest = _digest(path) if task.work.start == "read" else ""
            file = str(path.resolve()), digest, content, task.source.name
            how = options, task.work, limits, current()
            return cast("Pending", executor.submit(_on_worker, *file, *how))

        yield lambda tasks: _outcomes(tasks, send, _threads(client) * _AHEAD, send_contents)


def _threads(client: Any) -> int:
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _check_versions(client: Any, address: str) -> None:
    """Raise `UsageError` if a worker would make other documents than this process."""
    try:
        client.wait_for_workers(1, timeout=30)
    except TimeoutError as error:
        raise UsageError("no-workers", address=address) from error
    versions: dict[str, fingerprints.Fingerprints] = client.run(fingerprints.current)
    for worker, version in versions.items():
        if version == fingerprints.current():
            continue
        theirs, ours = _knowledge_of(client, worker), knowledge_digest()
        if theirs not in (None, ours):
            raise UsageError(
                "other-knowledge", worker=worker, theirs=theirs or "-", ours=ours or "-"
            )
        raise UsageError("other-version", worker=worker)


def _knowledge_of(client: Any, worker: str) -> str | None:
    """Return the digest of a worker's knowledge, or None if its version cannot tell."""
    try:
        digests: dict[str, str] = client.run(knowledge_digest, workers=[worker])
    except Exception:  # Dask raises a plain one if the worker's program lacks the function
        return None
    return digests[worker]


def _outcomes(
    tasks: Iterable[Task],
    send: Callable[[Task], Pending],
    most: int,
    send_contents: threading.Event | None = None,
) -> Iterator[tuple[Source, Outcome]]:
    """Yield the outcome of each task as it ends, with at most `most` in progress."""
    waiting = dict[Pending, tuple[Task, int]]()
    remaining = iter(tasks)

    def fill() -> None:
        while len(waiting) < most and (task := next(remaining, None)):
            waiting[send(task)] = task, 1

    fill()
    while waiting:
        for ended in wait(waiting, return_when=FIRST_COMPLETED).done:
            task, tries = waiting.pop(ended)
            outcome = _outcome(ended, task.source)
            if isinstance(outcome, FileNotSeen) and send_contents:
                send_contents.set()
                waiting[send(task)] = task, tries
            elif isinstance(outcome, FailedFile) and _may_be_ours(outcome) and tries < TRIES:
                _log.warning("%s: %s; retrying", task.source.name, outcome.error)
                waiting[send(task)] = task, tries + 1
            elif not isinstance(outcome, FileNotSeen):
                fill()
                yield task.source, outcome


def _outcome(ended: Pending, source: Source) -> Outcome | FileNotSeen:
    try:
        return result(ended, source.name)
    except FileError as error:
        return FailedFile(source.path, error)
    except UsageError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return FailedFile(source.path, FileError("reading-fault", path=source.name, reason=reason))


def _may_be_ours(failed: FailedFile) -> bool:
    """Tell whether the process may be at fault, and not the document."""
    return failed.error.code in ("too-slow", "worker-died", "too-large")


def _on_worker(
    path: str,
    digest: str,
    content: bytes | None,
    name: str,
    options: ProcessingOptions,
    work: Work,
    limits: Limits,
    log: LogSettings,
) -> Outcome | FileNotSeen:
    """Process a document on a worker of a cluster, in a process that can be killed."""
    with TemporaryDirectory() as folder:
        file = Path(path)
        if content is not None:
            file = Path(folder) / file.name
            file.write_bytes(content)
        elif digest and _digest(file) != digest:
            return FileNotSeen()
        distributed: Any = import_module("distributed")
        pool = _pool_of_worker(distributed.get_worker().state.nthreads, limits, log)
        return result(submit(pool, process, [file, name, options, work], limits), name)


@cache
def _pool_of_worker(jobs: int, limits: Limits, log: LogSettings) -> Any:
    current_process().daemon = False  # what Dask's nanny starts may have children too
    return process_pool(jobs, limits, log=usable(log))
