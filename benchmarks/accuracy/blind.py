"""Replaces header words and labels by nonsense, and tells how forms are read then.

python -m benchmarks.accuracy.blind [FOLDER] [--formats html] [--all]

Each header cell of each block of indicators is replaced alone, then all of a form at once; then
each label of a form's head alone. A form is read as before if the fields of its indicators (of
the head: names, goals, amounts too) are those of the untouched form. A difference is told if the
indicator has a confidence below 1, or a problem is about a column of its table, or the text that
is missing is quoted by a problem, listed as unread, or kept under the words of its own label.
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.accuracy.compare import FIELDS, compare
from benchmarks.accuracy.reading import Place, indicator_blocks, opened, record_of, with_texts
from benchmarks.accuracy.truth import Known, corpus
from jixiao.documents.model import DocumentContent, Table
from jixiao.extraction.ledger import Ledger
from jixiao.model.record import Goal, Indicator, Other, Record
from jixiao.text import fold, squeeze

NONSENSE = "龘靐齉爩鱻麤灪厵蠿虋讞钃纞爨龖鸞"  # no word that is read has one of them
WILD = Path(__file__).parents[2] / "tests" / "data" / "wild" / "forms"


@dataclass(slots=True)
class Blind:
    """How often a form was read as before, how often the difference was told, and the rest."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])

    @property
    def count(self) -> int:
        """How many words were replaced."""
        return self.outcomes.total()

    def share(self, *outcomes: str) -> float:
        """Return the share of some outcomes."""
        return sum(self.outcomes[name] for name in outcomes) / self.count if self.count else 1.0


def nonsense(text: str) -> str:
    """Return nonsense as long as a text, the same for the same text."""
    at = zlib.crc32(text.encode())
    return "".join(NONSENSE[(at >> (k % 6) * 4) % len(NONSENSE)] for k in range(len(text)))


def header_cells(content: DocumentContent, record: Record) -> dict[Place, str]:
    """Return the header cells of all blocks of indicators, with their words."""
    found = dict[Place, str]()
    for block in indicator_blocks(content, record.document.fiscal_year):
        for row in block.table.grid[block.top : block.body]:
            for cell in row:
                if cell and squeeze(cell.text.text) and cell.text.text != block.side:
                    place = (block.table.number, *block.table.position(cell))
                    found[place] = cell.text.text
    return found


def label_cells(content: DocumentContent, record: Record, ledger: Ledger) -> dict[Place, str]:
    """Return the labels of the heads of forms, with their words."""
    rows = {
        (block.table.number, block.table.position(cell)[0])
        for block in indicator_blocks(content, record.document.fiscal_year)
        for row in block.table.grid[block.top : block.end]
        for cell in row
        if cell
    }
    forms = {i.where.table for i in indicators_of(record)}
    return {
        (table.number, *table.position(cell)): cell.text.text
        for table in content.blocks
        if isinstance(table, Table) and table.number in forms
        for row in table.grid
        for cell in row
        if cell and squeeze(cell.text.text)
        if ledger.cells.get((table.number, *table.position(cell))) == "label"
        if (table.number, table.position(cell)[0]) not in rows
    }


def indicators_of(record: Record) -> list[Indicator]:
    """Return all indicators of a record, whoever's they are."""
    goals = [g for g in (record.overall_goal, *record.goals) if g]
    goals += [goal for project in record.projects for goal in project.goals]
    return [
        *(i for goal in goals for i in goal.indicators),
        *(i for project in record.projects for i in project.indicators),
    ]


def differences(before: Record, after: Record) -> Iterator[tuple[str, bool]]:
    """Yield each difference between the indicators of two records, and whether it is told."""
    told, kept = told_by(after), kept_by(after)
    doubted = {p.where.table for p in after.problems if p.where and "column" in p.code}
    left = indicators_of(after)
    for was in indicators_of(before):
        same = [i for i in left if i.level3 == was.level3]
        now = next((i for i in same if _fields(i) == _fields(was)), same[0] if same else None)
        if now is None:
            yield f"{was.level3} is lost", fold(was.level3) in told
            continue
        left.remove(now)
        doubtful = now.confidence < 1 or now.where.table in doubted
        for name, text in _fields(was).items():
            got = _fields(now)[name]
            if got != text:
                quoted = not got and (fold(text) in told or fold(text) in kept)
                yield f"{was.level3}: {name} is {got!r}, was {text!r}", doubtful or quoted
    for more in left:
        doubtful = more.confidence < 1 or more.where.table in doubted
        yield f"{more.level3} is invented", doubtful


