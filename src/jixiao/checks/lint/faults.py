"""A fault of the knowledge, and the list that the checks put them into."""

from dataclasses import dataclass, field
from pathlib import Path

from jixiao.messages import message
from jixiao.model.message import Message


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong on a line of a file, and what to do about it."""

    path: str
    line: int
    code: str
    message: Message = field(compare=False)

    def text(self, lang: str) -> str:
        """Return the fault as `file:line: message`, the file as seen from here."""
        path = Path(self.path)
        here = Path.cwd()
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        return f"{shown}:{self.line}: {getattr(self.message, lang)}"


_MOST = 160  # characters of what a parser or a user wrote, in one sentence


def _short(text: str) -> str:
    """Return a text on one line, without its end where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST else f"{line[:_MOST]}…"


@dataclass(slots=True)
class Faults:
    """The faults that were met; one of the same line and kind is kept once."""

    met: dict[tuple[str, int, str, str], Fault] = field(
        default_factory=dict[tuple[str, int, str, str], Fault]
    )

    def add(self, path: object, line: int, sentence: str, /, **fields: object) -> None:
        """Note a fault; `sentence` is its key in `messages.toml` without "lint-"."""
        short = {name: _short(v) if isinstance(v, str) else v for name, v in fields.items()}
        self.put(path, line, sentence, message(f"lint-{sentence}", **short))

    def put(self, path: object, line: int, code: str, said: Message) -> None:
        """Note a fault whose sentence is made already."""
        fault = Fault(str(path), line, code, said)
        self.met.setdefault((fault.path, line, code, said.en), fault)

    def sorted(self) -> list[Fault]:
        """Return the faults by file and line."""
        return sorted(self.met.values())
