"""The pages that ask the shipped questions: each question, and the comparison of budgets."""

from urllib.parse import urlencode

import msgspec
from pyoxigraph import NamedNode

from jixiao.iris import graphs
from jixiao.ontology import CODES, TERMS
from jixiao.queries import Answer, Value, prepared, rows, serialised, solve
from jixiao.questions import QUESTIONS, Question, question, questions
from jixiao.server.frames import Out
from jixiao.server.limits import Limits
from jixiao.server.problems import Problem
from jixiao.server.views.lists import budgets
from jixiao.server.views.look import Look
from jixiao.server.worker import Held, Job
from jixiao.store import COMPARISON
from jixiao.vocabulary import PREFIXES, RDF

Shown = tuple[str, dict[str, object]]
_MOST = 500  # rows that are shown; the CSV has them all
_COMPARED = ("compared-categories", "compared-targets", "compared-clusters")
_SAMPLED = 8  # documents whose terms the editor knows
_CHOSEN = 12  # budgets that are compared side by side
_TYPES = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml"}


def question_list(look: Look) -> Shown:
    """Return the questions."""
    return "questions.html", {"title": "", "questions": questions()}


def asked(look: Look) -> Shown:
    """Return a question with its answer."""
    found = _question(look.job.path)
    return "question.html", {
        "title": getattr(found.head.title, look.job.lang),
        "question": found,
        **_answer(look, found, _given(found, look.job)),
    }


def _question(name: str) -> Question:
    if name not in {known.name for known in questions()}:
        raise Problem("not-found", what=name)
    return question(name)


def _given(found: Question, job: Job) -> dict[str, str]:
    """Return what the address says of a question's parameters; several values are a list."""
    return {
        name: " ".join(job.values[name]) for name in found.head.parameters if name in job.values
    }


def _answer(look: Look, found: Question, given: dict[str, str]) -> dict[str, object]:
    ready = prepared(found.name, given)
    answer = rows(solve(look.store, ready))
    query = urlencode(given)
    address = f"{look.job.root}/question/{found.name}"
    return {
        "given": given,
        "answer": Answer(answer.columns, answer.rows[:_MOST]),
        "count": len(answer.rows),
        "most": _MOST,
        "csv": f"{address}.csv?{query}",
        "chart": f"{address}.svg?{query}&lang={look.job.lang}" if found.head.chart else "",
        "sparql": f"/editor?{urlencode({'query': ready.text})}",
    }


def file(held: Held, job: Job, out: Out, limits: Limits) -> None:
    """Give out the answer to a question as CSV, or as its chart."""
    name, _, kind = job.path.rpartition(".")
    found = _question(name)
    ready = prepared(name, _given(found, job))
    solved = solve(held.store, ready)
    if kind == "csv":
        out.head(
            "text/csv; charset=utf-8", content_disposition=f'attachment; filename="{name}.csv"'
        )
        out.write(b"\xef\xbb\xbf")  # so that spreadsheets take it for UTF-8
        out.write(serialised(solved, "csv"))
        return
    if kind not in ("png", "svg") or not found.head.chart:
        raise Problem("not-found", what=job.path)
    from jixiao.charts import draw

    out.head(_TYPES[kind])
    out.write(draw(ready.question, rows(solved), kind, job.lang))


def known(held: Held, job: Job, out: Out, limits: Limits) -> None:
    """Give out what the editor completes and offers: the store's own terms, and the questions."""
    look = Look(held, job)
    out.head("application/json")
    terms = held.once("terms", lambda: _terms(look))
    examples = [
        {
            "name": one.name,
            "title": f"{one.head.id} {getattr(one.head.title, job.lang)}",
            "text": prepared(one.name, {}).text,
        }
        for one in sorted(questions(), key=lambda one: one.head.id)
    ]
    out.write(msgspec.json.encode({**terms, "prefixes": PREFIXES, "examples": examples}))


def _terms(look: Look) -> dict[str, list[str]]:
    """Return the classes and properties of the code lists and of a few documents."""
    names = [g for d in look.store.documents()[:_SAMPLED] for g in graphs(d)]
    classes, properties = set[str](), set[str]()
    for quad in look.store.quads([CODES, TERMS, QUESTIONS, COMPARISON, *names]):
        properties.add(quad.predicate.value)
        if quad.predicate == RDF.type and isinstance(quad.object, NamedNode):
            classes.add(quad.object.value)
    return {"classes": sorted(classes), "properties": sorted(properties)}


def compare(look: Look) -> Shown:
    """Return the budgets that are chosen side by side; all views of them have an address."""
    known = budgets(look)
    chosen = _chosen(look.job, known)
    shared = {"budgets": " ".join(budget["iri"] for budget in chosen)}
    views = {}
    if chosen:
        views = {
            name.removeprefix("compared-"): {
                "question": question(name), **_answer(look, question(name), shared)
            }
            for name in _COMPARED
        }  # fmt: skip
    asked = {n: look.job.value(n) for n in ("region", "year", "q")}
    return "compare.html", {
        "title": "",
        "offered": _offered(known, asked)[:200],
        "regions": sorted({(b["region"], b["region_name"]) for b in known if b["region"]}),
        "years": sorted({b["year"] for b in known if b["year"]}, reverse=True),
        "asked": asked,
        "chosen": chosen,
        "left_out": look.job.values.get("budget", [])[_CHOSEN:],
        "views": views,
        "matrix": _matrix(views["categories"]["answer"]) if views else None,
        "targets": _targets(views["targets"]["answer"]) if views else None,
    }


def _chosen(job: Job, known: list[dict[str, str]]) -> list[dict[str, str]]:
    by_iri = {budget["iri"]: budget for budget in known}
    return [by_iri[iri] for iri in dict.fromkeys(job.values.get("budget", [])) if iri in by_iri][
        :_CHOSEN
    ]


def _offered(known: list[dict[str, str]], asked: dict[str, str]) -> list[dict[str, str]]:
    return [
        b
        for b in known
        if asked["region"] in ("", b["region"])
        and asked["year"] in ("", b["year"])
        and asked["q"] in b["name"]
    ]


def _matrix(answer: object) -> tuple[list[str], list[tuple[str, list[tuple[int, int] | None]]]]:
    """Return the budgets, and for each category how many projects of how many have it."""
    if not isinstance(answer, Answer):
        return [], []
    cells = dict[str, dict[str, tuple[int, int]]]()
    columns = dict[str, None]()
    for name, year, _, category, having, of_all in answer.rows:
        column = f"{name} {year}"
        columns[column] = None
        cells.setdefault(str(category), {})[column] = _whole(having), _whole(of_all)
    return list(columns), [(c, [of.get(column) for column in columns]) for c, of in cells.items()]


def _targets(answer: object) -> tuple[list[str], list[tuple[str, list[int]]], int]:
    """Return the budgets, how often each has each percentage, and the most."""
    if not isinstance(answer, Answer):
        return [], [], 0
    cells, columns = dict[str, dict[str, int]](), dict[str, None]()
    for name, year, lower, count in answer.rows:
        column = f"{name} {year}"
        columns[column] = None
        cells.setdefault(str(lower), {})[column] = _whole(count)
    values = sorted(cells, key=lambda v: (-sum(cells[v].values()), v))[:12]
    most = max((n for v in values for n in cells[v].values()), default=0)
    return list(columns), [(v, [cells[v].get(c, 0) for c in columns]) for v in values], most


def _whole(value: Value) -> int:
    return int(value or 0)
