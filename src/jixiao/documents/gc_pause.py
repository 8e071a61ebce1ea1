"""Keeps Python from looking for garbage where hardly anything is: in the making of a document."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def kept() -> Generator[None]:
    """Look for no cyclic garbage meanwhile; that takes a twelfth of the time of reading a PDF."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
