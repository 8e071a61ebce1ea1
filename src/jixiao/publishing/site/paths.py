"""Where the pages of a site are, and how they link to each other."""

import re
from urllib.parse import quote, unquote

from jixiao.rdf.namespaces import HOME

_EVIDENCE = re.compile(r"(id/doc/[^/]+)/ev/")
_GRAPH = re.compile(r"id/doc/[^/]+/(?:facts|evidence|findings)$")


def is_page(iri: str) -> bool:
    """Tell whether a thing has a page: what is ours, but the many marks in documents' pages."""
    path = iri.removeprefix(HOME)
    return iri.startswith(HOME) and not _EVIDENCE.match(path) and ".." not in path


def page_path(iri: str) -> str:
    """Return the folder of a thing's page."""
    return unquote(iri.removeprefix(HOME).partition("#")[0])


class Paths:
    """The links of one page, by the folder it is in ("" for the first page)."""

    def __init__(self, here: str) -> None:
        self.here = here
        self.root = "../" * (here.count("/") + 1 if here else 0)

    def link(self, iri: str) -> str:
        """Return a link to a thing: to its page, to the graph it is in, or to where it is."""
        if not iri.startswith(HOME):
            return iri
        path, _, name = iri.removeprefix(HOME).partition("#")
        if evidence := _EVIDENCE.match(path):
            return f"{self.root}{quote(evidence[1])}/evidence.ttl"
        if _GRAPH.match(path):
            return f"{self.root}{quote(path)}.ttl"
        return f"{self.root}{quote(unquote(path))}/index.html" + (f"#{quote(name)}" if name else "")
