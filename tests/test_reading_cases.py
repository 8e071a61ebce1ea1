"""Small inputs, each of one kind of fault that readers of forms have had, and what is right.

`tests/data/reading/right.txt` has the right reading of each. The words in the inputs are those of
one county; the next writes others: what is tested is the kind.
"""

import re
from pathlib import Path

import pytest

import jixiao
from jixiao.extraction import read
from jixiao.model.record import Amount, Indicator, Record

CASES = Path(__file__).parent / "data" / "reading"
FAILING = {
    "28-two-levels-only.html": "the column 绩效标准 is read as the basis of the value",
    "51-report-in-prose.html": "what was planned in one sentence is not joined to what was built",
}
_FIELDS = ("description", "scope", "actual", "weight", "score", "deviation")


def cases() -> list[object]:
    text = (CASES / "right.txt").read_text(encoding="utf-8")
    parts = re.split(r"^\[(.+)\]$", text, flags=re.MULTILINE)[1:]
    return [
        pytest.param(
            name,
            right.strip().splitlines(),
            id=name,
            marks=[pytest.mark.xfail(strict=True, reason=FAILING[name])] if name in FAILING else [],
        )
        for name, right in zip(parts[::2], parts[1::2], strict=True)
    ]


def said(record: Record) -> list[str]:
    """Return what a record says, a line a fact."""
    document, region = record.document, record.document.region
    where = region.code if region else "-"
    said_of = (document.kind, document.department or "-", document.fiscal_year or "-", where)
    facts = [f"document {' | '.join(map(str, said_of))}", f"body {document.body_kind or '-'}"]
    for goal in (g for g in (record.overall_goal, *record.goals) if g):
        facts.append(f"department {goal.text or '-'}")
        facts += [*map(_amount, goal.amounts), *map(_indicator, goal.indicators)]
    for project in record.projects:
        facts.append(f"{project.subject} {project.name or '-'}")
        facts += [
            f"goal {goal.text}" + (f" | achieved {goal.achieved}" if goal.achieved else "")
            for goal in project.goals
        ]
        facts += [*map(_amount, project.amounts), *map(_indicator, project.indicators)]
    return facts + [
        f"statement {s.kind} | {s.title} | {s.unit} | {len(s.rows)} rows" for s in record.statements
    ]


def _amount(amount: Amount) -> str:
    yuan = f"{amount.yuan.normalize():f}"
    return " ".join(filter(None, ["amount", yuan, amount.scope, amount.stage, amount.fund]))


def _indicator(indicator: Indicator) -> str:
    levels = "/".join((indicator.level1, indicator.level2, indicator.level3))
    parts = [f"indicator {levels}", indicator.value or "-"]
    parts += [f"{name} {getattr(indicator, name)}" for name in _FIELDS if getattr(indicator, name)]
    if indicator.target and indicator.target.unit:
        parts.append(f"{indicator.target.comparator} {indicator.target.unit}")
    parts += [f"{recipient.name} {recipient.value}" for recipient in indicator.recipients]
    return " | ".join(parts)


@pytest.mark.parametrize(("name", "right"), cases())
def test_a_case_is_read_right(name: str, right: list[str]) -> None:
    facts = said(read(CASES / name))
    kinds = {line.split()[0] for line in right}
    facts += [f"{kind} none" for kind in kinds if not any(f.startswith(kind) for f in facts)]
    assert sorted(fact for fact in facts if fact.split()[0] in kinds) == sorted(right)


def test_a_row_that_a_page_cuts_is_one_indicator() -> None:
    (project,) = read(CASES / "35-page-cut-row.pdf").projects
    assert len(project.indicators) == 53
    cut = project.indicators[-2]
    assert cut.level3 == "参与旅游扶贫项目的贫困群众对项目实施情况的满意度"
    assert cut.value == "≥90%"


@pytest.mark.parametrize(
    "name", ["26-prose-and-form-are-two-projects", "33-rounding-is-no-error",
             "53-truncated-text-is-no-error"],
)  # fmt: skip
def test_a_right_paper_is_not_accused(name: str) -> None:
    report = jixiao.check(CASES / f"{name}.html")
    accused = {f.code for f in report.findings if f.severity == "error"}
    assert not accused & {"C01", "S-project", "X09"}
