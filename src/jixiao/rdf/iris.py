"""IRIs of things, made from keys that stay the same: never from the order of a run.

…/id/dept/{region}-{code}                                 a department
…/id/budget/{dept}/{year}                                 its budget
…/id/project/{dept}/{year}/{project}                      a project of the budget
…/id/project/{dept}/{year}/{project}/ind/{name digest}    an indicator of the project
…/id/doc/{sha256}                                         a document, with the named graphs
/facts, /evidence and /findings
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import quote

from pyoxigraph import NamedNode

from jixiao.model.record import Amount, Document, Indicator, Record
from jixiao.rdf.namespaces import CODE, HOME
from jixiao.text import fold


def digest(*texts: str) -> str:
    """Return ten hexadecimal digits for texts; white space and full-width forms do not count."""
    return sha256("|".join(fold(text) for text in texts).encode()).hexdigest()[:10]


def plain(code: str, *otherwise: str) -> str:
    """Return the code if it is letters and digits of ASCII, else a digest of all texts."""
    if re.fullmatch(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*", code, re.ASCII):
        return code
    return digest(code, *otherwise)


def unique(key: str, taken: set[str]) -> str:
    """Return the key, or key-2, key-3 … if it is taken, and add the result to `taken`."""
    result, count = key, 1
    while result in taken:
        count += 1
        result = f"{key}-{count}"
    taken.add(result)
    return result


def department_key(document: Document) -> str:
    """Return "130529-434".

    Without a code it ends in a digest of the name, and without a name in one of the file.
    """
    name = digest(document.department) if document.department else document.sha256[:10]
    code = quote(document.department_code, safe="")
    if document.region:
        region = plain(document.region.code, document.region.name)
        return f"{region}-{code or name}"
    return f"{name}-{code}" if code else name


def budget_key(document: Document) -> str:
    """Return "130529-434/2023".

    Final accounts and self-evaluations of the same year have keys of their own: what they state
    is no part of the year's budget.
    """
    year = str(document.fiscal_year or "unknown")
    kind = "" if document.kind == "budget" else f"-{document.kind}"
    return f"{department_key(document)}/{year}{kind}"


def department_iri(document: Document, base: str = HOME) -> NamedNode:
    """Return the IRI of the department whose document it is."""
    return NamedNode(f"{base}id/dept/{department_key(document)}")


def region_iri(document: Document) -> NamedNode | None:
    """Return the concept of the document's region, None if the region is not known."""
    region = document.region
    return CODE[f"region/{plain(region.code, region.name)}"] if region else None


def budget_iri(document: Document, base: str = HOME) -> NamedNode:
    """Return the IRI of the budget that the document states."""
    return NamedNode(f"{base}id/budget/{budget_key(document)}")


def project_iri(document: Document, project: str, base: str = HOME) -> NamedNode:
    """Return the IRI of a project of the document, by its `id` in the record."""
    return NamedNode(f"{base}id/project/{budget_key(document)}/{plain(project)}")


def goal_iri(parent: NamedNode, number: int) -> NamedNode:
    """Return the IRI of a goal of a project or budget, by its number.

    Goals of a project are numbered from 1; 0 is the overall goal of a budget.
    """
    return NamedNode(f"{parent.value}/goal/{number}")


def indicators_of(parent: NamedNode, indicators: Iterable[Indicator]) -> list[NamedNode]:
    """Return the IRIs of the indicators of one project or goal, in their order.

    A key is made from the names of the three levels, with a count if they are the same.
    """
    taken = set[str]()
    keys = [unique(digest(i.level1, i.level2, i.level3), taken) for i in indicators]
    return [NamedNode(f"{parent.value}/ind/{key}") for key in keys]


def amounts_of(parent: NamedNode, amounts: Iterable[Amount]) -> list[NamedNode]:
    """Return the IRIs of the amounts of one project or goal, in their order.

    A key names the kind of the amount, so that it does not depend on its place in the list.
    """
    taken, nodes = set[str](), list[NamedNode]()
    for amount in amounts:
        year = str(amount.year) if amount.year else None
        kind = (amount.source, amount.scope or year, amount.stage, amount.fund)
        key = unique("-".join(part for part in kind if part), taken)
        nodes.append(NamedNode(f"{parent.value}/amount/{key}"))
    return nodes


def project_iris(record: Record, base: str = HOME) -> dict[str, str]:
    """Return the IRIs of the record's projects, by their ids."""
    return {p.id: project_iri(record.document, p.id, base).value for p in record.projects}


def indicator_iris(record: Record, base: str = HOME) -> dict[str, list[str]]:
    """Return the IRIs of each project's indicators in their order, by the project's id."""
    return {
        project.id: [
            node.value
            for node in indicators_of(
                project_iri(record.document, project.id, base), project.indicators
            )
        ]
        for project in record.projects
    }


def document_iri(digest_of_file: str, base: str = HOME) -> NamedNode:
    """Return the IRI of a document.

    Args:
        digest_of_file: the SHA-256 of the file in hexadecimal digits.
        base: what the IRI begins with.

    """
    return NamedNode(f"{base}id/doc/{digest_of_file[:16]}")


def graphs(document: NamedNode) -> tuple[NamedNode, NamedNode, NamedNode]:
    """Return a document's named graphs: its facts, their evidence, and the findings."""
    facts, evidence, findings = (
        NamedNode(f"{document.value}/{part}") for part in ("facts", "evidence", "findings")
    )
    return facts, evidence, findings
