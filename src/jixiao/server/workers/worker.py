"""The loop of a worker process: it answers one job after the other from an open store.

Before each job it opens the version of the store that was published last, so that new data appears.
"""

import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from jixiao.errors import JixiaoError, StoreError
from jixiao.logs import timed
from jixiao.pipeline.process_limits import limit_process
from jixiao.server.job import AnswerWriter, Job
from jixiao.server.problems import Problem
from jixiao.server.settings import Limits
from jixiao.server.snapshot import SnapshotCache, StoreSnapshot
from jixiao.server.workers.framing import CHUNK, END, ERROR, HEAD, READY, read_frame, write_frame

Handler = Callable[[StoreSnapshot, Job, AnswerWriter, Limits], None]
_CHUNK = 64 * 1024
_log = logging.getLogger(__name__)


class FrameWriter:
    """Writes an answer as frames; raises `Problem` "too-long" if it exceeds the limit."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._left = file, limits.size
        self._buffer = bytearray()

    def head(self, media_type: str, status: int = 200, **headers: str) -> None:
        """Write the status and headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        head = {"status": status, "headers": {"content-type": media_type, **named}}
        write_frame(self._file, HEAD, msgspec.json.encode(head))

    def write(self, content: bytes) -> int:
        """Write a part of the content; return its length."""
        self._left -= len(content)
        if self._left < 0:
            raise Problem("too-long", limit="bytes")
        self._buffer += content
        if len(self._buffer) >= _CHUNK:
            self.flush()
        return len(content)

    def flush(self) -> None:
        """Send what was written."""
        if self._buffer:
            write_frame(self._file, CHUNK, bytes(self._buffer))
            self._buffer.clear()
        self._file.flush()


def run_worker(
    connection: socket.socket,
    folder: Path,
    limits: Limits,
    handlers: Mapping[str, Handler],
    prepare: Callable[[], None],
) -> None:
    """Answer jobs until the connection ends.

    Args:
        connection: The connection to the server; see `framing`.
        folder: The store that is served.
        limits: The memory of this process, and the size of an answer.
        handlers: What answers a job, by its name.
        prepare: Loads what no job should wait for.

    """
    # Before the store is opened: the engine must never run where there is a network.
    offline = limit_process(limits.memory, network="none")
    in_memory = {folder: limits.memory // 2} if limits.in_memory else None
    snapshots = SnapshotCache(offline=offline, in_memory=in_memory)
    prepare()
    with suppress(Exception):  # the first job opens it again and reports the error
        snapshots.latest(folder)
    with connection, connection.makefile("rwb", buffering=_CHUNK) as both:
        file = cast("BinaryIO", both)
        write_frame(file, READY)
        file.flush()
        while frame := read_frame(file):
            job = msgspec.json.decode(frame[1], type=Job)
            with suppress(BrokenPipeError):  # the client has left
                writer = FrameWriter(file, limits)
                if error := _error(handlers, snapshots, job, folder, writer, limits):
                    write_frame(file, ERROR, msgspec.json.encode(error))
                else:
                    write_frame(file, END)
                file.flush()


def _error(
    handlers: Mapping[str, Handler],
    snapshots: SnapshotCache,
    job: Job,
    folder: Path,
    writer: FrameWriter,
    limits: Limits,
) -> dict[str, str] | None:
    """Answer a job; return the code and fields of the problem that ended it, None if none did."""
    try:
        snapshot = snapshots.latest(Path(job.store) if job.store else folder)
        with timed(_log, f"answered {job.name}", job.path):
            handlers[job.name](snapshot, job, writer, limits)
            writer.flush()
    except Problem as problem:
        return {"code": problem.code, **{name: str(v) for name, v in problem.fields.items()}}
    except StoreError:
        _log.exception("the store cannot be read")
        return {"code": "unavailable"}
    except JixiaoError as error:
        return {"code": "refused", "reason": error.message.in_language(job.lang)}
    except Exception:
        _log.exception("a fault in %s %s", job.name, job.path)
        return {"code": "fault"}
    return None
