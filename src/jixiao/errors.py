"""What jixiao raises on purpose.

JixiaoError
├── FileError          a file that cannot be read: the file is at fault
├── StoreError         a store that cannot be opened or written
└── UsageError         a call that cannot be carried out: the caller is at fault

A fault of a *document's content* is no exception: it is a `Problem` in the record.
"""

from jixiao.messages import message


class JixiaoError(Exception):
    """Base of every error that jixiao raises on purpose; `message` has it in both languages."""

    def __init__(self, code: str, **fields: object) -> None:
        self.code, self.fields = code, fields
        self.message = message(code, **fields)
        super().__init__(self.message.en)

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.code, self.fields)


def _again(kind: type[JixiaoError], code: str, fields: dict[str, object]) -> JixiaoError:
    return kind(code, **fields)


class FileError(JixiaoError):
    """A file that cannot be read."""


class StoreError(JixiaoError):
    """A store that cannot be opened or written."""


class UsageError(JixiaoError):
    """A call that cannot be carried out as it was made."""
