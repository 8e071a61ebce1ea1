"""The pages that ask the shipped questions, and what the editor knows of them."""

import csv
import io
import re
from urllib.parse import urlencode

import msgspec

from jixiao.model.answer import Answer
from jixiao.queries.answering import prepared, rows, serialised, solve
from jixiao.queries.catalogue import question
from jixiao.rdf.code_lists import CODES, TERMS
from jixiao.rdf.iris import graphs
from jixiao.rdf.namespaces import PREFIXES
from jixiao.rdf.questions import QUESTIONS, Question, questions
from jixiao.server.limits import Limits
from jixiao.server.pages.context import PageContext
from jixiao.server.problems import Problem
from jixiao.server.workers.frames import Out
from jixiao.server.workers.worker import Job, StoreSnapshot
from jixiao.store.store import COMPARISON

Page = tuple[str, dict[str, object]]
_MOST = 500  # rows that are shown; the CSV has them all
_SAMPLED = 8  # documents whose terms the editor knows
_CLASSES = "SELECT DISTINCT ?class { GRAPH ?graph { ?thing a ?class } FILTER(ISIRI(?class)) }"
_PROPERTIES = "SELECT DISTINCT ?property { GRAPH ?graph { ?thing ?property ?value } }"
_TYPES = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml"}


def question_list(look: PageContext) -> Page:
    """Return the questions."""
    return "questions.html", {"title": "", "questions": questions()}


def asked(look: PageContext) -> Page:
    """Return a question; its answer may take long and comes after."""
    found = _question(look.job.path)
    given = _given(found, look.job)
    text = prepared(found.name, given).text
    return _shown(
        look, found, {"answer": None, "given": given, **_places(look, found, given, text)}
    )


def answer(look: PageContext) -> Page:
    """Return a question with its answer."""
    found = _question(look.job.path)
    return _shown(look, found, answered(look, found, _given(found, look.job)))


def _shown(look: PageContext, found: Question, values: dict[str, object]) -> Page:
    title = found.head.title.in_language(look.job.lang)
    return "question.html", {"title": title, "question": found, **values}


def _question(name: str) -> Question:
    if name not in {known.name for known in questions()}:
        raise Problem("not-found", what=name)
    return question(name)


def _given(found: Question, job: Job) -> dict[str, str]:
    """Return what the address says of a question's parameters; several values are a list."""
    return {
        name: " ".join(job.values[name]) for name in found.head.parameters if name in job.values
    }


def answered(look: PageContext, found: Question, given: dict[str, str]) -> dict[str, object]:
    """Return the answer to a question, as much of it as is shown, and where all of it is."""
    text, answer, count = _known(look, found, given)
    places = _places(look, found, given, text)
    return {"given": given, "answer": answer, "count": count, "most": _MOST, **places}


def _places(
    look: PageContext, found: Question, given: dict[str, str], text: str
) -> dict[str, object]:
    """Return where an answer is: as a page, a table, a chart, and in the editor."""
    query = urlencode(given)
    address = f"{look.job.root}/question/{found.name}"
    return {
        "page": f"{look.job.root}/answer/{found.name}?{query}",
        "csv": f"{address}.csv?{query}",
        "chart": f"{address}.svg?{query}&lang={look.job.lang}" if found.head.chart else "",
        "sparql": f"/editor?{urlencode({'query': text})}",
    }


def _known(look: PageContext, found: Question, given: dict[str, str]) -> tuple[str, Answer, int]:
    """Return a question's text, its first rows and how many there are; kept as it is asked most."""

    def solved() -> tuple[str, Answer, int]:
        ready = prepared(found.name, given)
        answer = rows(solve(look.store, ready))
        return ready.text, Answer(answer.columns, answer.rows[:_MOST]), len(answer.rows)

    usual = all(
        given[name] == of.default for name, of in found.head.parameters.items() if name in given
    )
    return look.held.once(("answer", found.name), solved) if usual else solved()


def file(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out the answer to a question as CSV, or as its chart."""
    name, _, kind = job.path.rpartition(".")
    found = _question(name)
    ready = prepared(name, _given(found, job))
    if kind == "csv":
        out.head(
            "text/csv; charset=utf-8", content_disposition=f'attachment; filename="{name}.csv"'
        )
        out.write(b"\xef\xbb\xbf")  # so that spreadsheets take it for UTF-8
        out.write(_harmless(serialised(solve(held.store, ready), "csv")))
        return
    if kind not in ("png", "svg") or not found.head.chart:
        raise Problem("not-found", what=job.path)
    from jixiao.queries.charts import draw

    def drawn() -> bytes:
        return draw(ready.question, rows(solve(held.store, ready)), kind, job.lang)

    out.head(_TYPES[kind])
    out.write(held.once(("chart", msgspec.json.encode(job)), drawn))


def _harmless(table: bytes) -> bytes:
    """Return a CSV whose texts no spreadsheet takes for formulas: they are strangers' words."""
    read = list(csv.reader(io.StringIO(table.decode(), newline="")))
    told = io.StringIO(newline="")
    csv.writer(told, lineterminator="\r\n").writerows([_text(c) for c in row] for row in read)
    return told.getvalue().encode()


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?", cell) is not None


def known(held: StoreSnapshot, job: Job, out: Out, limits: Limits) -> None:
    """Give out what the editor completes and offers: the store's own terms, and the questions."""
    out.head("application/json")
    out.write(held.once(("known", job.lang), lambda: _offered(PageContext(held, job))))


def _offered(look: PageContext) -> bytes:
    examples = [
        {
            "name": one.name,
            "title": f"{one.head.id} {one.head.title.in_language(look.job.lang)}",
            "text": prepared(one.name, {}).text,
        }
        for one in sorted(questions(), key=lambda one: one.head.id)
    ]
    return msgspec.json.encode({**_terms(look), "prefixes": PREFIXES, "examples": examples})


def _terms(look: PageContext) -> dict[str, list[str]]:
    """Return the classes and properties of the code lists and of a few documents."""
    of_documents = [g for d in look.store.documents()[:_SAMPLED] for g in graphs(d)]
    names = [CODES, TERMS, QUESTIONS, COMPARISON, *of_documents]
    return {
        "classes": sorted(term for (term,) in look.rows(_CLASSES, names)),
        "properties": sorted(term for (term,) in look.rows(_PROPERTIES, names)),
    }
