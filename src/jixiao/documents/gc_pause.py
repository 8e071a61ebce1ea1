"""Pauses Python's cyclic garbage collector while one document is processed."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def paused() -> Generator[None]:
    """Disable the garbage collector within the context, if it was enabled.

    Reading a PDF creates many objects and hardly any reference cycles; looking for cycles takes
    a twelfth of the reading time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
