"""The first page: the numbers of the store, its budgets, and its most frequent findings."""

from decimal import Decimal

from jixiao.checks.catalogue import rules
from jixiao.model.finding import SEVERITIES
from jixiao.rdf.namespaces import JX
from jixiao.server.pages import findings
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.departments import budgets
from jixiao.store.statistics import counted

_MAX_BUDGETS = 50
_MAX_RULES = 10
_COUNTS = """SELECT ?class (COUNT(?thing) AS ?count) {
    VALUES ?class { jx:DisclosureDocument jx:BudgetDepartment jx:DepartmentBudget jx:BudgetProject
        jx:PerformanceIndicator }
    ?thing a ?class } GROUP BY ?class"""
_MONEY = """SELECT (SUM(?yuan) AS ?sum) { ?amount a jx:ProjectAmount ; jx:amount ?yuan ;
    jx:amountSource <https://w3id.org/jixiao/code/amount-source/prose> }"""


def overview(context: PageContext) -> Page:
    """Return the page."""
    # A build stores the counts; only a store of before, or of another tool, is counted here.
    statistics = counted(context.store)
    classes = statistics.classes if statistics else {c: int(n) for c, n in context.rows(_COUNTS)}
    hits = findings.by_code(context)
    ((money,),) = context.rows(_MONEY) or [("0",)]
    catalogue = rules()
    worst = [code for code in hits if code in catalogue]
    worst.sort(key=lambda code: (SEVERITIES.index(catalogue[code].severity), -hits[code]))
    return "overview.html", {
        "title": "",
        "counts": {iri.removeprefix(JX[""].value): n for iri, n in classes.items()},
        "money": Decimal(money or "0"),
        "findings": hits.total(),
        "severity_counts": findings.counted(context),
        "top": [(catalogue[code], hits[code]) for code in worst[:_MAX_RULES]],
        "budgets": budgets(context)[:_MAX_BUDGETS],
        "more": len(budgets(context)) > _MAX_BUDGETS,
    }
