"""The public functions of the library: thin doors to the stages.

Paths are `str`, `pathlib.Path` or `bytes`. For a document, `bytes` may also be the content of the
file.
"""

import os
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jixiao.errors import UsageError
from jixiao.pipeline.process_limits import Limits

if TYPE_CHECKING:
    from decimal import Decimal

    import rdflib

    from jixiao.checks.engine import Engine
    from jixiao.checks.profiles import Profile
    from jixiao.documents.tables import Grid
    from jixiao.extraction.forms.proposals import Proposal
    from jixiao.model.answer import Answer
    from jixiao.model.finding import Report
    from jixiao.model.record import Record
    from jixiao.pipeline.build import Result
    from jixiao.pipeline.record_store import RecordStore
    from jixiao.publishing.sparql_store import Published
    from jixiao.queries.repositories.sparql_http import Endpoint
    from jixiao.store.store import Store

AnyPath = str | os.PathLike[str] | bytes
_LONGEST_PATH = 4096  # bytes: the limit of Linux; longer bytes are the content of a file


def read(source: AnyPath, *, reader: str = "pdfium") -> "Record":
    """Read one document.

    Args:
        source: A PDF, Word, Excel, HTML, text or picture file: its path, or its content as bytes.
        reader: The engine for PDF files, "pdfium" or "pdfplumber".

    Returns:
        The record: department, projects, amounts in yuan, indicators, budget tables, and in
        `problems` the parts that could not be read.

    Raises:
        FileError: The file cannot be read at all.

    Example:
        >>> import jixiao
        >>> record = jixiao.read("examples/juluxian-2023.pdf")
        >>> record.document.department, record.document.fiscal_year, len(record.projects)
        ('巨鹿县人民政府办公室', 2023, 23)
        >>> jixiao.read(b"<p>farm</p>").document.format
        'html'

    """
    from jixiao.extraction import read as read_document

    with _document(source) as path:
        return read_document(path, reader=reader)


def tables(source: AnyPath, *, reader: str = "pdfium") -> "list[Grid]":
    """Return the whole tables of a document, budget or not, joined over page breaks.

    Args:
        source: The path of a file, or its content as bytes.
        reader: The engine for PDF files.

    Returns:
        The tables in reading order, with their cells, spans and places.

    Raises:
        FileError: The file cannot be read.

    Example:
        >>> import jixiao
        >>> len(jixiao.tables("examples/juluxian-2023.pdf"))
        38

    """
    from jixiao.documents.tables import tables as read_tables

    with _document(source) as path:
        return read_tables(path, reader=reader)


def learn(
    source: AnyPath,
    folder: AnyPath = "learnt",
    *,
    force: bool = False,
    lang: str = "zh",
    reader: str = "pdfium",
) -> "tuple[Proposal, ...]":
    """Propose words for the headers and labels of a document that are not known.

    Args:
        source: The path of a file, or its content as bytes.
        folder: Where to write what is proposed, for a person to accept: `extract/fields.toml`, to
            be used as knowledge (`use_knowledge`), and `preview.html`, which shows the forms.
        force: Write over these two files.
        lang: "zh" or "en", for comments and the preview.
        reader: The engine for PDF files.

    Returns:
        The proposals; those with a `doubt` are commented out in the file. Without any, nothing is
        written.

    Raises:
        FileError: The file cannot be read.
        UsageError: One of the files is there, or cannot be written.

    Example:
        >>> import jixiao
        >>> jixiao.learn("examples/juluxian-2023.pdf", "learnt")  # its words are all known
        []

    """
    from jixiao.documents.open import open_file
    from jixiao.extraction.forms.proposals import propose
    from jixiao.publishing.learnt import refuse_existing, write

    if not force:
        refuse_existing(as_path(folder))
    with _document(source) as path:
        found = propose(open_file(path, reader)[2])
    if found.words:
        write(found, as_path(folder), path.name, lang, force=force)
    return found.words


def check(
    source: "Record | rdflib.Dataset | Store | AnyPath",
    *,
    engine: "Engine" = "auto",
    profile: "str | Profile" = "auto",
) -> "Report":
    """Check a document, or all documents of a store, against the rules.

    Args:
        source: A record, the graph of one document (see `graph`), an open store, or a path: of a
            store, of a file of RDF (.trig .nq .ttl .nt .rdf .jsonld), or of a document.
        engine: The SHACL engine: "pyshacl", "fast", or "auto" for the fast one if it is installed.
        profile: How strictly to review: "auto", the name of a shipped profile, or the path of one.

    Returns:
        The findings, the gravest first, the rates of the rules, and the scores.

    Raises:
        FileError: The document cannot be read.
        StoreError: The store cannot be opened.
        UsageError: The engine is not installed, or the profile cannot be read.

    Example:
        >>> import jixiao
        >>> report = jixiao.check(jixiao.read("examples/juluxian-2023.pdf"))
        >>> report.findings[0].code, report.findings[0].severity
        ('X01', 'error')

    """
    from jixiao.pipeline import reports
    from jixiao.rdf.rdf_files import RDF_SUFFIXES
    from jixiao.store.store import Store, open_store
    from jixiao.store.versions import is_store

    if isinstance(source, Store):
        return reports.join(reports.check_opened(source, engine, profile))
    if not isinstance(source, str | bytes | os.PathLike):
        return reports.check_one(source, engine, profile)
    if isinstance(source, bytes) and _existing(source) is None:
        return reports.check_one(read(source), engine, profile)
    path = as_path(source)
    if is_store(path):
        with open_store(path) as store:
            return reports.join(reports.check_opened(store, engine, profile))
    if path.suffix.lower() in RDF_SUFFIXES:
        return reports.join(reports.check_rdf(path, engine, profile))
    return reports.check_one(read(path), engine, profile)


