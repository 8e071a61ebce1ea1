"""The knowledge in use: the four shipped folders, and the folder of the user's that lies over them.

`extract/`, `ontology/`, `shapes/` and `queries/` are in the wheel, or at the root of a checkout. A
folder that `--knowledge` or `JIXIAO_KNOWLEDGE` names may hold any of the four again: a file that is
new there is added, one of the same name replaces the shipped one, and a TOML file of the same name
is merged with it (see `toml_files`).

What is computed from these files is remembered with `cache` and `lru_cache` of this module, which
forget everything when other knowledge is taken into use.
"""

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from jixiao.errors import UsageError

FOLDERS = ("extract", "ontology", "shapes", "queries")
KNOWLEDGE = "JIXIAO_KNOWLEDGE"  # the environment variable; processes that are started inherit it
SUFFIXES = (".toml", ".ttl", ".rq", ".jsonld")

_INSTALLED = files("jixiao") / "_data"  # the wheel has them here: see pyproject.toml
_CHECKOUT = Path(__file__).parents[3]  # src/jixiao/config/__init__.py, in a checkout

P = ParamSpec("P")
T = TypeVar("T")
_forgetters = list[Callable[[], None]]()


def cache(function: Callable[P, T]) -> Callable[P, T]:
    """Remember what a function returns until other knowledge is taken into use."""
    remembering = functools.cache(function)
    _forgetters.append(remembering.cache_clear)
    return cast("Callable[P, T]", remembering)


def lru_cache(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember the last `maxsize` results until other knowledge is taken into use."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        remembering = functools.lru_cache(maxsize)(function)
        _forgetters.append(remembering.cache_clear)
        return cast("Callable[P, T]", remembering)

    return decorate


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder of the knowledge, in each layer that has it; the shipped layer is first.

    `path` is the path within the knowledge, as in "shapes/profiles/default.toml".
    """

    path: str
    layers: tuple[Traversable, ...]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def __truediv__(self, name: str) -> "Entry":
        below = tuple(layer / name for layer in self.layers)
        there = tuple(layer for layer in below if layer.is_file() or layer.is_dir())
        return Entry(f"{self.path}/{name}", there)

    def __str__(self) -> str:
        return str(self.layers[-1]) if self.layers else self.path

    def iterdir(self) -> Iterator["Entry"]:
        """Yield the entries of a folder, of all layers, by name."""
        names = {entry.name for layer in self.layers if layer.is_dir() for entry in layer.iterdir()}
        return (self / name for name in sorted(names) if not name.startswith((".", "_")))

    def files(self, suffix: str) -> list["Entry"]:
        """Return the files of a folder whose names end in `suffix`, by name."""
        return [entry for entry in self.iterdir() if entry.name.endswith(suffix)]

    def is_dir(self) -> bool:
        """Tell whether any layer has it as a folder."""
        return any(layer.is_dir() for layer in self.layers)

    def read_bytes(self) -> bytes:
        """Return the content of a file: the user's where there is one."""
        if not self.layers:
            raise FileNotFoundError(self.path)
        return self.layers[-1].read_bytes()

    def read_text(self, encoding: str = "utf-8") -> str:
        """Return the content of a file as text."""
        return self.read_bytes().decode(encoding)


def shipped() -> Traversable:
    """Return the folder that has the four shipped folders."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def folder(name: str) -> Entry:
    """Return one of the four folders with the user's laid over it.

    Args:
        name: "extract", "ontology", "shapes" or "queries".

    Raises:
        FileNotFoundError: the installation lacks the folder.
        UsageError: the folder that JIXIAO_KNOWLEDGE names is not there.

    """
    base = shipped() / name
    if not base.is_dir():
        raise FileNotFoundError(f"no folder {name!r} under {shipped()}")
    over = overlay()
    layers = (base, over / name) if over and (over / name).is_dir() else (base,)
    return Entry(name, layers)


def overlay() -> Path | None:
    """Return the user's folder of knowledge, or None.

    Raises:
        UsageError: JIXIAO_KNOWLEDGE names a folder that is not there or has none of the four.

    """
    named = os.environ.get(KNOWLEDGE)
    return _checked(named) if named else None


@functools.cache
def _checked(named: str) -> Path:
    path = Path(named).resolve()
    if not any((path / name).is_dir() for name in FOLDERS):
        raise UsageError("knowledge-missing", path=named)
    return path


def use_knowledge(path: Path | str | None) -> None:
    """Lay a folder of knowledge over the shipped one, in this process and those it will start.

    The setting is of the process, as the environment variable is: change it between calls, not
    while another thread reads or checks.

    Args:
        path: a folder with any of `extract/`, `ontology/`, `shapes/`, `queries/`; None for the
            shipped knowledge alone.

    Raises:
        UsageError: the folder is not there, or has none of the four.

    """
    wanted = _checked(str(path)) if path is not None else None
    if wanted is None:
        os.environ.pop(KNOWLEDGE, None)
    else:
        os.environ[KNOWLEDGE] = str(wanted)
    forget()


def forget() -> None:
    """Forget what was read from the knowledge: the next call reads it again."""
    for clear in _forgetters:
        clear()


def roots(*names: str) -> list[Traversable]:
    """Return the folders of these names in every layer: what a fingerprint is made of."""
    return [layer for name in names for layer in folder(name).layers]


def knowledge_digest() -> str:
    """Return a digest of the user's knowledge, blank where there is none.

    Workers on other machines compare it: with other knowledge they would read otherwise.
    """
    over = overlay()
    if over is None:
        return ""
    digest = sha256()
    for file in overlay_files(over):
        digest.update(str(file.relative_to(over)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:10]


def overlay_files(over: Path) -> list[Path]:
    """Return the files of a user's folder that are read, in order."""
    return sorted(
        file
        for name in FOLDERS
        for file in (over / name).rglob("*")
        if file.suffix in SUFFIXES and file.is_file()
    )
