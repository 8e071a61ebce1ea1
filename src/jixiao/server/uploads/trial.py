"""Audits one file in a process of its own, with little memory: `python -m jixiao.server.trial`.

It prints a line of JSON for each step, and at last what came of it.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
from pyoxigraph import DefaultGraph, NamedNode

from jixiao.documents.isolation import block_network
from jixiao.errors import JixiaoError
from jixiao.pipeline.build import build
from jixiao.pipeline.process_limits import limit_memory
from jixiao.rdf.namespaces import JX, RDF
from jixiao.store.store import open_store

_ENDS = ("done", "failed", "too-large", "too-slow", "died")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial is at; `zh` and `en` say why it failed, `shown` is what came of it."""

    step: str
    shown: str = ""
    zh: str = ""
    en: str = ""

    @property
    def ended(self) -> bool:
        """Whether this is the last one."""
        return self.step in _ENDS


def main() -> None:
    """Read the file that the arguments name into a store, within so many bytes of memory."""
    file, folder, memory = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    block_network(local=True)  # a stranger's file: nothing that it names is fetched
    _end_with_server()
    limit_memory(memory)
    _say(Step(step="reading"))
    try:
        result = build(
            [file],
            folder,
            limits=None,  # those of this process
            progress=lambda done, of: _say(Step(step="comparing")),
        )
        if result.failed and not (result.built or result.skipped):
            raise result.failed[0].error
    except JixiaoError as error:
        told = error.message
        name = str(file.parent) + "/"
        failed = Step(step="failed", zh=told.zh.replace(name, ""), en=told.en.replace(name, ""))
        _say(failed)
    except MemoryError:
        _say(Step(step="too-large"))
    else:
        _say(Step(step="done", shown=_shown(folder)))


def _end_with_server() -> None:
    """End with all that was started here when the input ends: the server has gone."""

    def watch() -> None:
        sys.stdin.buffer.read()
        with suppress(AttributeError, OSError):  # it leads no group, or there are none
            os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _shown(folder: Path) -> str:
    """Return what shows the audit best: the budget, where one was read, else the document."""
    with open_store(folder) as store:
        kinds = (JX.DepartmentBudget, JX.DisclosureDocument)
        found = (
            quad.subject.value
            for kind in kinds
            for quad in store.database.quads_for_pattern(None, RDF.type, kind, DefaultGraph())
            if isinstance(quad.subject, NamedNode)
        )
        return next(found, "")


def _say(step: Step) -> None:
    print(msgspec.json.encode(step).decode(), flush=True)


if __name__ == "__main__":
    main()
