"""The uploaded files, each in a folder of its own until its visitor leaves.

All folders of a server are in one that it keeps locked. A server that starts deletes the folders
that nobody has locked: those of servers that were killed.
"""

import asyncio
import re
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from jixiao.server.problems import Problem
from jixiao.server.uploads.audit import Progress

_PREFIX, _LOCK = "jixiao-uploads-", "lock"
_EXPIRY = 3600  # seconds after which an upload that nobody looks at is deleted
_MAX_UPLOADS, _MAX_BUSY = 200, 8  # the busy ones included
_STARTING = 60  # seconds within which a server has certainly locked its folder
_MAX_NAME = 160  # bytes of a file's name; file systems take 255


@dataclass(eq=False)
class Upload:
    """The file of one visitor.

    Attributes:
        folder: The folder for it.
        name: Its name, as the visitor's browser sends it.
        used: When a page of it was last requested, of `time.monotonic()`.
        progress: How far the audit is.
        task: The task that audits it.
        count: How many files the visitor has sent; each is in a folder of its own, since a store
            that a worker has open cannot be deleted everywhere.

    """

    folder: Path
    name: str = ""
    used: float = field(default_factory=time.monotonic)
    progress: Progress = field(default_factory=lambda: Progress(step="none"))
    task: asyncio.Task[None] | None = None
    count: int = 0

    @property
    def file(self) -> Path:
        """The last file that the visitor sent."""
        return self.folder / str(self.count) / "file" / stored_name(self.name)

    @property
    def store(self) -> Path:
        """The store of that file."""
        return self.folder / str(self.count) / "store"

    @property
    def step_file(self) -> Path:
        """The path at which the audit notes its step."""
        return self.folder / str(self.count) / "step"

    @property
    def busy(self) -> bool:
        """Whether a file is being sent or audited."""
        return self.progress.step != "none" and not self.progress.ended

    def begin(self, name: str) -> None:
        """Create the folder for a new file, and delete the file before it."""
        shutil.rmtree(self.folder / str(self.count), ignore_errors=True)
        self.name, self.count = name, self.count + 1
        self.file.parent.mkdir(parents=True)


class UploadStore:
    """The uploads, by a secret key that only the visitor's browser has."""

    def __init__(self) -> None:
        self._uploads = dict[str, Upload]()
        self._folder: Path | None = None
        self._lock: FileLock | None = None

    def find(self, key: str) -> Upload | None:
        """Return an upload, None if there is none or it has expired."""
        self._delete_expired()
        upload = self._uploads.get(key)
        if upload:
            upload.used = time.monotonic()
        return upload

    def reserve(self, key: str) -> tuple[str, Upload]:
        """Return the upload that a visitor may send a file to, with its key.

        Args:
            key: The visitor's key, "" or an expired one for a new upload.

        Raises:
            Problem: "busy", if the visitor's last file, or too many files, are being audited.

        """
        upload = self.find(key)
        if (upload and upload.busy) or sum(u.busy for u in self._uploads.values()) >= _MAX_BUSY:
            raise Problem("busy")
        if upload is None:
            key, upload = self._add()
        # Busy from now on, not only once the file has come: slow senders count too.
        upload.progress = Progress(step="waiting")
        return key, upload

    def _add(self) -> tuple[str, Upload]:
        """Add an upload; if there are too many, delete the one that was unused for longest."""
        if len(self._uploads) >= _MAX_UPLOADS:
            resting = {key: upload for key, upload in self._uploads.items() if not upload.busy}
            self.delete(min(resting, key=lambda key: resting[key].used))
        key = secrets.token_urlsafe(24)
        self._uploads[key] = Upload(Path(tempfile.mkdtemp(dir=self._locked_folder())))
        return key, self._uploads[key]

    def _locked_folder(self) -> Path:
        """Return the folder of this server's uploads, created with the first one."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self._lock = _lock(self._folder)
        return self._folder

    def _delete_expired(self) -> None:
        limit = time.monotonic() - _EXPIRY
        for key, upload in list(self._uploads.items()):
            if upload.used < limit and not upload.busy:
                self.delete(key)

    def delete(self, key: str) -> None:
        """Delete an upload; if it is being audited, the audit is cancelled."""
        upload = self._uploads.pop(key, None)
        if upload is None:
            return
        if upload.task:
            upload.task.cancel()
        shutil.rmtree(upload.folder, ignore_errors=True)

    async def stop(self) -> None:
        """Delete all uploads."""
        tasks = [upload.task for upload in self._uploads.values() if upload.task]
        for key in list(self._uploads):
            self.delete(key)
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._lock:
            self._lock.release()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def stored_name(name: str) -> str:
    """Return the name under which a file is stored.

    Args:
        name: The name that a browser sends: any text.

    Returns:
        A name that every file system takes and that leads to no other folder. It keeps the end of
        `name`, of which the suffix tells how to read the file.

    """
    stored = re.sub(r"[^\w.()（）-]", "_", re.split(r"[/\\]", name)[-1])
    while len(stored.encode(errors="replace")) > _MAX_NAME:
        stored = stored[1:]
    return stored.lstrip(".") or "file"


def delete_leftovers() -> None:
    """Delete the folders of servers that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        if _is_leftover(folder) and (lock := _lock(folder)):
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()
            # Windows does not delete the lock while it is open.
            shutil.rmtree(folder, ignore_errors=True)


def _is_leftover(folder: Path) -> bool:
    """Tell whether a folder may be a leftover: a real folder, not one of a server that starts."""
    try:
        return not folder.is_symlink() and time.time() - folder.stat().st_mtime >= _STARTING
    except OSError:
        return False


def _lock(folder: Path) -> FileLock | None:
    """Lock a folder for this process; return None if another server or another user has it."""
    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except (OSError, NotImplementedError):  # no permission, or a file system without locks
        return None
    return lock
