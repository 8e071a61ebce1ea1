"""The page `docs/questions.md`, made from the heads of `queries/`."""

from pathlib import Path

from jixiao.rdf.questions import Question, questions


def write(path: Path) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the table of the questions, in the order of their numbers, with their parameters."""
    lines = ["# 问题 / Questions", "", "| no. | name | answers | parameters | chart |"]
    lines.append("|---|---|---|---|---|")
    lines += [_row(question) for question in sorted(questions(), key=_number)]
    return "\n".join(lines) + "\n"


def _number(question: Question) -> tuple[str, int]:
    letters = question.head.id.rstrip("0123456789")
    return letters, int(question.head.id.removeprefix(letters))


def _row(question: Question) -> str:
    head = question.head
    said = f"{head.title.zh}<br>{head.title.en}"
    parameters = "<br>".join(
        f"`{name}={known.default}` {known.zh} / {known.en}"
        for name, known in head.parameters.items()
    )
    link = f"[`{question.name}`](../queries/{question.name}.rq)"
    return f"| {head.id} | {link} | {said} | {parameters} | {'✓' if head.chart else ''} |"
