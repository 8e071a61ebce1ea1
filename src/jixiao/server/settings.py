"""Settings of a server, and the limits on the work that one request may cause."""

from pathlib import Path

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one pool of workers.

    Attributes:
        seconds: Time that a worker may work on one request.
        rows: Rows of an answer.
        size: Bytes of an answer.
        memory: Bytes of memory of each worker.
        in_memory: Whether each worker copies the store into memory, if half of `memory` holds it.
        workers: Number of worker processes.
        waiting: Requests that may wait while all workers are busy; more are refused at once.
        patience: Seconds that a request waits for a worker before it is refused.

    """

    seconds: float = 30
    rows: int = 1_000_000
    size: int = 256 * 2**20
    memory: int = 4 * 2**30
    in_memory: bool = False
    workers: int = 2
    waiting: int = 32
    patience: float = 5


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a server serves, and under which limits.

    Attributes:
        store: Folder of the store.
        base: Public address of the server, "" to take the address of each request.
        publisher: Name of the publisher in the catalogue (DCAT).
        allow_import: Whether visitors may add the files they upload to the store.
        origins: Websites whose pages may read the answers, "*" for all. None means all if `base` is
            a public address, else none.
        queries: Limits of SPARQL queries and questions.
        pages: Limits of pages. They have workers of their own, so that no page waits for a query.
        dumps: Limits of downloads of the whole store; each has a process of its own.

    """

    store: Path
    base: str = ""
    publisher: str = "jixiao"
    allow_import: bool = False
    origins: tuple[str, ...] | None = None
    queries: Limits = Limits()
    pages: Limits = Limits(seconds=10, waiting=64)
    dumps: Limits = Limits(seconds=3600, size=2**42, workers=4, patience=30)
