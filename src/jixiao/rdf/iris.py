"""IRIs of things, from keys that stay the same: never from the order of a run.

…/id/dept/{region}-{code} · …/id/budget/{dept}/{year} · …/id/project/{dept}/{year}/{name digest}
· …/id/doc/{sha256}, with the named graphs /facts, /evidence and /findings.
"""

import re
from hashlib import sha256
from urllib.parse import quote

from pyoxigraph import NamedNode

from jixiao.model.record import Document
from jixiao.rdf.namespaces import HOME
from jixiao.text import fold


def digest(*texts: str) -> str:
    """Return ten hexadecimal digits for texts; white space and full-width forms do not count."""
    return sha256("|".join(fold(text) for text in texts).encode()).hexdigest()[:10]


def plain(code: str, *otherwise: str) -> str:
    """Return the code where it is letters and digits of ASCII, else a digest."""
    if re.fullmatch(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", code, re.ASCII):
        return code
    return digest(code, *otherwise)


def department_key(document: Document) -> str:
    """Return "130529-434"; what is unknown falls back to a digest of the name, or of the file."""
    name = digest(document.department) if document.department else document.sha256[:10]
    code = quote(document.department_code, safe="")
    if document.region:
        region = plain(document.region.code, document.region.name)
        return f"{region}-{code or name}"
    return f"{name}-{code}" if code else name


def budget_key(document: Document) -> str:
    """Return "130529-434/2023"; the other kinds of paper about a year are no part of its budget."""
    year = str(document.fiscal_year or "unknown")
    kind = "" if document.kind == "budget" else f"-{document.kind}"
    return f"{department_key(document)}/{year}{kind}"


def document_iri(digest_of_file: str, base: str = HOME) -> NamedNode:
    """Return the IRI of a file by its SHA-256."""
    return NamedNode(f"{base}id/doc/{digest_of_file[:16]}")


def graphs(document: NamedNode) -> tuple[NamedNode, NamedNode, NamedNode]:
    """Return a document's named graphs: its facts, their evidence, and the findings."""
    facts, evidence, findings = (
        NamedNode(f"{document.value}/{part}") for part in ("facts", "evidence", "findings")
    )
    return facts, evidence, findings


def unique(key: str, taken: set[str]) -> str:
    """Return the key, or key-2, key-3 … where it is taken, and take it."""
    found, count = key, 1
    while found in taken:
        count += 1
        found = f"{key}-{count}"
    taken.add(found)
    return found
