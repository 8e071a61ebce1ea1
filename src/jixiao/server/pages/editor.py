"""The terms that the SPARQL editor completes, and its example queries."""

import msgspec

from jixiao.queries.answering import prepared
from jixiao.rdf.code_lists import CODES, TERMS
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import PREFIXES
from jixiao.rdf.questions import QUESTIONS, questions
from jixiao.server.job import AnswerWriter, Job
from jixiao.server.pages.context import PageContext
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot
from jixiao.store.store import COMPARISON

# All documents have much the same classes and properties: a few are enough, at any size of a store.
_SAMPLE = 8
_CLASSES = "SELECT DISTINCT ?class { GRAPH ?graph { ?thing a ?class } FILTER(ISIRI(?class)) }"
_PROPERTIES = "SELECT DISTINCT ?property { GRAPH ?graph { ?thing ?property ?value } }"


def send_terms(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
    """Send the classes, properties, prefixes and example queries as JSON."""
    writer.head("application/json")
    context = PageContext(snapshot, job)
    writer.write(snapshot.cached(("editor", job.lang), lambda: _terms(context)))


def _terms(context: PageContext) -> bytes:
    examples = [
        {
            "name": question.name,
            "title": f"{question.head.id} {question.head.title.in_language(context.job.lang)}",
            "text": prepared(question.name, {}).text,
        }
        for question in sorted(questions(), key=lambda question: question.head.id)
    ]
    documents = context.store.documents()[:_SAMPLE]
    names = [CODES, TERMS, QUESTIONS, COMPARISON]
    names += [graph for document in documents for graph in graphs(document)]
    return msgspec.json.encode(
        {
            "classes": sorted(term for (term,) in context.rows(_CLASSES, names)),
            "properties": sorted(term for (term,) in context.rows(_PROPERTIES, names)),
            "prefixes": PREFIXES,
            "examples": examples,
        }
    )
