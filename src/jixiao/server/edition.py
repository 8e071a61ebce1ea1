"""The fingerprint of the program parts that answers are made with."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from jixiao.config import cache, roots

# Without the readers of documents: their results are in the store, whose token is in each ETag.
_PACKAGES = ("server", "queries", "publishing", "rdf", "checks", "store", "model")
_MODULES = ("messages.py", "messages.toml")
_FOLDERS = ("ontology", "queries", "shapes")
_SUFFIXES = (".py", ".toml", ".html", ".js", ".css", ".ttl", ".rq")


@cache
def edition() -> str:
    """Return a digest of the pages, templates, texts, queries, ontology and shapes, 16 hex digits.

    It is part of every ETag: if one of these files changes, browsers fetch the pages again.
    """
    digest, package = sha256(), files("jixiao")
    for module in _MODULES:
        digest.update((package / module).read_bytes())
    for root in (*(package / name for name in _PACKAGES), *roots(*_FOLDERS)):
        for file in _files(root):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files(root: Traversable) -> Iterator[Traversable]:
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.name.startswith("."):
            yield from _files(entry)
        elif entry.name.endswith(_SUFFIXES):
            yield entry
