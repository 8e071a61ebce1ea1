"""The page of a finding: its message, its rule, and the printed page with the cell framed."""

from jixiao.checks.catalogue import rules
from jixiao.rdf.namespaces import DCT, JX
from jixiao.server.pages import evidence, findings
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.printed_value import subject_link
from jixiao.server.problems import Problem


def finding(context: PageContext, iri: str) -> Page:
    """Return the page, with links to the previous and next finding of the document.

    The parameters `rule` and `severity` leave other findings out of the walk.
    """
    document = context.node(iri, DCT.source)
    rule, severity = context.job.value("rule"), context.job.value("severity")
    walk = [
        f
        for f in findings.of_document(context, document)
        if rule in ("", f.code) and severity in ("", f.severity)
    ]
    position = next((n for n, f in enumerate(walk) if f.iri == iri), None)
    if position is None:
        raise Problem("not-found", what=iri)
    current = walk[position]
    places = evidence.around(context, current.focus, current.culprit)
    entry = rules()[current.code]
    is_last = position + 1 == len(walk)
    return "finding.html", {
        "iri": iri,
        "title": f"{current.code} {entry.name.in_language(context.job.lang)}",
        "finding": current,
        "rule": entry,
        "document": (context.link(document), context.text(document, JX.fileName)),
        "subject": subject_link(context, current.focus),
        "budgets": [
            (context.link(budget.iri), f"{budget.name} {budget.year}")
            for budget in context.snapshot.index.budgets(document)
        ],
        "places": places,
        "sheets": evidence.sheets(context, places),
        "number": position + 1,
        "count": len(walk),
        "previous": context.link(walk[position - 1].iri) if position else "",
        "next": "" if is_last else context.link(walk[position + 1].iri),
        "suffix": f"?rule={rule}&severity={severity}" if rule or severity else "",
    }
