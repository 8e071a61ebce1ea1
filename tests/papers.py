"""Documents that are read and checked once in a run, whichever tests build stores of them.

The processes of a run keep what they made in a folder of the run. Most tests of stores are not
about how documents are read, nor in which processes: starting those takes many times what it takes
to make the small papers that are built.
"""

import pickle
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pytest

from jixiao.extraction import read
from jixiao.model.record import Record
from jixiao.pipeline import build as building
from jixiao.pipeline.process_document import (
    ProcessedDocument,
    ProcessingOptions,
    Work,
    process,
)
from jixiao.pipeline.process_limits import Limits
from jixiao.pipeline.sources import Source
from jixiao.pipeline.workers import Executor, Outcome, Task
from jixiao.rdf.code_lists import CODES, codes
from jixiao.rdf.questions import question_quads

Made = TypeVar("Made")
# By name, content, and everything that the result depends on.
_processed = dict[tuple[str, ...], ProcessedDocument]()
_kept: list[Path] = []  # the folder of the run


def keep_in(folder: Path) -> None:
    """Keep what is made of documents in a folder, for the other processes of the run."""
    folder.mkdir(exist_ok=True)
    _kept[:] = [folder]


def record(path: Path) -> Record:
    """Return the record of a document, which one process of the run reads."""
    return _once(f"record {path} {sha256(path.read_bytes()).hexdigest()}", lambda: read(path))


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder below that of the run, which one process makes for all."""
    with folder.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            make(begun)
            begun.rename(folder)
    return folder


def _once(name: str, make: Callable[[], Made]) -> Made:
    """Return what is kept under a name, or make it in one process; what is whole is kept."""
    if not _kept:
        return make()
    file = _kept[0] / sha256(name.encode()).hexdigest()
    with file.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not file.exists():
            made = make()
            if isinstance(made, ProcessedDocument | Record):
                file.write_bytes(pickle.dumps(made))
            return made
        kept: Made = pickle.loads(file.read_bytes())
        return kept


@contextmanager
def in_process() -> Generator[None]:
    """Have builds process documents in this process, and each content under a name only once."""
    patched: Any = building
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(patched, "_executor", _executor)
        yield


@contextmanager
def few_codes() -> Generator[None]:
    """Have stores made with few code lists and questions, which are most of a small one."""
    few = tuple(quad for quad in codes() if quad.graph_name == CODES)[:60]
    asked = tuple(question_quads())[:60]
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("jixiao.store.store.codes", lambda: few)
        patches.setattr("jixiao.store.store.question_quads", lambda: asked)
        yield


def _executor(
    scheduler: str, count: int, jobs: int, options: ProcessingOptions, limits: Limits | None
) -> AbstractContextManager[Executor]:
    def outcomes(tasks: Iterable[Task]) -> Iterator[tuple[Source, Outcome]]:
        for task in tasks:
            yield task.source, _outcome(task.source, options, task.work)

    return nullcontext(outcomes)


def _outcome(source: Source, options: ProcessingOptions, work: Work) -> Outcome:
    path = source.path
    if work.start != "read":
        return process(path, source.name, options, work)
    content = sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    key = (path.name, content, repr(options), repr(options.fingerprints(path, work.row)))
    if key not in _processed:
        processed = _once(repr(key), lambda: process(path, source.name, options, work))
        if not isinstance(processed, ProcessedDocument):
            return processed
        _processed[key] = processed
    return _processed[key]
