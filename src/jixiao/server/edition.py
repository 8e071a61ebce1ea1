"""Which edition of the program answers: with its code, its texts and templates answers change."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from jixiao.config import cache, roots

_KINDS = (".py", ".toml", ".html", ".ttl", ".rq")


@cache
def edition() -> str:
    """Return a digest of all that answers are made with."""
    digest = sha256()
    for root in (files("jixiao"), *roots("ontology", "queries", "shapes")):
        for file in _files(root):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files(root: Traversable) -> Iterator[Traversable]:
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.name.startswith("."):
            yield from _files(entry)
        elif entry.name.endswith(_KINDS):
            yield entry
