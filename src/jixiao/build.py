"""The main job: files -> records -> quads -> findings -> store, one document at a time.

A file that cannot be read costs itself only. Reading runs in worker processes where asked for;
only this process writes to the store.
"""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from multiprocessing import get_context
from pathlib import Path

from pyoxigraph import RdfFormat, parse, serialize

from jixiao.errors import FileError, UsageError
from jixiao.extract import SUFFIXES, read, reader_version
from jixiao.findings import Report, finding_quads
from jixiao.iris import document_iri
from jixiao.ontology import quads
from jixiao.record import Record
from jixiao.shapes import check_quads
from jixiao.store import Entry, Store, check_writable, create_store, open_store


@dataclass(frozen=True, slots=True)
class Built:
    """A document that was read: its record, its quads as N-Quads, and what was found."""

    path: Path
    record: Record
    nquads: bytes
    report: Report


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


def documents(paths: Sequence[Path]) -> list[Path]:
    """Return the files to read: those named, and in folders those with a known extension.

    Raises `UsageError` for a folder without any.
    """
    found = dict[Path, None]()
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if _readable(file, path)]
            if not inside:
                raise UsageError("no-documents", path=path, suffixes=" ".join(SUFFIXES))
            found |= dict.fromkeys(inside)
        else:
            found[path] = None
    return list(found)


def _readable(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
    return file.suffix.lower() in SUFFIXES and not hidden and file.is_file()


def make(path: Path, reader: str = "pdfium") -> Built:
    """Read, map and check one file; raises `FileError`."""
    record = read(path, reader=reader)
    facts = list(quads(record))
    report = check_quads(facts)
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
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Result:
    """Bring the store up to date with the files; `again` reads unchanged ones as well.

    A single bad file is raised as its `FileError`; of several, the bad ones are listed. Either
    way the store stays as it was where nothing could be read.
    """
    files = documents(paths)
    check_writable(folder)
    known = set[Path]() if again else _unchanged(files, folder)
    wanted = [file for file in files if file not in known]
    made = dict[Path, Built | Failed]()
    with ExitStack() as stack:
        store: Store | None = None
        for outcome in _outcomes(wanted, jobs, reader):
            if isinstance(outcome, Failed):
                if len(files) == 1:
                    raise outcome.error
            else:
                store = store or stack.enter_context(_ready(folder))
                _keep(store, outcome)
            made[outcome.path] = outcome
            progress(len(made), len(wanted))
    outcomes = [made[file] for file in wanted]
    return Result(
        built=tuple(o for o in outcomes if isinstance(o, Built)),
        skipped=tuple(file for file in files if file in known),
        failed=tuple(o for o in outcomes if isinstance(o, Failed)),
    )


@contextmanager
def _ready(folder: Path) -> Generator[Store]:
    with create_store(folder) as store:
        store.refresh_codes()
        yield store


def _keep(store: Store, built: Built) -> None:
    digest = built.record.document.sha256
    entry = Entry(_source(built.path), document_iri(digest), built.record.document.reader.version)
    store.replace(entry, parse(built.nquads, RdfFormat.N_QUADS))


def _source(path: Path) -> str:
    return str(path.resolve())


def _unchanged(files: Sequence[Path], folder: Path) -> set[Path]:
    """Return the files that this version has read before and that have not changed since."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    version, same = reader_version(), set[Path]()
    with open_store(folder) as store:
        for file in files:
            entry = store.entry(_source(file))
            if entry and entry.version == version and _is(file, entry):
                same.add(file)
    return same


def _is(file: Path, entry: Entry) -> bool:
    try:
        with file.open("rb") as content:
            return document_iri(file_digest(content, "sha256").hexdigest()) == entry.document
    except OSError:
        return False


def _outcomes(files: Sequence[Path], jobs: int, reader: str) -> Generator[Built | Failed]:
    if jobs <= 1 or len(files) <= 1:
        for file in files:
            yield _try(file, reader)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        tasks = {pool.submit(_try, file, reader): file for file in files}
        for task in as_completed(tasks):
            try:
                yield task.result()
            except BrokenProcessPool:
                yield Failed(tasks[task], FileError("worker-died", path=tasks[task]))


def _try(file: Path, reader: str) -> Built | Failed:
    try:
        return make(file, reader)
    except FileError as error:
        return Failed(file, error)
