"""Makes documents in other processes: of this machine, or of a Dask cluster.

A process that dies, or that is ended because it takes too long, costs its own document, which is
tried once more and then listed. No more documents are under way than the processes can hold.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import current_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import msgspec

from jixiao.errors import FileError, UsageError
from jixiao.extraction import reader_version
from jixiao.pipeline.process_document import ProcessedDocument, ProcessingOptions, outcome
from jixiao.pipeline.process_limits import TRIES, Limits, process_pool, result, submit
from jixiao.pipeline.sources import FailedFile, Source

Outcome = ProcessedDocument | FailedFile
Executor = Callable[[Iterable[Source]], Iterator[tuple[Source, Outcome]]]
_AHEAD = 3  # documents under way for each process, so that none waits for its next


class Absent(msgspec.Struct, frozen=True):
    """A worker's answer that it does not see a file: its content must be sent."""


Coming = Future[Outcome | Absent]


@contextmanager
def here(ways: ProcessingOptions) -> Generator[Executor]:
    """Make documents in this process, one after the other."""
    yield lambda sources: ((s, outcome(s.path, s.name, ways)) for s in sources)


@contextmanager
def processes(jobs: int, ways: ProcessingOptions, limits: Limits) -> Generator[Executor]:
    """Make documents in so many processes of this machine."""
    pool = process_pool(jobs, limits)

    def send(source: Source) -> Coming:
        args = [source.path, source.name, ways]
        return cast("Coming", submit(pool, outcome, args, limits))

    try:
        yield lambda sources: _made(sources, send, jobs * _AHEAD)
    finally:
        pool.stop()
        pool.join()


@contextmanager
def cluster(address: str, ways: ProcessingOptions, limits: Limits) -> Generator[Executor]:
    """Make documents on the workers of a Dask cluster; raises `UsageError`.

    A file is sent by its path, and by its content once a worker has not seen one.
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
        blind = threading.Event()

        def send(source: Source) -> Coming:
            content = None
            if blind.is_set():
                with suppress(OSError):  # then the worker says what is wrong
                    content = source.path.read_bytes()
            asked = str(source.path.resolve()), _digest(source), content
            going = executor.submit(_on_worker, *asked, source.name, ways, limits)
            return cast("Coming", going)

        yield lambda sources: _made(sources, send, _threads(client) * _AHEAD, blind)


def _threads(client: Any) -> int:
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def _digest(source: Source) -> str:
    try:
        return sha256(source.path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _check_versions(client: Any, address: str) -> None:
    """Raise `UsageError` where a worker would make other documents than this process."""
    try:
        client.wait_for_workers(1, timeout=30)
    except TimeoutError as error:
        raise UsageError("no-workers", address=address) from error
    versions: dict[str, str] = client.run(reader_version)
    for worker, version in versions.items():
        if version != reader_version():
            raise UsageError("other-version", worker=worker, version=version)


def _made(
    sources: Iterable[Source],
    send: Callable[[Source], Coming],
    most: int,
    blind: threading.Event | None = None,
) -> Iterator[tuple[Source, Outcome]]:
    """Yield what comes of the documents, as they end."""
    left, waiting = iter(sources), dict[Coming, tuple[Source, int]]()

    def fill() -> None:
        while len(waiting) < most and (source := next(left, None)):
            waiting[send(source)] = source, 1

    fill()
    while waiting:
        for ended in wait(waiting, return_when=FIRST_COMPLETED).done:
            source, tries = waiting.pop(ended)
            found = _result(ended, source)
            if isinstance(found, Absent) and blind:
                blind.set()
                waiting[send(source)] = source, tries
            elif isinstance(found, FailedFile) and _lost(found) and tries < TRIES:
                waiting[send(source)] = source, tries + 1
            elif not isinstance(found, Absent):
                fill()
                yield source, found


def _result(ended: Coming, source: Source) -> Outcome | Absent:
    try:
        return result(ended, source.name)
    except FileError as error:
        return FailedFile(source.path, error)
    except UsageError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return FailedFile(source.path, FileError("reading-fault", path=source.name, reason=reason))


def _lost(failed: FailedFile) -> bool:
    """Tell whether it may have been the process's fault, not the document's."""
    return failed.error.code in ("too-slow", "worker-died", "too-large")


def _on_worker(
    path: str,
    digest: str,
    content: bytes | None,
    name: str,
    ways: ProcessingOptions,
    limits: Limits,
) -> Outcome | Absent:
    """Make a document on a worker of a cluster, in a process that can be ended."""
    with TemporaryDirectory() as folder:
        file = Path(path)
        if content is not None:
            file = Path(folder) / file.name
            file.write_bytes(content)
        elif digest and _is_other(file, digest):
            return Absent()
        distributed: Any = import_module("distributed")
        pool = _pool(distributed.get_worker().state.nthreads, limits)
        return submit(pool, outcome, [file, name, ways], limits).result()


@cache
def _pool(jobs: int, limits: Limits) -> Any:
    """Return the processes of a worker of a cluster."""
    current_process().daemon = False  # what Dask's nanny starts may have children too
    return process_pool(jobs, limits)


def _is_other(file: Path, digest: str) -> bool:
    try:
        return sha256(file.read_bytes()).hexdigest() != digest
    except OSError:
        return True
