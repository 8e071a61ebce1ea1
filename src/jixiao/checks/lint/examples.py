"""Tries rules on their examples: one that must be found, and one that must not."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment
from pyoxigraph import Quad, RdfFormat, parse

from jixiao.checks.catalogue import rules
from jixiao.checks.lint.faults import Faults
from jixiao.checks.rule_files import Example, QuestionExample, RuleFile
from jixiao.checks.run import check_quads
from jixiao.config import Entry, folder
from jixiao.config.toml_files import TomlError, convert, merged
from jixiao.extraction import read
from jixiao.model.answer import Answer
from jixiao.model.record import Record
from jixiao.rdf.iris import document_iri, graphs, indicator_iris, project_iris
from jixiao.rdf.mapping import quads
from jixiao.rdf.rdflib_graph import graph

_YEAR = 2024
Ask = Callable[..., Answer]  # what answers questions belongs to a later stage


def check_examples(files: list[Entry], faults: Faults) -> None:
    """Note the rules in the short form whose examples are not found, or found, as they say.

    All examples are projects of one document: they are read and checked at once.
    """
    tried = list[tuple[Entry, RuleFile, bool]]()
    for file in files:
        try:
            rule = convert(merged(file), RuleFile)
        except TomlError:
            continue
        tried += [(file, rule, True), (file, rule, False)]
    if not tried:
        return
    examples = [rule.fails if fails else rule.passes for _, rule, fails in tried]
    record = document(examples)
    if len(record.projects) != len(tried):
        for (file, rule, _), example in zip(tried, examples, strict=True):
            if len(document([example]).projects) != 1:
                faults.add(file, 1, "example-unread", rule=rule.code)
        return
    found = _found(record)
    for (file, rule, fails), codes in zip(tried, found, strict=True):
        if (rule.code in codes) != fails:
            name = "fails" if fails else "passes"
            line = merged(file).locate((name,))[1]
            faults.add(file, line, f"example-{name}", rule=rule.code)


def _found(record: Record) -> list[set[str]]:
    """Return the codes of what is found in each project."""
    owners = dict[str, int]()
    projects, indicators = project_iris(record), indicator_iris(record)
    for number, project in enumerate(record.projects):
        iri = projects[project.id]
        owners[iri] = number
        owners |= dict.fromkeys(indicators[project.id], number)
        owners |= {f"{iri}/goal/{at}": number for at, _ in enumerate(project.goals, 1)}
    codes = [set[str]() for _ in record.projects]
    for finding in check_quads(quads(record), profile="default").findings:
        if finding.focus in owners and finding.outcome == "failed":
            codes[owners[finding.focus]].add(finding.code)
    return codes


def document(examples: list[Example]) -> Record:
    """Return the record of a document that states the examples, a project each."""
    template = (folder("shapes") / "examples" / "document.html").read_text()
    text = Environment(autoescape=True).from_string(template).render(year=_YEAR, examples=examples)
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "examples.html"
        file.write_text(text, encoding="utf-8")
        return read(file)


def check_questions(files: list[Entry], ask: Ask, faults: Faults) -> None:
    """Note the questions whose answers are not what their examples say."""
    for file in files:
        example = convert(merged(file), QuestionExample)
        name = file.name.removesuffix(".toml")
        answer = ask(graph(document(list(example.projects))), name, **example.parameters)
        rows = [tuple("" if cell is None else str(cell) for cell in row) for row in answer.rows]
        if rows != list(example.rows):
            line = merged(file).locate(("rows",))[1]
            given = "; ".join(", ".join(row) for row in rows)
            faults.add(file, line, "example-rows", name=name, given=given or "-")


def check_layouts(files: list[Path], faults: Faults) -> None:
    """Note the layouts that do not read the document of their name."""
    for file in files:
        record = read(file)
        layouts = {project.layout.name for project in record.projects if project.layout}
        if file.stem not in layouts:
            taken = ", ".join(sorted(layouts)) or "-"
            faults.add(file, 1, "example-layout", name=file.stem, taken=taken)


def check_graphs(files: list[Path], faults: Faults) -> None:
    """Note the rules in Turtle whose examples (`shapes/examples/CODE/*.ttl`) do not hold.

    As in `tests/shapes`, `invalid.ttl` must give a finding of its code, `valid.ttl` none.
    """
    for file in files:
        code = file.parent.name
        if code not in rules():
            faults.add(file, 1, "example-of-none", rule=code)
            continue
        facts = graphs(document_iri("0" * 64))[0]
        triples = parse(file.read_bytes(), RdfFormat.TURTLE)
        report = check_quads(
            [Quad(t.subject, t.predicate, t.object, facts) for t in triples], profile="default"
        )
        found = any(finding.code == code for finding in report.findings)
        if found != (file.stem == "invalid"):
            kind = "fails" if file.stem == "invalid" else "passes"
            faults.add(file, 1, f"example-{kind}", rule=code)
