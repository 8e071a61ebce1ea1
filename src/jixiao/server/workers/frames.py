"""How the server and its worker processes talk: a byte for the kind, four for the length, bytes."""

import struct
from typing import IO, BinaryIO, Protocol, cast

HEAD, CHUNK, END, FAULT = b"H", b"C", b"E", b"F"
HEADER = struct.Struct(">cI")


class Out(Protocol):
    """What an answer is written to."""

    def head(self, media_type: str, status: int = 200, **headers: str) -> None:
        """Say what the answer is; an underscore in a header's name is a hyphen."""

    def write(self, content: bytes, /) -> int:
        """Write a part of the answer, return its length."""
        ...


def as_file(out: Out) -> IO[bytes]:
    """Return what writes an answer as the libraries know it: they only ever write to it."""
    return cast("IO[bytes]", out)


def put(file: BinaryIO, kind: bytes, content: bytes = b"") -> None:
    """Write a frame."""
    file.write(HEADER.pack(kind, len(content)))
    file.write(content)


def take(file: BinaryIO) -> tuple[bytes, bytes] | None:
    """Read a frame, None at the end."""
    header = file.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, length = HEADER.unpack(header)
    return kind, file.read(length)
