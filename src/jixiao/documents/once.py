"""An attribute that is computed when it is first asked for, and then kept in its object."""

from collections.abc import Callable
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class once(Generic[S, T]):  # noqa: N801 - it is used as a decorator, as `property` is
    """As `functools.cached_property`, without a lock.

    Before Python 3.12 that one takes a lock, which for the texts of cells takes several times as
    long as what is computed. Two threads may both compute a value, which is the same.
    """

    def __init__(self, compute: Callable[[S], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type[S], name: str) -> None:
        self._name = name

    def __get__(self, instance: S, owner: type[S] | None = None) -> T:
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
