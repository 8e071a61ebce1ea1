"""Kills builds at the moments at which they change what is on disk, and has them made up for.

python -m tests.killing FOLDER [TIMES [PART OF]]

A line for each: what it built onto, what was about to be done, what was wrong. `TIMES` takes each
kind once, or also where it comes first (2), and tells of all in a line of its own. `PART OF` kills
at a part of them: `0 3`, `1 3` and `2 3` are all of them. The next build is one of fewer papers:
what was left must not stay.

A moment is before a file is opened for writing, made, renamed, cut or removed, before a change of
the index is committed, and before and in the midst of each change of the graph.
"""

import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat
from pyoxigraph import Store as Engine
from tests.answers import ROOT

from jixiao.extraction import read
from jixiao.model.record import Record
from jixiao.pipeline import build as building
from jixiao.pipeline import loader
from jixiao.pipeline.process_document import ProcessedDocument, Tally
from jixiao.pipeline.sources import Source
from jixiao.pipeline.workers import Executor, Task
from jixiao.rdf.code_lists import CODES, codes
from jixiao.rdf.iris import document_iri, graphs
from jixiao.rdf.mapping import quads
from jixiao.rdf.namespaces import JX
from jixiao.rdf.questions import question_quads
from jixiao.store import store as storing
from jixiao.store.search_index import index_entries
from jixiao.store.store import INDEX, Store, open_store, serialize_quads
from jixiao.store.versions import is_store

CORPUS = ROOT / "tests" / "data" / "corpus"
BEFORE = {
    "culture.xlsx": "culture-2023.xlsx",
    "farming.docx": "farming-2023.docx",
    "sewers.docx": "water-2024.docx",
    "water.docx": "farming-2024.docx",
}
# One has another name, one another content, one is gone, and two are new. A department goes on
# no more, and another under another name.
AFTER = {
    "arts.xlsx": "culture-2023.xlsx",
    "farming.docx": "farming-2023.docx",
    "roads.docx": "roads-2019.docx",
    "tourism.docx": "culture-tourism-2024.docx",
    "water.docx": "tourism-2023.docx",
}
WITHOUT = "tourism.docx"  # the next build after one that was killed
_TO_WRITE = os.O_WRONLY | os.O_RDWR
_ON_DISK = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}
_OF_GRAPH = {"add", "bulk_load", "extend", "flush", "optimize", "remove", "update"}
_IN_THE_MIDST = 0.002  # seconds: to load one of these papers takes several times that
_LISTS = {
    "cluster": "text, centre, first, least",
    "document": "iri, version",
    "entry": "document, kind, iri, name, text, basis, context, part_of",
    "link": "region, earlier, later, confidence, names, contents, evidence",
    "worded": "document, kind, iri, part_of, name, text",
}
Tell = Callable[[str], object]


class Moments:
    """Tells of the moments of a process as they come, and ends it at one of them."""

    def __init__(self, last: int, below: Path, tell: Tell) -> None:
        self._left, self._below, self._tell = last, f"{below}/", tell

    def watch(self) -> None:
        """Look at what the interpreter, the index and the engine do from now on."""
        sys.addaudithook(self._audited)
        replaced: Any = storing, sqlite3
        replaced[0].Database = self._engine()
        replaced[1].connect = partial(sqlite3.connect, factory=self._index())

    def _come(self, what: str) -> bool:
        self._tell(f"{what}\n")
        self._left -= 1
        return self._left == 0

    def _audited(self, event: str, given: tuple[Any, ...]) -> None:
        changes = event in _ON_DISK or (event == "open" and (given[2] or 0) & _TO_WRITE)
        if changes and not isinstance(given[0], int):
            path = os.fsdecode(given[0])
            inside = path.removeprefix(self._below)
            if path != inside and self._come(f"{event} {_plain(inside)}"):
                os.kill(os.getpid(), signal.SIGKILL)

    def _changing(self, change: Any, *given: Any, **named: Any) -> Any:
        what = f"{change.__name__} of the graph {Path(named.get('path', '')).stem}".rstrip()
        if self._come(what):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._come(f"{what}, in the midst"):
            signal.setitimer(signal.ITIMER_REAL, _IN_THE_MIDST)  # it ends the process
        return change(*given, **named)

    def _index(self) -> type[sqlite3.Connection]:
        moments = self

        class Watched(sqlite3.Connection):
            def __exit__(self, *raised: Any) -> Literal[False]:
                if moments._come("commit of the index"):
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().__exit__(*raised)

        return Watched

    def _engine(self) -> type:
        moments = self

        class Watched:
            read_only = Engine.read_only

            def __init__(self, *given: Any) -> None:
                self._own = Engine(*given)

            def __getattr__(self, name: str) -> Any:
                own = getattr(self._own, name)
                return partial(moments._changing, own) if name in _OF_GRAPH else own

        return Watched


