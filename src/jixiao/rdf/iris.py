"""IRIs of things, made from keys that stay the same: never from the order of a run.

…/id/dept/{region}-{name digest}                          a body: a department or a unit
…/id/budget/{dept}/{year}                                 the budget of the department
…/id/budget/{dept}/{year}-unit                            that of the same body as a unit
…/id/project/{dept}/{year}/{project}                      a project of the budget
…/id/project/{dept}/{year}/{project}/ind/{name digest}    an indicator of the project
…/id/recipient/{region}                                   who receives a part of a transfer
…/id/doc/{sha256}                                         a document, with the named graphs
/facts, /evidence and /findings
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import quote

from pyoxigraph import NamedNode

from jixiao.model.record import Amount, Document, Indicator, Recipient, Record, Region
from jixiao.rdf.bodies import body_kind, body_name
from jixiao.rdf.divisions import below
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
    """Return "130529-5f3a09c2d1": the region, and a digest of the body's name.

    A printed code is not part of it: a paper without the code is of the same body. It stands in
    for the name where no name is known, and the digest of the file where neither is.
    """
    name = body_name(document)
    key = digest(name) if name else quote(document.department_code, safe="")
    key = key or document.sha256[:10]
    if document.region:
        return f"{plain(document.region.code, document.region.name)}-{key}"
    return key


def budget_key(document: Document) -> str:
    """Return "130529-5f3a09c2d1/2023".

    The budgets of a body as a department and as a unit are two, and final accounts and
    self-evaluations of the same year have keys of their own: what they state is no part of the
    year's budget.
    """
    # Papers of no known year are of one body, but of years that may well be different.
    year = str(document.fiscal_year or f"unknown-{document.sha256[:10]}")
    kinds = (body_kind(document) or "department", document.kind)
    marks = [kind for kind in kinds if kind not in ("department", "budget")]
    return "-".join((f"{department_key(document)}/{year}", *marks))


def department_iri(document: Document, base: str = HOME) -> NamedNode:
    """Return the IRI of the department whose document it is."""
    return NamedNode(f"{base}id/dept/{department_key(document)}")


def division_iri(region: Region) -> NamedNode:
    """Return the concept of an administrative division."""
    return CODE[f"region/{plain(region.code, region.name)}"]


def region_iri(document: Document) -> NamedNode | None:
    """Return the concept of the document's region, None if the region is not known."""
    return division_iri(document.region) if document.region else None


def recipient_iri(document: Document, name: str, base: str = HOME) -> NamedNode:
    """Return the IRI of who receives a part of a transfer, by its name in the document.

    A division below that of the document is the same in all documents. Other names ("城关镇") mean
    something within the document's own region only, or else that of its department.
    """
    region = document.region
    if region and (division := below(region, name)):
        return NamedNode(f"{base}id/recipient/{division.code}")
    within = plain(region.code, region.name) if region else department_key(document)
    return NamedNode(f"{base}id/recipient/{within}-{digest(name)}")


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


def recipients_of(indicator: NamedNode, recipients: Iterable[Recipient]) -> list[NamedNode]:
    """Return the IRIs of an indicator's targets for its recipients, in their order."""
    taken = set[str]()
    keys = [unique(digest(recipient.name), taken) for recipient in recipients]
    return [NamedNode(f"{indicator.value}/recipient/{key}") for key in keys]


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
