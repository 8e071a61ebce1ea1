"""What a worker process does: it holds a version of the store open and answers one job at a time.

It opens the version that was published last before each job, so that new data appears.
"""

import os
import socket
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from multiprocessing import parent_process
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import msgspec

from jixiao.documents.isolation import block_network
from jixiao.errors import JixiaoError, StoreError
from jixiao.pipeline.process_limits import limit_memory
from jixiao.server.limits import Limits
from jixiao.server.problems import Problem
from jixiao.server.workers.frames import CHUNK, END, FAULT, HEAD, Out, put, take
from jixiao.store.search_index import Index, opened
from jixiao.store.store import Store, open_store
from jixiao.store.versions import published, stamp

T = TypeVar("T")
_COPYING = threading.Lock()  # one copy at a time: of versions that follow fast the last is made
_KEPT = 4  # stores that are held open: the served one, and those of visitors
_WORKED_OUT = 1000  # pages, answers, findings of documents that are kept of a version
_CHUNK = 64 * 1024


class Job(msgspec.Struct, kw_only=True):
    """A request: what is to be done, with what; `store` where it is not the one served.

    `values` are the parameters of a page, each with all its values.
    """

    name: str
    path: str = ""
    values: dict[str, list[str]] = {}
    lang: str = "zh"
    accept: str = ""
    root: str = ""
    store: str = ""
    base: str = ""

    def value(self, name: str, otherwise: str = "") -> str:
        """Return the first value of a parameter."""
        return (self.values.get(name) or [otherwise])[0]


class StoreSnapshot:
    """A version of a store that is held open, with what was worked out from it.

    `cut_off` says that the system keeps this process from the network.
    """

    def __init__(self, folder: Path, *, cut_off: bool = False) -> None:
        self.cut_off, self.closed = cut_off, False
        self.stack, self.stamp = ExitStack(), stamp(folder)
        self.store: Store = self.stack.enter_context(open_store(folder))
        self.index: Index = self.stack.enter_context(opened(self.store.path))
        self.token = published(folder).token
        self._known = OrderedDict[object, object]()

    def take_in(self, most: int) -> None:
        """Go on with a copy of the store in memory once it is made, if `most` bytes hold it."""
        try:
            with _COPYING:
                self.store = self.store if self.closed else self.store.in_memory(most)
        except JixiaoError as error:
            print(error, file=sys.stderr)
        except (OSError, RuntimeError):  # a version that went away meanwhile, or no room
            traceback.print_exc(file=sys.stderr)

    def close(self) -> None:
        """Let the version go."""
        self.closed = True
        self.stack.close()

    def once(self, key: object, make: Callable[[], T]) -> T:
        """Return what `make` makes; a version does not change, so what is used is kept."""
        if key not in self._known:
            self._known[key] = make()
        self._known.move_to_end(key)
        found = cast("T", self._known[key])
        while len(self._known) > _WORKED_OUT:
            self._known.popitem(last=False)
        return found


class SnapshotCache:
    """The stores that are held open, each in the version that was published last.

    Of those named `in_memory` copies in memory are made beside, of at most so many bytes each.
    """

    def __init__(self, *, cut_off: bool, in_memory: dict[Path, int] | None = None) -> None:
        self._cut_off, self._in_memory = cut_off, in_memory or {}
        self._held = OrderedDict[Path, StoreSnapshot]()

    def at(self, folder: Path) -> StoreSnapshot:
        """Return a store, opened anew if it was published anew."""
        known = self._held.get(folder)
        if known and known.stamp == stamp(folder):
            self._held.move_to_end(folder)
            return known
        if known:
            known.close()
        self._held[folder] = fresh = StoreSnapshot(folder, cut_off=self._cut_off)
        others = [one for one in self._held if one not in self._in_memory]
        for one in others[:-_KEPT]:
            self._held.pop(one).close()
        if most := self._in_memory.get(folder):
            threading.Thread(target=fresh.take_in, args=(most,), daemon=True).start()
        return fresh


class _Answer:
    """Writes an answer in frames, and raises `Problem` where it is too long."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._left = file, limits.size
        self._part = bytearray()

    def head(self, media_type: str, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        head = {"status": status, "headers": {"content-type": media_type, **named}}
        put(self._file, HEAD, msgspec.json.encode(head))

    def write(self, content: bytes) -> int:
        self._left -= len(content)
        if self._left < 0:
            raise Problem("too-long", limit="bytes")
        self._part += content
        if len(self._part) >= _CHUNK:
            self.flush()
        return len(content)

    def flush(self) -> None:
        if self._part:
            put(self._file, CHUNK, bytes(self._part))
            self._part.clear()
        self._file.flush()


def main(connection: socket.socket, folder: Path, limits: Limits) -> None:
    """Answer jobs until the connection ends."""
    from jixiao.server.workers.jobs import JOBS, prepare

    in_memory = {folder: limits.memory // 2} if limits.in_memory else None
    holder = SnapshotCache(cut_off=block_network(), in_memory=in_memory)
    prepare()
    _end_with_parent()
    limit_memory(limits.memory)
    with suppress(Exception):  # who asks will be told
        holder.at(folder)
    with connection, connection.makefile("rwb", buffering=_CHUNK) as both:
        file = cast("BinaryIO", both)
        while frame := take(file):
            job = msgspec.json.decode(frame[1], type=Job)
            with suppress(BrokenPipeError):
                _answer(JOBS, holder, job, folder, _Answer(file, limits), file, limits)


def _answer(
    jobs: dict[str, Callable[[StoreSnapshot, Job, Out, Limits], None]],
    holder: SnapshotCache,
    job: Job,
    folder: Path,
    out: _Answer,
    file: BinaryIO,
    limits: Limits,
) -> None:
    try:
        held = holder.at(Path(job.store) if job.store else folder)
        jobs[job.name](held, job, out, limits)
        out.flush()
        put(file, END)
    except Problem as problem:
        put(file, FAULT, msgspec.json.encode({"code": problem.code, **_plain(problem.fields)}))
    except StoreError:
        traceback.print_exc(file=sys.stderr)
        put(file, FAULT, msgspec.json.encode({"code": "unavailable"}))
    except JixiaoError as error:
        told = error.message.in_language(job.lang)
        put(file, FAULT, msgspec.json.encode({"code": "refused", "reason": told}))
    except Exception:
        traceback.print_exc(file=sys.stderr)
        put(file, FAULT, msgspec.json.encode({"code": "fault"}))
    file.flush()


def _plain(fields: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}


def _end_with_parent() -> None:
    """End when the server does, whatever a query is at."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
