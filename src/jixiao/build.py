"""The main job: files -> records -> quads -> findings -> store, one document at a time.

A file that cannot be read costs itself only. Reading runs in worker processes where asked for;
only this process writes to the store.
"""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import file_digest
from multiprocessing import get_context
from pathlib import Path

from pyoxigraph import RdfFormat, parse, serialize

from jixiao.archives import Unpacked, unpack
from jixiao.comparison import compare
from jixiao.engines import Engine
from jixiao.errors import FileError, UsageError
from jixiao.extract import ARCHIVE, SUFFIXES, read, reader_version
from jixiao.findings import Report, finding_quads
from jixiao.iris import document_iri
from jixiao.ontology import quads
from jixiao.profile import AUTO
from jixiao.record import Record
from jixiao.search import index
from jixiao.shapes import check_quads
from jixiao.store import Entry, Store, check_writable, create_store, open_store
from jixiao.versions import unfinished


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, and what it is called in its archive, if it is in one.

    `held` keeps the folder to which the archive was unpacked.
    """

    path: Path
    archive: Path | None = None
    inside: str = ""
    held: Unpacked | None = None

    @property
    def name(self) -> str:
        """What the user knows the file as."""
        return f"{self.archive}/{self.inside}" if self.archive else str(self.path)

    @property
    def key(self) -> str:
        """What the store knows the file as."""
        if self.archive:
            return f"{self.archive.resolve()}!/{self.inside}"
        return str(self.path.resolve())


@dataclass(frozen=True, slots=True)
class Built:
    """A document that was read: its record, its quads as N-Quads, and what was found."""

    path: Path
    record: Record
    nquads: bytes
    report: Report
    held: Unpacked | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be read, and why."""

    path: Path
    error: FileError


@dataclass(frozen=True, slots=True)
class Result:
    """What a build did, in the order of the files."""

    built: tuple[Built, ...]
    skipped: tuple[Path, ...]
    failed: tuple[Failed, ...]


def documents(paths: Sequence[Path]) -> tuple[list[Source], list[Failed]]:
    """Return the files to read, and the archives that could not be unpacked.

    Those are the files named, in folders those with a known extension, and what archives hold.
    Raises `UsageError` for a folder without any.
    """
    found, failed = dict[Path, None](), list[Failed]()
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if _readable(file, path)]
            if not inside:
                raise UsageError("no-documents", path=path, suffixes=" ".join(SUFFIXES))
            found |= dict.fromkeys(inside)
        else:
            found[path] = None
    sources = list[Source]()
    for path in found:
        if path.suffix.lower() != ARCHIVE:
            sources.append(Source(path))
            continue
        try:
            sources += _unpacked(path)
        except FileError as error:
            failed.append(Failed(path, error))
    return sources, failed


def _readable(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
    return file.suffix.lower() in (*SUFFIXES, ARCHIVE) and not hidden and file.is_file()


def _unpacked(path: Path) -> list[Source]:
    held = Unpacked()
    inside = unpack(path, held.folder, frozenset(SUFFIXES))
    sources = [Source(file, path, name, held) for file, name in inside]
    if not sources:
        raise FileError("empty-zip", path=path, suffixes=" ".join(SUFFIXES))
    return sources


def make(path: Path, reader: str = "pdfium", engine: Engine = "auto", profile: str = AUTO) -> Built:
    """Read, map and check one file; raises `FileError`."""
    record = read(path, reader=reader)
    facts = list(quads(record))
    report = check_quads(facts, engine, profile)
    findings = finding_quads(report, document_iri(record.document.sha256))
    nquads = serialize([*facts, *findings], format=RdfFormat.N_QUADS)
    return Built(path, record, nquads or b"", report)


def build(
    paths: Sequence[Path],
    folder: Path,
    *,
    jobs: int = 1,
    again: bool = False,
    reader: str = "pdfium",
    engine: Engine = "auto",
    profile: str = AUTO,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Bring the store up to date with the files; `again` reads unchanged ones as well.

    A single bad file is raised as its `FileError`; of several, the bad ones are listed. Either
    way the store stays as it was where nothing could be read.
    """
    sources, failed = documents(paths)
    if failed and not sources and len(failed) == 1:
        raise failed[0].error
    check_writable(folder)
    known = set[Source]() if again else _unchanged(sources, folder)
    wanted = [source for source in sources if source not in known]
    made = dict[Source, Built | Failed]()
    with ExitStack() as stack:
        store: Store | None = None
        for source, outcome in _outcomes(wanted, jobs, (reader, engine, profile)):
            if isinstance(outcome, Failed):
                if len(sources) == 1 and not failed:
                    raise outcome.error
            else:
                store = store or stack.enter_context(_ready(folder))
                _keep(store, source, outcome)
            made[source] = outcome
            progress(len(made), len(wanted))
        if store or (known and not _finished(folder)):
            store = store or stack.enter_context(_ready(folder))
            compare(store)
            index(store)
    outcomes = [made[source] for source in wanted]
    return Result(
        built=tuple(o for o in outcomes if isinstance(o, Built)),
        skipped=tuple(source.path for source in sources if source in known),
        failed=(*failed, *(o for o in outcomes if isinstance(o, Failed))),
    )


@contextmanager
def _ready(folder: Path) -> Generator[Store]:
    with create_store(folder) as store:
        store.refresh_codes()
        yield store


def _keep(store: Store, source: Source, built: Built) -> None:
    digest = built.record.document.sha256
    entry = Entry(source.key, document_iri(digest), built.record.document.reader.version)
    store.replace(entry, parse(built.nquads, RdfFormat.N_QUADS))


def _unchanged(sources: Sequence[Source], folder: Path) -> set[Source]:
    """Return the files that this version has read before and that have not changed since."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    version, same = reader_version(), set[Source]()
    with open_store(folder, latest=True) as store:
        for source in sources:
            entry = store.entry(source.key)
            if entry and entry.version == version and _is(source.path, entry):
                same.add(source)
    return same


def _finished(folder: Path) -> bool:
    """Tell whether the last build came to its end."""
    if unfinished(folder):
        return False
    with open_store(folder) as store:
        return store.compared()


def _is(file: Path, entry: Entry) -> bool:
    try:
        with file.open("rb") as content:
            return document_iri(file_digest(content, "sha256").hexdigest()) == entry.document
    except OSError:
        return False


def _outcomes(
    sources: Sequence[Source], jobs: int, ways: tuple[str, Engine, str]
) -> Generator[tuple[Source, Built | Failed]]:
    if jobs <= 1 or len(sources) <= 1:
        for source in sources:
            yield source, _held(_try(source.path, source.name, *ways), source)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        tasks = {pool.submit(_try, s.path, s.name, *ways): s for s in sources}
        for task in as_completed(tasks):
            source = tasks[task]
            try:
                yield source, _held(task.result(), source)
            except BrokenProcessPool:
                yield source, Failed(source.path, FileError("worker-died", path=source.name))


def _held(outcome: Built | Failed, source: Source) -> Built | Failed:
    """Return the outcome with the folder kept that its file was unpacked to."""
    return replace(outcome, held=source.held) if isinstance(outcome, Built) else outcome


def _try(file: Path, name: str, reader: str, engine: Engine, profile: str) -> Built | Failed:
    try:
        return make(file, reader, engine, profile)
    except FileError as error:
        return Failed(file, FileError(error.code, **{**error.fields, "path": name}))