def build(
    paths: AnyPath | Iterable[AnyPath],
    store: AnyPath,
    *,
    jobs: int = 1,
    scheduler: str = "",
    limits: Limits | None = None,
    again: bool = False,
    prune: bool = False,
    manifest: AnyPath | None = None,
    whole: bool | None = None,
    reader: str = "pdfium",
    engine: "Engine" = "auto",
    profile: str = "auto",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> "Result":
    """Bring a store up to date with files: read, map, check, store and compare.

    Args:
        paths: Files, folders and ZIP archives.
        store: The folder of the store; it is made if it is not there.
        jobs: How many worker processes to use. With more than one, a script needs the usual
            `if __name__ == "__main__":` of multiprocessing.
        scheduler: The address of a Dask scheduler whose workers are used instead.
        limits: What one document may cost. By default documents are read in this process and
            without limits if `jobs` is 1, else with 300 seconds and 2048 megabytes each.
        again: Also read files that have not changed.
        prune: Drop what was read below `paths` before and is no longer there.
        manifest: A CSV file that states what the documents are, one a row: department, code, body
            kind, region, year, kind, url, publisher, published, licence. It wins over what is read.
        whole: Return each document whole; by default up to 50 documents.
        reader: The engine for PDF files.
        engine: The SHACL engine.
        profile: The review profile.
        progress: Called with how many files are done, and how many there are.

    Returns:
        What was done: counts, the documents, the files that failed, and in `notices` what of the
        manifest was not used.

    Raises:
        FileError: The only file cannot be read, or the manifest. Of several files, the bad ones are
            listed.
        StoreError: The store cannot be opened or written.
        UsageError: The call cannot be carried out, or the manifest has faults: the message has a
            line for each. In each case the store stays as it was.

    Example:
        >>> import jixiao
        >>> result = jixiao.build("examples/juluxian-2023.pdf", "jixiao.store")
        >>> result.tally.documents, result.tally.indicators
        (1, 161)

    """
    from jixiao.pipeline.build import build as build_store

    if limits is None and (jobs > 1 or scheduler):
        limits = Limits()
    several = [paths] if isinstance(paths, str | bytes | os.PathLike) else list(paths)
    return build_store(
        [as_path(path) for path in several],
        as_path(store),
        jobs=jobs,
        scheduler=scheduler,
        limits=limits,
        again=again,
        prune=prune,
        manifest=None if manifest is None else as_path(manifest),
        whole=whole,
        reader=reader,
        engine=engine,
        profile=profile,
        progress=progress,
    )


@contextmanager
def open_store(folder: AnyPath) -> "Generator[RecordStore]":
    """Open a store: to ask, check, export and publish it, and to add records.

    Args:
        folder: The folder of the store.

    Raises:
        StoreError: There is no store, or it cannot be opened.

    Example:
        >>> import jixiao
        >>> with jixiao.open_store("jixiao.store") as store:
        ...     store.add(jixiao.read("examples/juluxian-2023.pdf"))
        ...     len(store.documents())
        1

    """
    from jixiao.pipeline.record_store import RecordStore

    store = RecordStore(as_path(folder))
    with store:
        yield store


def ask(
    source: "Store | rdflib.Dataset | Endpoint | Record | AnyPath",
    question: str,
    **parameters: "str | int | Decimal",
) -> "Answer":
    """Answer a question.

    Args:
        source: An open store, a graph, a remote endpoint, a record, or a path: of a store or of a
            file of RDF.
        question: The name of a shipped question ("projects"), the path of a file of SPARQL, or a
            text of SPARQL.
        **parameters: Values of the question's parameters; the others take their defaults.

    Returns:
        The columns and rows: money as `Decimal`, an IRI as `str`, no value as None.

    Raises:
        UsageError: An unknown question or parameter, a value of the wrong type, a syntax error, or
            a query that would write.
        StoreError: The store cannot be opened, or the endpoint does not answer.

    Example:
        >>> import jixiao
        >>> answer = jixiao.ask("jixiao.store", "projects")
        >>> len(answer.rows)
        23
        >>> jixiao.ask("jixiao.store", "SELECT (COUNT(*) AS ?n) { ?g a ?kind }").columns
        ('n',)

    """
    from jixiao.model.record import Record
    from jixiao.queries.answering import ask as answer
    from jixiao.queries.repositories.local import in_memory, load_rdf
    from jixiao.store.store import open_store as open_for_reading
    from jixiao.store.versions import is_store

    if isinstance(source, Record):
        return answer(in_memory(source), question, **parameters)
    if not isinstance(source, str | bytes | os.PathLike):
        return answer(source, question, **parameters)
    path = as_path(source)
    if path.is_file():
        return answer(load_rdf(path), question, **parameters)
    if not is_store(path) and str(source).startswith(("http://", "https://")):
        raise UsageError("endpoint-as-path", address=source)
    with open_for_reading(path) as store:
        return answer(store, question, **parameters)


def draw(question: str, answer: "Answer", *, kind: str = "svg", lang: str = "zh") -> bytes:
    """Draw the chart of an answer, offline and with Chinese type.

    Args:
        question: The name of a shipped question that has a chart, or the path of one of your own.
        answer: Its answer (see `ask`).
        kind: "svg" or "png".
        lang: "zh" or "en", for titles, axes and the names of codes.

    Returns:
        The picture as the bytes of a file.

    Raises:
        UsageError: The question has no chart, or the extra `charts` is not installed.

    Example:
        >>> import jixiao
        >>> answer = jixiao.ask("jixiao.store", "percent-targets")
        >>> jixiao.draw("percent-targets", answer)[:4]
        b'<svg'

    """
    from jixiao.queries.catalogue import question as find_question
    from jixiao.queries.charts import draw as draw_chart

    return draw_chart(find_question(question), answer, kind, lang)


def export(store: "Store | AnyPath", format: str, output: AnyPath) -> None:  # noqa: A002
    """Write a store as linked data or as tables.

    Args:
        store: An open store, or the path of one.
        format: "turtle", "trig", "nquads", "rdfxml", "jsonld", "csv" or "parquet".
        output: The file; for tables, the folder.

    Raises:
        StoreError: The store cannot be opened.
        UsageError: An unknown format, or the output cannot be written.

    Example:
        >>> import jixiao
        >>> jixiao.export("jixiao.store", "trig", "graph.trig")

    """
    from jixiao.publishing import FORMATS
    from jixiao.publishing import export as write

    if format not in FORMATS:
        raise UsageError("unknown-format", format=format, known=", ".join(FORMATS))
    with _opened(store) as opened:
        write(opened, format, as_path(output))


def publish(store: "Store | AnyPath", endpoint: "Endpoint | str", *, name: str = "") -> "Published":
    """Copy what changed in a store to a SPARQL store.

    If interrupted, it resumes. It only deletes graphs that this store, or the same `name`, has
    published.

    Args:
        store: An open store, or the path of one.
        endpoint: The SPARQL store, or its address.
        name: What the graphs are published as; by default as those of this store.

    Returns:
        How many graphs were sent, unchanged and deleted.

    Raises:
        StoreError: The store cannot be opened, or the endpoint does not answer.
        UsageError: The endpoint cannot be written so.

    """
    from jixiao.publishing.sparql_store import publish as send
    from jixiao.queries.repositories.sparql_http import Endpoint

    remote = Endpoint(endpoint) if isinstance(endpoint, str) else endpoint
    with _opened(store) as opened:
        return send(opened, remote, name=name)


def serve(
    store: AnyPath,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    base: str = "",
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve a store as a workbench in the browser and as a SPARQL endpoint, until interrupted.

    Args:
        store: The path of the store.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        base: The public address, if it is another one.
        ready: Called with the address once the server listens.

    Raises:
        StoreError: There is no store.
        UsageError: The address cannot be listened on.

    """
    from jixiao import server

    settings = server.Settings(store=as_path(store).resolve(), base=base)
    server.run(settings, host, port, ready=ready)


def as_path(path: AnyPath) -> Path:
    """Return a path of any kind as a `Path`."""
    return Path(os.fsdecode(path))


@contextmanager
def _opened(store: "Store | AnyPath") -> "Generator[Store]":
    from jixiao.store.store import Store
    from jixiao.store.store import open_store as open_for_reading

    if isinstance(store, Store):
        yield store
    else:
        with open_for_reading(as_path(store)) as opened:
            yield opened


@contextmanager
def _document(source: AnyPath) -> Generator[Path]:
    """Give the path of a document; content is written to a temporary file."""
    path = _existing(source) if isinstance(source, bytes) else as_path(source)
    if path is not None or not isinstance(source, bytes):
        yield path or as_path(source)
        return
    from jixiao.documents.file_kind import suffix_of

    with tempfile.TemporaryDirectory(prefix="jixiao-") as folder:
        path = Path(folder) / f"document{suffix_of(source)}"
        path.write_bytes(source)
        yield path


def _existing(path: bytes) -> Path | None:
    """Return the path that bytes are, or None if they are the content of a document."""
    if len(path) > _LONGEST_PATH or b"\0" in path or b"\n" in path:
        return None
    named = as_path(path)
    try:
        return named if named.exists() else None
    except OSError:  # too long a name
        return None
