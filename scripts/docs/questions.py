"""Writes `docs/questions.md` from the heads of `queries/`.

python -m scripts.docs.questions
"""

from pathlib import Path

from jixiao.rdf.questions import Question, questions

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"


def write(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the table of the questions with their parameters, in the order of their numbers."""
    lines = ["# 问题 / Questions", "", "| no. | name | answers | parameters | chart |"]
    lines.append("|---|---|---|---|---|")
    lines += [_row(question) for question in sorted(questions(), key=_number)]
    return "\n".join(lines) + "\n"


def _number(question: Question) -> tuple[str, int]:
    letters = question.head.id.rstrip("0123456789")
    return letters, int(question.head.id.removeprefix(letters))


def _row(question: Question) -> str:
    head = question.head
    title = f"{head.title.zh}<br>{head.title.en}"
    parameters = "<br>".join(
        f"`{name}={parameter.default}` {parameter.zh} / {parameter.en}"
        for name, parameter in head.parameters.items()
    )
    link = f"[`{question.name}`](../queries/{question.name}.rq)"
    return f"| {head.id} | {link} | {title} | {parameters} | {'✓' if head.chart else ''} |"


if __name__ == "__main__":
    write()
