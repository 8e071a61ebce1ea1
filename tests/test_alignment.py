from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from jixiao.extraction.narrative.alignment import align
from jixiao.model.record import Project, Record


def _projects(julu: Record) -> list[Project]:
    """The projects without the amounts of the prose: what the tables alone say."""
    return [
        Project(
            **{
                field: getattr(project, field)
                for field in project.__struct_fields__
                if field != "amounts"
            },
            amounts=tuple(a for a in project.amounts if a.source != "prose"),
        )
        for project in julu.projects
    ]


def _named(julu: Record) -> list[tuple[str, Decimal, int]]:
    found = [(p.amounts[0].name or "", p.amounts[0].yuan, n) for n, p in enumerate(julu.projects)]
    return sorted(found)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_order_does_not_decide(julu: Record, data: st.DataObject) -> None:
    named = data.draw(st.permutations(_named(julu)))
    pairs = align([(name, yuan) for name, yuan, _ in named], _projects(julu))
    assert {named[pair.amount][2]: pair.project for pair in pairs} == {n: n for n in range(23)}


def test_the_amount_decides_between_names_that_are_as_like(julu: Record) -> None:
    hotline, foreign = _projects(julu)[8], _projects(julu)[9]  # total costs of 5 and 2 万元
    for projects in permutations([hotline, foreign]):
        pairs = align([("某项经费", Decimal(20000))], projects)
        assert projects[pairs[0].project] is foreign
        assert pairs[0].why.evidence == ("= 2万元",)
        assert pairs[0].why.decided_by == "amount"


def test_what_has_no_evidence_is_not_paired(julu: Record) -> None:
    pairs = align([("XYZ", Decimal(1))], _projects(julu)[:1])
    assert pairs == []


def test_more_amounts_than_projects(julu: Record) -> None:
    named = [(name, yuan) for name, yuan, _ in _named(julu)]
    pairs = align(named, _projects(julu)[:3])
    assert sorted(pair.project for pair in pairs) == [0, 1, 2]
    assert all(named[pair.amount][0].startswith(julu.projects[pair.project].amounts[0].name or "")
               for pair in pairs)  # fmt: skip
