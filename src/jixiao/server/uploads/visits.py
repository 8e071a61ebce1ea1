"""The files that visitors try: each in a folder of its own, until the visit ends.

The folders of a server are in one that it holds locked; those of servers that died are deleted.
"""

import asyncio
import re
import secrets
import shutil
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from jixiao.server.problems import Problem
from jixiao.server.uploads.trial import Step

try:
    import fcntl
except ImportError:  # Windows: there nothing tells whether a server died
    fcntl = None  # type: ignore[assignment]

_PREFIX, _LOCK = "jixiao-visits-", "lock"
_KEPT = 3600  # seconds after which a visit that is not used ends
_VISITS, _BUSY = 200, 8  # the busy ones are part of them
_FRESH = 60  # seconds in which a server certainly has locked its folder
_NAME = 160  # bytes of a file's name, of the 255 that file systems take


@dataclass(eq=False)
class Visit:
    """One visitor's file, and how far the reading of it is; `name` is what the visitor calls it."""

    folder: Path
    name: str = ""
    used: float = field(default_factory=time.monotonic)
    step: Step = field(default_factory=lambda: Step(step="none"))
    task: asyncio.Task[None] | None = None
    tries: int = 0

    @property
    def file(self) -> Path:
        """The file that was tried last."""
        return self.folder / str(self.tries) / "file" / stored_name(self.name)

    @property
    def store(self) -> Path:
        """The store of the file that was tried last."""
        return self.folder / str(self.tries) / "store"

    @property
    def busy(self) -> bool:
        """Whether a file is being sent or read."""
        return self.step.step != "none" and not self.step.ended

    def begin(self, name: str) -> None:
        """Make room for a file; the one before is deleted."""
        shutil.rmtree(self.folder / str(self.tries), ignore_errors=True)
        self.name, self.tries = name, self.tries + 1
        self.file.parent.mkdir(parents=True)


class Visits:
    """The visits, by the secret that only the visitor's browser knows."""

    def __init__(self) -> None:
        self._visits, self._held = dict[str, Visit](), ExitStack()
        self._folder: Path | None = None

    def find(self, key: str) -> Visit | None:
        """Return a visit, None where there is none or it has ended."""
        self._forget_old()
        visit = self._visits.get(key)
        if visit:
            visit.used = time.monotonic()
        return visit

    def reserve(self, key: str) -> tuple[str, Visit]:
        """Return the visit that a file may be sent to; raises `Problem` where too many are."""
        visit = self.find(key)
        if (visit and visit.busy) or sum(v.busy for v in self._visits.values()) >= _BUSY:
            raise Problem("busy")
        if visit is None:
            key, visit = self._fresh()
        visit.step = Step(step="waiting")
        return key, visit

    def _fresh(self) -> tuple[str, Visit]:
        """Return a new visit; where there are too many, the one that rested for longest ends."""
        if len(self._visits) >= _VISITS:
            at_rest = {key: visit for key, visit in self._visits.items() if not visit.busy}
            self.drop(min(at_rest, key=lambda key: at_rest[key].used))
        key = secrets.token_urlsafe(24)
        self._visits[key] = Visit(Path(tempfile.mkdtemp(dir=self._home())))
        return key, self._visits[key]

    def _home(self) -> Path:
        """Return the folder of this server's visits, made when the first one begins."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            _locked(self._folder, self._held)
        return self._folder

    def _forget_old(self) -> None:
        late = time.monotonic() - _KEPT
        for key, visit in list(self._visits.items()):
            if visit.used < late and not visit.busy:
                self.drop(key)

    def drop(self, key: str) -> None:
        """End a visit, whatever is being done with its file."""
        visit = self._visits.pop(key, None)
        if visit is None:
            return
        if visit.task:
            visit.task.cancel()
        shutil.rmtree(visit.folder, ignore_errors=True)

    async def stop(self) -> None:
        """End all visits."""
        tasks = [visit.task for visit in self._visits.values() if visit.task]
        for key in list(self._visits):
            self.drop(key)
        await asyncio.gather(*tasks, return_exceptions=True)
        self._held.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def stored_name(name: str) -> str:
    """Return a name that every file system takes, and that leads nowhere else; it keeps its end."""
    bare = re.sub(r"[^\w.()（）-]", "_", re.split(r"[/\\]", name)[-1])
    while len(bare.encode(errors="replace")) > _NAME:
        bare = bare[1:]
    return bare.lstrip(".") or "file"


def clear_leftovers() -> None:
    """Delete the folders of servers that ended without doing so."""
    if fcntl is None:
        return
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with ExitStack() as held:
            if not _begins(folder) and _locked(folder, held):
                shutil.rmtree(folder, ignore_errors=True)


def _begins(folder: Path) -> bool:
    """Tell whether a folder is not yet locked, or no folder of ours."""
    try:
        return folder.is_symlink() or time.time() - folder.stat().st_mtime < _FRESH
    except OSError:
        return True


def _locked(folder: Path, held: ExitStack) -> bool:
    """Keep a folder for this process, tell whether no other one has it."""
    with suppress(OSError):  # another server's, or another user's
        file = held.enter_context((folder / _LOCK).open("ab"))
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
