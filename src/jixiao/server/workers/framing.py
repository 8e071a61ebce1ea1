"""The frames between server and workers: a byte for the kind, four for the length, the content."""

import struct
from typing import BinaryIO

READY, HEAD, CHUNK, END, ERROR = b"R", b"H", b"C", b"E", b"F"
HEADER = struct.Struct(">cI")


def write_frame(file: BinaryIO, kind: bytes, content: bytes = b"") -> None:
    """Write one frame."""
    file.write(HEADER.pack(kind, len(content)))
    file.write(content)


def read_frame(file: BinaryIO) -> tuple[bytes, bytes] | None:
    """Return the kind and content of the next frame, None at the end."""
    header = file.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, length = HEADER.unpack(header)
    return kind, file.read(length)
