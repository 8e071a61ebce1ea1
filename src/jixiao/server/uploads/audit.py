"""Builds a store from one uploaded file, in a process with limits.

The process belongs to a pool of `jixiao.pipeline.process_limits`. It serves one file, has no
network, and is killed with all that it started if the time is up, the visitor leaves, or the server
ends.
"""

import asyncio
import os
import sys
import traceback
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from pyoxigraph import DefaultGraph, NamedNode

from jixiao.errors import JixiaoError
from jixiao.pipeline.build import build
from jixiao.pipeline.process_limits import Limits, failure, process_pool, submit
from jixiao.rdf.namespaces import JX, RDF
from jixiao.store.store import open_store

LIMITS = Limits(seconds=120, megabytes=3072)
_PROCESSES = 2
_POLL = 0.1  # seconds between two looks at the progress
_LAST_STEPS = ("done", "failed", "too-large", "too-slow", "died")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of an audit.

    Attributes:
        step: "none", "waiting", "reading", "comparing", or one of the last steps: "done", "failed",
            "too-large", "too-slow", "died".
        iri: After "done" the budget that was read, or else the document.
        zh: After "failed" the reason, in Chinese.
        en: After "failed" the reason, in English.

    """

    step: str
    iri: str = ""
    zh: str = ""
    en: str = ""

    @property
    def ended(self) -> bool:
        """Whether this is the last step."""
        return self.step in _LAST_STEPS


class AuditPool:
    """Audits a limited number of files at the same time; the others wait."""

    def start(self) -> None:
        """Do nothing yet: the processes start with the first upload."""

    def stop(self) -> None:
        """Kill the processes."""
        if "_pool" in vars(self):
            self._pool.stop()
            self._pool.join()

    @cached_property
    def _pool(self) -> Any:
        # Programs that convert old files talk over sockets of the file system: "local".
        return process_pool(_PROCESSES, LIMITS, network="local", single_use=True)

    async def audit(
        self, file: Path, store: Path, step_file: Path, report: Callable[[Progress], None]
    ) -> None:
        """Read a file into a store.

        Args:
            file: The file.
            store: The folder of the store, which is created if there is none.
            step_file: A path at which the process notes its step; nothing is there yet.
            report: Receives each step. The last one is reported in every case, unless the caller
                cancels the audit, which kills its process.

        """
        step_file.unlink(missing_ok=True)
        call = submit(self._pool, audit_file, [file, store, step_file], LIMITS)
        ended = asyncio.wrap_future(call)
        try:
            while not ended.done():
                await asyncio.wait({ended}, timeout=_POLL)
                if call.running():
                    report(Progress(step="comparing" if step_file.exists() else "reading"))
            report(ended.result())
        except Exception as error:
            reason = failure(error)
            if reason is None:
                traceback.print_exc(file=sys.stderr)
            report(Progress(step=reason or "died"))
        finally:
            ended.cancel()


def audit_file(file: Path, folder: Path, step_file: Path) -> Progress:
    """Read a file into a store and return how it ended; runs in a process of the pool."""
    _silence()
    try:
        # Without limits of its own: this process has them already.
        result = build([file], folder, limits=None, progress=lambda done, total: step_file.touch())
        if result.failed and not (result.built or result.skipped):
            raise result.failed[0].error
    except JixiaoError as error:
        if error.code == "too-large":  # its sentence names an option of the command line
            return Progress(step="too-large")
        path = f"{file.parent}/"  # of this machine: it is no business of the visitor
        zh, en = (text.replace(path, "") for text in (error.message.zh, error.message.en))
        return Progress(step="failed", zh=zh, en=en)
    return Progress(step="done", iri=_best_page(folder))


def _silence() -> None:
    """Drop what native code prints: a visitor's file must not fill the server's log."""
    with open(os.devnull, "wb") as null:  # noqa: PTH123 - a device, not a path
        for stream in (1, 2):
            os.dup2(null.fileno(), stream)


def _best_page(folder: Path) -> str:
    """Return the IRI of the page that shows the audit best: the budget, or else the document."""
    with open_store(folder) as store:
        for kind in (JX.DepartmentBudget, JX.DisclosureDocument):
            for quad in store.database.quads_for_pattern(None, RDF.type, kind, DefaultGraph()):
                if isinstance(quad.subject, NamedNode):
                    return quad.subject.value
    return ""
