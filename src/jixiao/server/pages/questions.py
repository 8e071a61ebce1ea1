"""The shipped questions: their list, the form and answer of one, the answer as CSV or chart."""

import csv
import io
import re
from urllib.parse import urlencode

import msgspec

from jixiao.model.answer import Answer
from jixiao.queries.answering import prepared, rows, serialised, solve
from jixiao.queries.catalogue import question
from jixiao.rdf.questions import Question, questions
from jixiao.server.job import AnswerWriter, Job
from jixiao.server.pages.context import Page, PageContext
from jixiao.server.problems import Problem
from jixiao.server.settings import Limits
from jixiao.server.snapshot import StoreSnapshot

_MAX_ROWS = 500  # on a page; the CSV has them all
_TYPES = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml"}


def question_list(context: PageContext) -> Page:
    """Return the list of questions."""
    return "questions.html", {"title": "", "questions": questions()}


def question_form(context: PageContext) -> Page:
    """Return the page of a question; a script then loads the answer, which may take long."""
    entry = _question(context.job.path)
    given = _parameters(entry, context.job)
    text = prepared(entry.name, given).text
    values = {"answer": None, "given": given, **_links(context, entry, given, text)}
    return _page(context, entry, values)


def question_answer(context: PageContext) -> Page:
    """Return the page of a question with its answer."""
    entry = _question(context.job.path)
    return _page(context, entry, answer(context, entry, _parameters(entry, context.job)))


def _page(context: PageContext, entry: Question, values: dict[str, object]) -> Page:
    title = entry.head.title.in_language(context.job.lang)
    return "question.html", {"title": title, "question": entry, **values}


def _question(name: str) -> Question:
    if name not in {entry.name for entry in questions()}:
        raise Problem("not-found", what=name)
    return question(name)


def _parameters(entry: Question, job: Job) -> dict[str, str]:
    """Return the parameters of a question that the address gives; several values are a list."""
    return {
        name: " ".join(job.values[name]) for name in entry.head.parameters if name in job.values
    }


def answer(context: PageContext, entry: Question, given: dict[str, str]) -> dict[str, object]:
    """Return the answer to a question as the templates show it.

    Args:
        context: The page.
        entry: The question.
        given: Its parameters; those that are missing have their defaults.

    Returns:
        The first rows (`answer`), their number (`count`), the most that are shown (`most`), and the
        addresses of the whole answer.

    """
    text, first_rows, count = _answer(context, entry, given)
    links = _links(context, entry, given, text)
    return {"given": given, "answer": first_rows, "count": count, "most": _MAX_ROWS, **links}


def _links(
    context: PageContext, entry: Question, given: dict[str, str], text: str
) -> dict[str, object]:
    """Return the addresses of an answer: as a page, a table, a chart, and in the editor."""
    query = urlencode(given)
    address = f"{context.job.root}/question/{entry.name}"
    return {
        "page": f"{context.job.root}/answer/{entry.name}?{query}",
        "csv": f"{address}.csv?{query}",
        "chart": f"{address}.svg?{query}&lang={context.job.lang}" if entry.head.chart else "",
        "sparql": f"/editor?{urlencode({'query': text})}",
    }


def _answer(
    context: PageContext, entry: Question, given: dict[str, str]
) -> tuple[str, Answer, int]:
    """Return the text of a question, its first rows and the number of all rows."""

    def solved() -> tuple[str, Answer, int]:
        query = prepared(entry.name, given)
        table = rows(solve(context.store, query))
        return query.text, Answer(table.columns, table.rows[:_MAX_ROWS]), len(table.rows)

    # Only the answer to the defaults is cached: most visitors ask for it, and parameters are many.
    is_default = all(
        given[name] == parameter.default
        for name, parameter in entry.head.parameters.items()
        if name in given
    )
    return context.snapshot.cached(("answer", entry.name), solved) if is_default else solved()


def send_answer_file(
    snapshot: StoreSnapshot, job: Job, writer: AnswerWriter, limits: Limits
) -> None:
    """Send the answer to a question as CSV or as its chart."""
    name, _, suffix = job.path.rpartition(".")
    entry = _question(name)
    query = prepared(name, _parameters(entry, job))
    if suffix == "csv":
        disposition = f'attachment; filename="{name}.csv"'
        writer.head("text/csv; charset=utf-8", content_disposition=disposition)
        writer.write(b"\xef\xbb\xbf")  # without this mark Excel does not read UTF-8
        writer.write(_without_formulas(serialised(solve(snapshot.store, query), "csv")))
        return
    if suffix not in ("png", "svg") or not entry.head.chart:
        raise Problem("not-found", what=job.path)
    # Imported late: the charts are an extra and take long to load.
    from jixiao.queries.charts import draw

    def chart() -> bytes:
        return draw(query.question, rows(solve(snapshot.store, query)), suffix, job.lang)

    writer.head(_TYPES[suffix])
    writer.write(snapshot.cached(("chart", msgspec.json.encode(job)), chart))


def _without_formulas(table: bytes) -> bytes:
    """Return a CSV in which a spreadsheet takes no text for a formula.

    The texts come from documents of strangers: a cell `=HYPERLINK(…)` would run when it is opened.
    https://owasp.org/www-community/attacks/CSV_Injection
    """
    cells = csv.reader(io.StringIO(table.decode(), newline=""))
    escaped = io.StringIO(newline="")
    writer = csv.writer(escaped, lineterminator="\r\n")
    writer.writerows([_escaped(cell) for cell in row] for row in cells)
    return escaped.getvalue().encode()


def _escaped(cell: str) -> str:
    is_number = re.fullmatch(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?", cell)
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) and not is_number else cell
