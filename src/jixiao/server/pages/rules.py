"""The list of rules, and the page of a rule with its findings."""

from collections.abc import Iterator
from itertools import islice

from pyoxigraph import Literal, NamedNode

from jixiao.checks.catalogue import rules
from jixiao.rdf.findings import MESSAGE_PATH
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import DCT, JX
from jixiao.server.pages import findings
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.problems import Problem

_PER_PAGE = 50


def rule_list(context: PageContext) -> Page:
    """Return the list of rules with their number of findings."""
    hits = findings.by_code(context)
    ordered = sorted(rules().values(), key=lambda rule: (rule.of_reader, rule.code))
    return "rules.html", {"title": "", "rules": [(rule, hits[rule.code]) for rule in ordered]}


def rule(context: PageContext) -> Page:
    """Return a rule with its findings, by file."""
    code = context.job.path
    if code not in rules():
        raise Problem("not-found", what=code)
    number = context.page_number()
    skip = (number - 1) * _PER_PAGE
    hits = list(islice(_findings(context, code, skip), _PER_PAGE + 1))
    entry = rules()[code]
    return "rule.html", {
        "title": f"{code} {entry.name.in_language(context.job.lang)}",
        "rule": entry,
        "hits": hits[:_PER_PAGE],
        "number": number,
        "more": len(hits) > _PER_PAGE,
    }


def _findings(context: PageContext, code: str, skip: int) -> Iterator[tuple[str, str, str]]:
    """Yield the address, message and file of the findings of a rule, after the first `skip`."""
    counts = context.snapshot.index.failing(code)
    files = {document: context.text(document, JX.fileName) for document in counts}
    for document in sorted(counts, key=lambda d: (files[d], d)):
        # The index has the number of findings: a document of an earlier page is not read.
        if skip >= counts[document]:
            skip -= counts[document]
            continue
        graph = graphs(NamedNode(document))[2]
        quads = context.store.database.quads_for_pattern(None, DCT.identifier, Literal(code), graph)
        names = sorted(str(getattr(quad.subject, "value", "")) for quad in quads)
        for finding in [name for name in names if context.is_a(name, JX.Finding)][skip:]:
            message = context.text(finding, *MESSAGE_PATH)
            yield context.link(finding), message, files[document]
        skip = 0
