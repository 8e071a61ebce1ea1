"""What a worker can be asked for, by name."""

import gc
from collections.abc import Callable

import msgspec

from jixiao.questions import questions
from jixiao.rules import rules
from jixiao.server.frames import Out
from jixiao.server.jobs import graphs, sparql
from jixiao.server.limits import Limits
from jixiao.server.rendering import compile_templates, rendered
from jixiao.server.views import asks, comparison, evidence, lists, things
from jixiao.server.views.look import Look
from jixiao.server.worker import Held, Job

Duty = Callable[[Held, Job, Out, Limits], None]
Shown = tuple[str, dict[str, object]]


def _page(view: Callable[[Look], Shown]) -> Duty:
    """Return the job that makes a page."""

    def answer(held: Held, job: Job, out: Out, limits: Limits) -> None:
        def made() -> bytes:
            look = Look(held, job)
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
    "sparql": sparql.answer,
    "graph": graphs.graph,
    "thing-data": graphs.thing,
    "whole": graphs.whole,
    "described": graphs.described,
    "service": graphs.service,
    "picture": evidence.picture,
    "answer-file": asks.file,
    "known": asks.known,
    "overview": _page(lists.overview),
    "departments": _page(lists.departments),
    "search": _page(lists.search),
    "rules": _page(lists.rule_list),
    "rule": _page(lists.rule),
    "thing": _page(things.thing),
    "printed": _page(things.printed),
    "questions": _page(asks.question_list),
    "question": _page(asks.asked),
    "answer": _page(asks.answer),
    "compare": _page(comparison.compare),
}
