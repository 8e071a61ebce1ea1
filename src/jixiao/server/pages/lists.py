"""The pages over many things: overview, search, departments, rules."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from pyoxigraph import Literal, NamedNode

from jixiao.checks.catalogue import rules
from jixiao.model.finding import SEVERITIES
from jixiao.rdf.findings import MESSAGE_PATH
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import DCT, JX, SKOS
from jixiao.server.pages import findings
from jixiao.server.pages.context import PageContext
from jixiao.server.problems import Problem
from jixiao.store.search_index import KINDS
from jixiao.store.statistics import counted

Page = tuple[str, dict[str, object]]
_MOST = 50
_COUNTS = """SELECT ?class (COUNT(?thing) AS ?count) {
    VALUES ?class { jx:DisclosureDocument jx:BudgetDepartment jx:DepartmentBudget jx:BudgetProject
        jx:PerformanceIndicator }
    ?thing a ?class } GROUP BY ?class"""
_MONEY = """SELECT (SUM(?yuan) AS ?sum) { ?amount a jx:ProjectAmount ; jx:amount ?yuan ;
    jx:amountSource <https://w3id.org/jixiao/code/amount-source/prose> }"""


def overview(look: PageContext) -> Page:
    """Return what is in the store."""
    known = counted(look.store)
    of_classes = known.classes if known else {c: int(count) for c, count in look.rows(_COUNTS)}
    hits = findings.by_code(look)
    ((money,),) = look.rows(_MONEY) or [("0",)]
    own = rules()
    grave = [c for c in hits if c in own]
    grave.sort(key=lambda c: (SEVERITIES.index(own[c].severity), -hits[c]))
    return "overview.html", {
        "title": "",
        "counts": {iri.removeprefix(JX[""].value): n for iri, n in of_classes.items()},
        "money": Decimal(money or "0"),
        "findings": hits.total(),
        "grades": findings.counted(look),
        "top": [(own[code], hits[code]) for code in grave[:10]],
        "budgets": budgets(look)[:_MOST],
        "more": len(budgets(look)) > _MOST,
    }


def budgets(look: PageContext) -> list[dict[str, str]]:
    """Return the department budgets, by region, name and year."""
    return look.held.once("budgets", lambda: _budgets(look))


def _budgets(look: PageContext) -> list[dict[str, str]]:
    known = look.held.index.budgets()
    names = {region: look.text(region, SKOS.prefLabel) for region in {b.region for b in known}}
    of = [
        {"iri": b.iri, "department": b.department, "name": b.name, "year": b.year,
         "region": b.region, "region_name": names[b.region]}
        for b in known
    ]  # fmt: skip
    of.sort(key=lambda b: (b["year"], b["iri"]), reverse=True)
    return sorted(of, key=lambda b: (b["region_name"], b["name"]))


def departments(look: PageContext) -> Page:
    """Return the departments by region."""
    by_region: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(dict)
    for budget in budgets(look):
        by_region[budget["region_name"]].setdefault(budget["department"], []).append(budget)
    return "departments.html", {"title": "", "regions": sorted(by_region.items())}


def search(look: PageContext) -> Page:
    """Return what is found for `q`, of one `kind` or of all."""
    asked, kind = look.job.value("q").strip()[:200], look.job.value("kind")
    kind = kind if kind in KINDS else ""
    number = _number(look)
    hits = look.held.index.find(asked, kind, _MOST + 1, (number - 1) * _MOST)
    counts = look.held.index.counts(asked)
    return "search.html", {
        "title": asked,
        "q": asked,
        "kind": kind,
        "kinds": KINDS,
        "counts": counts,
        "total": sum(counts.values()),
        "hits": hits[:_MOST],
        "number": number,
        "more": len(hits) > _MOST,
    }


def _number(look: PageContext) -> int:
    told = look.job.value("page", "1")
    return max(1, min(int(told), 10_000)) if told.isdecimal() and len(told) < 6 else 1


def rule_list(look: PageContext) -> Page:
    """Return the rules with their hits."""
    hits = findings.by_code(look)
    own = sorted(rules().values(), key=lambda rule: (rule.of_reader, rule.code))
    return "rules.html", {"title": "", "rules": [(rule, hits[rule.code]) for rule in own]}


def rule(look: PageContext) -> Page:
    """Return a rule with what it found, by file."""
    code = look.job.path
    if code not in rules():
        raise Problem("not-found", what=code)
    number = _number(look)
    after = (number - 1) * _MOST
    hits = list(islice(_of_rule(look, code, after), _MOST + 1))
    own = rules()[code]
    return "rule.html", {
        "title": f"{code} {own.name.in_language(look.job.lang)}",
        "rule": own,
        "hits": hits[:_MOST],
        "number": number,
        "more": len(hits) > _MOST,
    }


def _of_rule(look: PageContext, code: str, after: int) -> Iterator[tuple[str, str, str]]:
    """Yield links, texts and files of what a rule found, but for so many at the beginning."""
    counts = look.held.index.failing(code)
    files = {document: look.text(document, JX.fileName) for document in counts}
    for document in sorted(counts, key=lambda d: (files[d], d)):
        if after >= counts[document]:
            after -= counts[document]
            continue
        graph = graphs(NamedNode(document))[2]
        told = look.store.database.quads_for_pattern(None, DCT.identifier, Literal(code), graph)
        names = sorted(str(getattr(quad.subject, "value", "")) for quad in told)
        for finding in [name for name in names if look.is_a(name, JX.Finding)][after:]:
            message = look.text(finding, *MESSAGE_PATH)
            yield look.link(finding), message, files[document]
        after = 0
