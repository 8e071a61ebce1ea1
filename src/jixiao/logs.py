"""Where the log goes: each module logs to its own logger below "jixiao", this decides who sees it.

INFO tells of each stage with its file and seconds, DEBUG of details, WARNING of problems. Without a
call of `configure`, nothing is printed: that is for the program that uses the library to decide.
"""

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao.errors import UsageError

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"
# Not the root: libraries that read PDFs log every character they meet.
_LOGGERS = ("jixiao", "uvicorn")


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged where: the least level on standard error, None for none, and a file.

    It is sent to worker processes, so that they log as the process that started them does.
    """

    stderr_level: int | None = None
    file: Path | None = None


_current = LogSettings()


def configure(settings: LogSettings) -> None:
    """Send the log of this process to standard error and to a file, in place of before.

    Every process appends to the file by itself, a line in one write. A queue to one writer would
    be held up for ever when a worker is killed while it holds the queue's lock.

    Args:
        settings: What to log where. The file is appended to and has all levels.

    Raises:
        UsageError: The file cannot be written.

    """
    global _current
    handlers = list[logging.Handler]()
    if settings.file:
        try:
            to_file = logging.FileHandler(
                settings.file, encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            reason = error.strerror
            raise UsageError("unwritable", path=settings.file, reason=reason) from error
        to_file.setLevel(logging.DEBUG)
        handlers.append(to_file)
    if settings.stderr_level is not None:
        to_stderr = logging.StreamHandler()
        to_stderr.setLevel(settings.stderr_level)
        handlers.append(to_stderr)
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        for handler in handlers or [logging.NullHandler()]:
            handler.setFormatter(logging.Formatter(_FORMAT))
            logger.addHandler(handler)
        logger.setLevel(min((handler.level for handler in handlers), default=logging.WARNING))
        logger.propagate = not handlers
    _current = settings


def current() -> LogSettings:
    """Return how this process logs, to hand to the processes that it starts.

    The file has its whole path: a worker of a cluster works in another folder.
    """
    return replace(_current, file=_current.file.resolve()) if _current.file else _current


def usable(settings: LogSettings) -> LogSettings:
    """Return settings without their file if this process, on another machine, cannot write it."""
    try:
        if settings.file:
            settings.file.open("ab").close()
    except OSError:
        return replace(settings, file=None)
    return settings


@contextmanager
def timed(logger: logging.Logger, stage: str, subject: object = "") -> Generator[None]:
    """Log at INFO how many seconds a stage took, once it has ended without an exception.

    Args:
        logger: The logger of the module that does it.
        stage: What is done, in a word or two: "read".
        subject: What it is done to: a file's name, or how many documents.

    """
    began = time.perf_counter()
    yield
    logger.info("%s %s in %.2f s", stage, subject, time.perf_counter() - began)
