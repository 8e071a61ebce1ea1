"""Audits one file in a process of its own, with little memory: `python -m jixiao.server.trial`.

It prints a line of JSON for each step, and at last what came of it.
"""

import sys
from contextlib import suppress
from pathlib import Path

import msgspec
from pyoxigraph import DefaultGraph, NamedNode

from jixiao.build import build
from jixiao.errors import JixiaoError
from jixiao.store import open_store
from jixiao.vocabulary import JX, RDF


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial is at; `zh` and `en` say why it failed, `shown` is what came of it."""

    step: str
    shown: str = ""
    zh: str = ""
    en: str = ""


def main() -> None:
    """Build a store of the file that the arguments name, within so many bytes of memory."""
    file, folder, memory = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    with suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _say(Step(step="reading"))
    try:
        build([file], folder, progress=lambda done, of: _say(Step(step="comparing")))
    except JixiaoError as error:
        told = error.message
        name = str(file.parent) + "/"
        failed = Step(step="failed", zh=told.zh.replace(name, ""), en=told.en.replace(name, ""))
        _say(failed)
    except MemoryError:
        _say(Step(step="too-large"))
    else:
        _say(Step(step="done", shown=_shown(folder)))


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