def _plain(path: str) -> str:
    """Return a path without what is other each time, or for each document."""
    if path.startswith("records/"):
        return "/".join(("records", "folder", "record")[: len(Path(path).parts)])
    parts = (part.lstrip(".").partition(".")[0] for part in Path(path).parts)
    return "/".join("version" if part.isdecimal() else part for part in parts)


class Course:
    """A folder to build in, what builds begin with, and what they come to in the end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        # What is about code lists is the same for few words, of which the store is most otherwise.
        # Each process that is begun here has them parsed.
        few = tuple(quad for quad in codes() if quad.graph_name == CODES)[:60]
        asked = tuple(question_quads())[:60]
        replaced: Any = storing
        replaced.codes, replaced.question_quads = lambda: few, lambda: asked
        self._papers, self._store = folder / "papers", folder / "store"
        self._made = dict[tuple[str, str], ProcessedDocument]()
        self._kept = {"nothing": folder / "nothing", "before": folder / "before"}
        self._lay(BEFORE)
        _alone(partial(self._build, self._kept["before"]))
        self._lay(AFTER)
        (self._papers / WITHOUT).rename(folder / WITHOUT)
        _alone(partial(self._build, folder / "wanted"))
        self._wanted = _alone(lambda tell: tell(_content(folder / "wanted")))

    def _lay(self, papers: dict[str, str]) -> None:
        """Lay papers in the folder, and make them, as both builds find them."""
        shutil.rmtree(self._papers, ignore_errors=True)
        self._papers.mkdir()
        for name, paper in papers.items():
            path = Path(shutil.copy(CORPUS / paper, self._papers / name))
            made = _bare(read(path))
            self._made[name, made.sha256] = made

    def _build(self, store: Path, _: object = None) -> None:
        """Build in many small steps, of what was made before."""

        def executor(*_: object) -> AbstractContextManager[Executor]:
            return nullcontext(prepared)

        def prepared(tasks: Iterable[Task]) -> Iterator[tuple[Source, ProcessedDocument]]:
            for source in (task.source for task in tasks):
                digest = sha256(source.path.read_bytes()).hexdigest()
                yield source, self._made[source.path.name, digest]

        steps: Any = building, storing, loader
        steps[0]._executor, steps[0]._MERGE_FROM = executor, 1
        steps[2]._BATCH = 1_600
        steps[1]._COMPARED_AT_ONCE, steps[1]._REMOVED_AT_ONCE = 100, 20
        building.build([self._papers], store, prune=True)

    def moments(self, start: str, last: int = 0) -> list[str]:
        """Build onto a start until a moment, by default to the end; return those that came."""
        shutil.rmtree(self._store, ignore_errors=True)
        shutil.copy(self._papers.with_name(WITHOUT), self._papers)
        if self._kept[start].is_dir():
            shutil.copytree(self._kept[start], self._store)

        def watched(tell: Tell) -> None:
            Moments(last, self._store, tell).watch()
            self._build(self._store)

        return _alone(watched, survives=not last).splitlines()

    def wrong(self, start: str) -> str:
        """Return what is wrong with a store that was left, or with it after the next build."""

        def looked_at(tell: Tell) -> None:
            if (found := _names(self._store)) not in (_names(self._kept[start]), set(AFTER)):
                tell(f"published {found}")
            (self._papers / WITHOUT).unlink()
            self._build(self._store)
            if _content(self._store) != self._wanted:
                tell("other content")

        return _alone(looked_at)


def _alone(work: Callable[[Tell], object], *, survives: bool = True) -> str:
    """Work in a process of its own: one that has had an engine open cannot be forked.

    Returns what it told; only one that `survives` must come to its end.
    """
    out, into = os.pipe()
    if not (process := os.fork()):
        ended = 1
        try:
            work(lambda text: os.write(into, text.encode()))
            ended = 0
        finally:
            if ended:
                traceback.print_exc()
            os._exit(ended)
    os.close(into)
    with os.fdopen(out, "rb") as told:
        text = told.read().decode()
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert ended <= 0, "it failed"
    assert ended == 0 or not survives
    return text


def _bare(record: Record) -> ProcessedDocument:
    """Make a paper of its facts and its name alone: a seventh of what there is to state."""
    digest = record.document.sha256
    own = graphs(document_iri(digest))[0]
    stated = [q for q in quads(record) if q.graph_name == own or q.predicate == JX.fileName]
    told = index_entries((quad for quad in stated if quad.graph_name == own), ())
    return ProcessedDocument(
        sha256=digest,
        stage="read",
        lines=serialize_quads(stated),
        count=len(stated),
        record=b"record",
        entries=told,
        failed_rules=Counter(),
        tally=Tally(documents=1),
    )


def _names(store: Path) -> set[str]:
    """Return the names of the papers that are published."""
    if not is_store(store):
        return set()
    with open_store(store) as opened:
        return {opened.file_name(document) for document in opened.documents()}


def _content(store: Path) -> str:
    """Return a digest of what a store states and lists; its union must be of what it states."""
    with open_store(store) as opened:
        stated = {graph: _triples(opened, graph) for graph in opened.graphs()}
        assert _triples(opened, DefaultGraph()) == sorted({*chain(*stated.values())})
        assert not [*store.glob("versions/*/arriving*"), *store.glob("versions/*/loading*")]
        with closing(sqlite3.connect(opened.path / INDEX)) as index:
            lists = [sorted(index.execute(f"SELECT {w} FROM {t}")) for t, w in _LISTS.items()]
    return sha256(repr((stated, lists)).encode()).hexdigest()


def _triples(store: Store, graph: NamedNode | DefaultGraph) -> list[bytes]:
    lines = store.database.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
    return sorted(lines.splitlines())


def _some(moments: list[str], known: set[str], times: int) -> list[int]:
    """Return where each kind that is not known comes last.

    Twice is of graph and index also where it comes first.
    """
    found = set[int]()
    for kind in {*moments} - known:
        found.add(len(moments) - moments[::-1].index(kind))
        if times > 1 and " of the " in kind:
            found.add(moments.index(kind) + 1)
    known.update(moments)
    return sorted(found)


def main(folder: Path, times: int = 0, part: int = 0, of: int = 1) -> None:
    """Print each moment at which a build was killed, and what was wrong after it."""
    course, known = Course(folder), set[str]()
    for start in ("before", "nothing"):
        moments = course.moments(start)
        at = [*range(1, len(moments) + 1)]
        if times:
            at = _some(moments, known, times)
            print(start, *(moments[last - 1] for last in at), sep=" | ", flush=True)
        for last in at[part::of]:
            came = course.moments(start, last)
            print(start, came[last - 1], course.wrong(start), sep="\t", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
