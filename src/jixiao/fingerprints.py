"""The version of the reader: what decides whether a file must be read again."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from jixiao.config import folder
from jixiao.extraction.forms.words import user_layouts


@cache
def reader_version() -> str:
    """Return the package's version with a digest of all that reading depends on."""
    digest = sha256()
    for root in (folder("extract"), folder("ontology"), folder("shapes"), files("jixiao")):
        for file in _files(root):
            digest.update(file.read_bytes())
    for own in user_layouts():
        digest.update(own.read_bytes())
    return f"{version('jixiao')}+{digest.hexdigest()[:10]}"


def _files(root: Traversable) -> list[Traversable]:
    found = list[Traversable]()
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            found += _files(entry)
        elif entry.name.endswith((".toml", ".ttl", ".py")):
            found.append(entry)
    return found
