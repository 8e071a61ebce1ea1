"""What one request may cost."""

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of work, rows and bytes of an answer, bytes of memory; and how many at once.

    Of those that come when all `workers` work, so many as `waiting` wait for `patience` seconds.
    `in_memory` has each worker hold the store in memory, within what it may have.
    """

    seconds: float = 30
    rows: int = 1_000_000
    size: int = 256 * 2**20
    memory: int = 4 * 2**30
    in_memory: bool = False
    workers: int = 2
    waiting: int = 32
    patience: float = 5
