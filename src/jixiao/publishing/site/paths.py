"""The paths of a site's pages, and the links between them."""

import re
from urllib.parse import quote, unquote

from jixiao.rdf.namespaces import HOME

_EVIDENCE = re.compile(r"(id/doc/[^/]+)/(?:ev|coverage|unread)/")
_GRAPH = re.compile(r"id/doc/[^/]+/(?:facts|evidence|findings)$")


def is_page(iri: str) -> bool:
    """Tell whether a thing has a page: every one of ours but those of its evidence.

    A document has thousands of those; they are in one Turtle file of the document instead.
    """
    path = iri.removeprefix(HOME)
    return iri.startswith(HOME) and not _EVIDENCE.match(path) and ".." not in path


def page_path(iri: str) -> str:
    """Return the folder of a thing's page in the site."""
    return unquote(iri.removeprefix(HOME).partition("#")[0])


class Paths:
    """The links of one page.

    Args:
        folder: The folder of the page in the site; blank for the home page.

    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.root = "../" * (folder.count("/") + 1 if folder else 0)

    def link(self, iri: str) -> str:
        """Return a link to a thing: to its page, to the file of its graph, or its own IRI."""
        if not iri.startswith(HOME):
            return iri
        path, _, name = iri.removeprefix(HOME).partition("#")
        if evidence := _EVIDENCE.match(path):
            return f"{self.root}{quote(evidence[1])}/evidence.ttl"
        if _GRAPH.match(path):
            return f"{self.root}{quote(path)}.ttl"
        return f"{self.root}{quote(unquote(path))}/index.html" + (f"#{quote(name)}" if name else "")
