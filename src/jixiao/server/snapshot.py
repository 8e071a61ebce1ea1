"""Open versions of stores, with results that are computed once for each version."""

import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar, cast

from jixiao.errors import JixiaoError
from jixiao.store.search_index import Index, opened
from jixiao.store.store import Store, open_store
from jixiao.store.versions import published, stamp

T = TypeVar("T")
# One copy at a time: if versions follow each other fast, only the last one is copied.
_COPYING = threading.Lock()
_MAX_OPEN = 4  # stores: the served one, and those of visitors
_MAX_CACHED = 1000  # pages, answers and findings of documents, for each version


class StoreSnapshot:
    """One published version of a store, open for reading.

    Args:
        folder: Folder of the store.
        offline: Whether the operating system refuses this process the network.

    Raises:
        StoreError: There is no store, or it cannot be opened.

    """

    def __init__(self, folder: Path, *, offline: bool = False) -> None:
        self.offline, self.closed = offline, False
        self._open, self.stamp = ExitStack(), stamp(folder)
        self.store: Store = self._open.enter_context(open_store(folder))
        self.index: Index = self._open.enter_context(opened(self.store.path))
        self.token = published(folder).token
        self._cache = OrderedDict[object, object]()

    def load_into_memory(self, max_bytes: int) -> None:
        """Copy the store into memory and use the copy, if it takes at most `max_bytes`."""
        try:
            with _COPYING:
                self.store = self.store if self.closed else self.store.in_memory(max_bytes)
        except JixiaoError as error:
            print(error, file=sys.stderr)
        except (OSError, RuntimeError):  # the version was deleted meanwhile, or memory is short
            traceback.print_exc(file=sys.stderr)

    def close(self) -> None:
        """Close the version, so that it can be deleted."""
        self.closed = True
        self._open.close()

    def cached(self, key: object, compute: Callable[[], T]) -> T:
        """Return the result of `compute`, which is called once for each key.

        A version never changes, so that no result goes stale. Results that have not been used for
        longest are dropped, so that a crawler cannot fill the memory.
        """
        if key not in self._cache:
            self._cache[key] = compute()
        self._cache.move_to_end(key)
        result = cast("T", self._cache[key])
        while len(self._cache) > _MAX_CACHED:
            self._cache.popitem(last=False)
        return result


class SnapshotCache:
    """The stores that a worker has open, each in the version that was published last.

    Args:
        offline: Whether the operating system refuses this process the network.
        in_memory: Stores to copy into memory, each with the bytes that the copy may take.

    """

    def __init__(self, *, offline: bool, in_memory: dict[Path, int] | None = None) -> None:
        self._offline, self._in_memory = offline, in_memory or {}
        self._snapshots = OrderedDict[Path, StoreSnapshot]()

    def latest(self, folder: Path) -> StoreSnapshot:
        """Return the version of a store that was published last; a newer one replaces it."""
        current = self._snapshots.get(folder)
        if current and current.stamp == stamp(folder):
            self._snapshots.move_to_end(folder)
            return current
        if current:
            current.close()
        self._snapshots[folder] = fresh = StoreSnapshot(folder, offline=self._offline)
        # Copying a store takes a minute: the stores of visitors must not displace such a copy.
        others = [path for path in self._snapshots if path not in self._in_memory]
        for path in others[:-_MAX_OPEN]:
            self._snapshots.pop(path).close()
        if max_bytes := self._in_memory.get(folder):
            # In the background: until the copy is ready, jobs are answered from disk.
            threading.Thread(target=fresh.load_into_memory, args=(max_bytes,), daemon=True).start()
        return fresh
