"""Documents that are read and checked once in a process, whichever tests build stores of them.

Most tests of stores are not about how documents are read, nor in which processes: starting those
takes many times what it takes to make the small papers that are built.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import sha256
from typing import Any

import pytest

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

# By name, content, and everything that the result depends on.
_processed = dict[tuple[str, ...], ProcessedDocument]()


@contextmanager
def in_process() -> Generator[None]:
    """Have builds process documents in this process, and each content under a name only once."""
    patched: Any = building
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(patched, "_executor", _executor)
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
        processed = process(path, source.name, options, work)
        if not isinstance(processed, ProcessedDocument):
            return processed
        _processed[key] = processed
    return _processed[key]
