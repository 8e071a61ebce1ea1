"""The pages over many things: overview, search, departments, rules."""

from collections import Counter, defaultdict
from decimal import Decimal

from jixiao.findings import SEVERITIES, SHACL_LEVELS
from jixiao.rules import rules
from jixiao.search import KINDS
from jixiao.server.problems import Problem
from jixiao.server.views.look import Look

Shown = tuple[str, dict[str, object]]
_MOST = 50
_SEVERITIES = {SHACL_LEVELS[name].value: name for name in SEVERITIES}
_COUNTS = """SELECT ?class (COUNT(?thing) AS ?count) {
    VALUES ?class { jx:DisclosureDocument jx:BudgetDepartment jx:DepartmentBudget jx:BudgetProject
        jx:PerformanceIndicator jx:Finding }
    ?thing a ?class } GROUP BY ?class"""
_MONEY = """SELECT (SUM(?yuan) AS ?sum) { ?amount a jx:ProjectAmount ; jx:amount ?yuan ;
    jx:amountSource <https://w3id.org/jixiao/code/amount-source/prose> }"""
_HITS = """SELECT ?code ?severity (COUNT(?finding) AS ?count) {
    ?finding a jx:Finding ; dct:identifier ?code ; jx:severity ?severity }
    GROUP BY ?code ?severity"""
_BUDGETS = """SELECT ?budget ?department ?name ?year ?region ?region_name {
    ?budget a jx:DepartmentBudget ; jx:department ?department ; jx:departmentName ?name .
    OPTIONAL { ?budget jx:budgetYear ?year }
    OPTIONAL { ?department dct:spatial ?region . ?region skos:prefLabel ?region_name } }
    ORDER BY ?region_name ?name DESC(?year)"""
_OF_RULE = """SELECT ?finding ?zh ?en ?document ?file {
    ?finding a jx:Finding ; dct:identifier "%s" ; dct:source ?document ; earl:result ?result .
    ?document jx:fileName ?file .
    ?result dct:description ?zh , ?en .
    FILTER(LANGMATCHES(LANG(?zh), "zh") && LANGMATCHES(LANG(?en), "en")) }
    ORDER BY ?file ?finding LIMIT %d OFFSET %d"""


def overview(look: Look) -> Shown:
    """Return what is in the store."""
    return "overview.html", {"title": "", **look.held.once("overview", lambda: _overview(look))}


def _overview(look: Look) -> dict[str, object]:
    counts = {iri.rpartition("#")[2]: int(count) for iri, count in look.rows(_COUNTS)}
    severities, hits = Counter[str](), Counter[str]()
    for code, severity, count in look.rows(_HITS):
        severities[_SEVERITIES[severity]] += int(count)
        hits[code] += int(count)
    ((money,),) = look.rows(_MONEY) or [("0",)]
    own = rules()
    grave = [c for c in hits if c in own]
    grave.sort(key=lambda c: (SEVERITIES.index(own[c].severity), -hits[c]))
    return {
        "counts": counts,
        "money": Decimal(money or "0"),
        "grades": severities,
        "top": [(own[code], hits[code]) for code in grave[:10]],
        "budgets": budgets(look)[:_MOST],
        "more": len(budgets(look)) > _MOST,
    }


def budgets(look: Look) -> list[dict[str, str]]:
    """Return the department budgets, by region, name and year."""
    names = "iri", "department", "name", "year", "region", "region_name"
    return look.held.once(
        "budgets", lambda: [dict(zip(names, row, strict=True)) for row in look.rows(_BUDGETS)]
    )


def departments(look: Look) -> Shown:
    """Return the departments by region."""
    by_region: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(dict)
    for budget in budgets(look):
        by_region[budget["region_name"]].setdefault(budget["department"], []).append(budget)
    return "departments.html", {"title": "", "regions": sorted(by_region.items())}


def search(look: Look) -> Shown:
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


def _number(look: Look) -> int:
    told = look.job.value("page", "1")
    return max(1, min(int(told), 10_000)) if told.isdecimal() and len(told) < 6 else 1


def rule_list(look: Look) -> Shown:
    """Return the rules with their hits."""
    hits = look.held.once("hits", lambda: {c: int(n) for c, _, n in look.rows(_HITS)})
    own = sorted(rules().values(), key=lambda rule: (rule.of_reader, rule.code))
    return "rules.html", {"title": "", "rules": [(rule, hits.get(rule.code, 0)) for rule in own]}


def rule(look: Look) -> Shown:
    """Return a rule with what it found."""
    code = look.job.path
    if code not in rules():
        raise Problem("not-found", what=code)
    number = _number(look)
    rows = look.rows(_OF_RULE % (code, _MOST + 1, (number - 1) * _MOST))
    at = 1 if look.job.lang == "zh" else 2
    own = rules()[code]
    return "rule.html", {
        "title": f"{code} {getattr(own.name, look.job.lang)}",
        "rule": own,
        "hits": [(look.link(row[0]), row[at], row[4]) for row in rows[:_MOST]],
        "number": number,
        "more": len(rows) > _MOST,
    }