def head_differences(before: Record, after: Record) -> Iterator[tuple[str, bool]]:
    """Yield each difference between the heads of the forms of two records, and whether told."""
    told, kept = told_by(after) + kept_by(after), Counter(_facts(after))
    doubted = any(p.code == "uncertain-subject" for p in after.problems)
    for fact, count in Counter(_facts(before)).items():
        if kept[fact] < count:
            kind, text = fact
            yield f"{kind} {text!r} is lost", doubted or fold(text) in told
    lost = "".join(fold(text) for _, text in _facts(before))
    for fact, count in (kept - Counter(_facts(before))).items():
        kind, text = fact
        if count and kind != "amount":  # that under another label is the same money
            of_a_problem = bool(text) and fold(text) in told_by(after)
            yield f"{kind} {text!r} is invented", doubted or of_a_problem or fold(text) in lost


def told_by(record: Record) -> str:
    """Return all that a record says it has not read, or not with certainty."""
    return fold(msgspec.json.encode([record.problems, record.unread]).decode())


def kept_by(record: Record) -> str:
    """Return what a record keeps under the words of its own labels."""
    others = list[Other]()
    for project in record.projects:
        others += project.other
        others += (other for goal in project.goals for other in goal.other)
    for goal in (record.overall_goal, *record.goals):
        others += goal.other if goal else ()
    others += (other for indicator in indicators_of(record) for other in indicator.other)
    return fold("\n".join(other.text for other in others))


def _fields(indicator: Indicator) -> dict[str, str]:
    fields = {name: fold(str(getattr(indicator, name) or "")) for name in FIELDS}
    return fields | {"recipients": ";".join(fold(r.value) for r in indicator.recipients)}


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    for project in record.projects:
        yield "name", project.name
        yield from _goal_facts(project.goals)
        yield from (("amount", amount.text) for amount in project.amounts)
    yield from _goal_facts(g for g in (record.overall_goal, *record.goals) if g)


def _goal_facts(goals: Iterable[Goal]) -> Iterator[tuple[str, str]]:
    for goal in goals:
        yield from (("goal", text) for text in (goal.text, goal.achieved) if text)
        yield from (("amount", amount.text) for amount in goal.amounts)


def one_by_one(documents: Iterable[Known], *, labels: bool = False) -> Blind:
    """Replace each header cell alone, or each label of a head, and compare with the untouched."""
    total = Blind()
    for known in documents:
        content, ledger = opened(known.file), Ledger()
        before = record_of(content, ledger)
        words = label_cells(content, before, ledger) if labels else header_cells(content, before)
        for place, text in sorted(words.items()):
            after = record_of(with_texts(content, {place: nonsense(text)}))
            found = list(differences(before, after))
            if labels:
                found += head_differences(before, after)
            silent = [told for told, known_of in found if not known_of]
            outcome = "silent" if silent else "told" if found else "same"
            total.outcomes[outcome] += 1
            total.faults += [
                f"{outcome}: {known.name}: {text}: {told}" for told, _ in found if told
            ]
    return total


def all_at_once(documents: Iterable[Known]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Replace all header cells of each form; return what is due, right and silent then."""
    due, right, silent = Counter[str](), Counter[str](), Counter[str]()
    for known in documents:
        content = opened(known.file)
        words = header_cells(content, record_of(content))
        if not words:
            continue
        blind = {place: nonsense(text) for place, text in words.items()}
        found = compare(known.truth, record_of(with_texts(content, blind)))
        due += found.due
        right += found.right
        silent.update(fault.partition(" of ")[0].split(":")[0] for fault in found.silent)
    return due, right, silent


def main() -> None:
    """Blind, read and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=WILD)
    parser.add_argument("--formats", default="html")
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true", help="print told differences too")
    given = parser.parse_args()
    documents = list(corpus([given.folder], given.formats.split(","), given.only))
    print("| replaced | words | as before | told | silent |")
    print("|---|---|---|---|---|")
    faults = list[str]()
    for name, labels in (("one header", False), ("one label of the head", True)):
        found = one_by_one(documents, labels=labels)
        shares = [f"{found.outcomes[o]} ({found.share(o):.1%})" for o in ("same", "told", "silent")]
        print(f"| {name} | {found.count} |", " | ".join(shares), "|", flush=True)
        faults += found.faults
    due, right, silent = all_at_once(documents)
    print()
    print("All headers of each form at once, against the truth:\n")
    for name in ("indicators", *FIELDS):
        if due[name]:
            print(f"- {name}: {right[name]} of {due[name]} ({right[name] / due[name]:.1%})")
    print(f"- silent: {dict(silent)}")
    print()
    for fault in faults:
        if given.all or fault.startswith("silent"):
            print(fault)


if __name__ == "__main__":
    main()
