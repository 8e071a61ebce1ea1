"""The table of handlers, one for each kind of job, and the main function of a worker process.

This module stands above the pages and above the worker loop, so that neither imports the other.
"""

import gc
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from jixiao.checks.catalogue import rules
from jixiao.logs import LogSettings, configure
from jixiao.rdf.questions import questions
from jixiao.server.job import AnswerWriter, Job
from jixiao.server.pages import (
    compare,
    departments,
    editor,
    evidence,
    overview,
    printed_value,
    search,
    thing,
)
from jixiao.server.pages import questions as question_pages
from jixiao.server.pages import rules as rule_pages
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.pages.rendering import compile_templates, render
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot
from jixiao.server.sparql import graphs, results
from jixiao.server.workers.worker import Handler, run_worker


def worker_main(connection: socket.socket, folder: Path, limits: Limits, log: LogSettings) -> None:
    """Run a worker process, which logs as the server does; see `run_worker`."""
    if log != LogSettings():  # else faults are printed by Python's handler of last resort
        configure(log)
    run_worker(connection, folder, limits, HANDLERS, prepare)


def prepare() -> None:
    """Load what no page should wait for: rules, questions, templates."""
    rules()
    questions()
    compile_templates()
    gc.freeze()  # these objects stay for ever: each collection would walk over them in vain


def _page(view: Callable[[PageContext], Page]) -> Handler:
    """Return the handler that renders a page."""

    def answer(snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits) -> None:
        def html() -> bytes:
            context = PageContext(snapshot, job)
            template, values = view(context)
            return render(template, job.lang, job.root, link=context.link, **values).encode()

        page = snapshot.cached(("page", msgspec.json.encode(job)), html)
        writer.head("text/html; charset=utf-8")
        writer.write(page)

    return answer


HANDLERS: dict[str, Handler] = {
    "sparql": results.send_results,
    "graph": graphs.send_graph,
    "resource": graphs.send_resource,
    "dump": graphs.send_dump,
    "catalogue": graphs.send_catalogue,
    "service": graphs.send_service_description,
    "page-image": evidence.send_page_image,
    "answer-file": question_pages.send_answer_file,
    "editor-terms": editor.send_terms,
    "overview": _page(overview.overview),
    "departments": _page(departments.departments),
    "search": _page(search.search),
    "rules": _page(rule_pages.rule_list),
    "rule": _page(rule_pages.rule),
    "thing": _page(thing.thing),
    "printed": _page(printed_value.printed_value),
    "questions": _page(question_pages.question_list),
    "question": _page(question_pages.question_form),
    "answer": _page(question_pages.question_answer),
    "compare": _page(compare.compare),
}
