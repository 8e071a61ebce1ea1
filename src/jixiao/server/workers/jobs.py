"""What a worker can be asked for, by name."""

import gc
from collections.abc import Callable

import msgspec

from jixiao.checks.catalogue import rules
from jixiao.rdf.questions import questions
from jixiao.server.limits import Limits
from jixiao.server.pages import answers, compare, evidence, lists, things
from jixiao.server.pages.context import PageContext
from jixiao.server.pages.rendering import compile_templates, rendered
from jixiao.server.sparql import graphs, results
from jixiao.server.workers.frames import Out
from jixiao.server.workers.worker import Job, StoreSnapshot

Duty = Callable[[StoreSnapshot, Job, Out, Limits], None]
Page = tuple[str, dict[str, object]]


def _page(view: Callable[[PageContext], Page]) -> Duty:
    """Return the job that makes a page."""

    def answer(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
        def made() -> bytes:
            look = PageContext(held, job)
            template, values = view(look)
            return rendered(template, job.lang, job.root, link=look.link, **values).encode()

        page = held.once(("page", msgspec.json.encode(job)), made)
        out.head("text/html; charset=utf-8")
        out.write(page)

    return answer


def prepare() -> None:
    """Read in what no page should wait for: rules, questions, templates."""
    rules()
    questions()
    compile_templates()
    gc.freeze()  # what stays is not looked through again and again


JOBS: dict[str, Duty] = {
    "sparql": results.answer,
    "graph": graphs.graph,
    "thing-data": graphs.thing,
    "whole": graphs.whole,
    "described": graphs.described,
    "service": graphs.service,
    "picture": evidence.picture,
    "answer-file": answers.file,
    "known": answers.known,
    "overview": _page(lists.overview),
    "departments": _page(lists.departments),
    "search": _page(lists.search),
    "rules": _page(lists.rule_list),
    "rule": _page(lists.rule),
    "thing": _page(things.thing),
    "printed": _page(things.printed),
    "questions": _page(answers.question_list),
    "question": _page(answers.asked),
    "answer": _page(answers.answer),
    "compare": _page(compare.compare),
}
