"""The page of a value: where it is printed in the document."""

from jixiao.rdf.namespaces import HOME, JX, OA
from jixiao.server.pages import evidence, findings
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.problems import Problem, parse_iri


def printed_value(context: PageContext) -> Page:
    """Return where all values of the thing `path` are printed, or its property `field` alone."""
    iri = parse_iri(HOME + context.job.path).value
    places = evidence.around(context, iri) or evidence.of_row(context, iri)
    if field := context.job.value("field"):
        places = [place for place in places if place.names(field)] or places
    if not places:
        raise Problem("not-found", what=iri)
    return _page(context, iri, iri, places)


def annotation(context: PageContext, iri: str) -> Page:
    """Return the page of an annotation, which says where one value is printed."""
    places = evidence.of_annotation(context, iri)
    return _page(context, iri, context.node(iri, OA.hasBody), places)


def _page(context: PageContext, iri: str, subject: str, places: list[evidence.Place]) -> Page:
    document = places[0].document if places else ""
    on_subject = [f for f in findings.of_document(context, document) if f.focus == subject]
    return "value.html", {
        "iri": iri,
        "title": next((p.words for p in places if p.words), context.label(subject)),
        # What was not read is part of a project, or of a budget.
        "subject": subject_link(context, context.node(subject, JX.unreadIn) or subject),
        "document": (context.link(document), context.text(document, JX.fileName)),
        "places": places,
        "sheets": evidence.sheets(context, places),
        "findings": on_subject,
    }


def subject_link(context: PageContext, iri: str) -> tuple[str, str]:
    """Return the address at which a thing is shown, and its label.

    An indicator or an amount is shown on the page of its project, whose IRI its own begins with.
    """
    shown = iri
    while "/" in shown.removeprefix(HOME) and not (
        context.is_a(shown, JX.BudgetProject) or context.is_a(shown, JX.DepartmentBudget)
    ):
        shown = shown.rpartition("/")[0]
    is_budget = context.is_a(iri, JX.DepartmentBudget)
    label = context.budget_title(iri) if is_budget else context.label(iri)
    anchor = "" if shown == iri else f"#{iri.rpartition('/')[2]}"
    return context.link(shown) + anchor, label
