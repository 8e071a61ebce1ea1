"""A job: the work on one request, as it is sent to a worker process."""

from typing import IO, Protocol, cast

import msgspec


class Job(msgspec.Struct, kw_only=True):
    """A request to a worker.

    Attributes:
        name: Name of the handler, a key of `jixiao.server.workers.jobs.HANDLERS`.
        path: The rest of the address: a thing, a rule, a question.
        values: The parameters, each with all its values.
        lang: Language of the page, "zh" or "en".
        accept: The Accept header.
        root: Prefix of the links of a page: "/try" for a visitor's own store.
        store: Folder of a visitor's own store, "" for the store that is served.
        base: Address of the server.

    """

    name: str
    path: str = ""
    values: dict[str, list[str]] = {}
    lang: str = "zh"
    accept: str = ""
    root: str = ""
    store: str = ""
    base: str = ""

    def value(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return (self.values.get(name) or [default])[0]


class AnswerWriter(Protocol):
    """Receives an answer: first its head, then its content in parts."""

    def head(self, media_type: str, status: int = 200, **headers: str) -> None:
        """Write the status and headers; an underscore in a header's name stands for a hyphen."""

    def write(self, content: bytes, /) -> int:
        """Write a part of the content; return its length."""
        ...


def as_file(writer: AnswerWriter) -> IO[bytes]:
    """Return a writer as the libraries type it: of a file, they only ever call `write`."""
    return cast("IO[bytes]", writer)
