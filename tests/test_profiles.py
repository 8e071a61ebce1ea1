"""Profiles decide what is asked for, how grave it is, and what it costs."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from jixiao.checks.catalogue import rules
from jixiao.checks.profiles import load, names, suiting
from jixiao.checks.run import check_quads
from jixiao.errors import UsageError
from jixiao.model.finding import Report
from jixiao.model.record import Record
from jixiao.rdf.iris import project_iris
from jixiao.rdf.mapping import quads


def reviewed(record: Record, profile: str = "auto") -> Report:
    return check_quads(quads(record), profile=profile)


def codes(report: Report, outcome: str = "failed") -> set[str]:
    return {finding.code for finding in report.findings if finding.outcome == outcome}


def test_the_shipped_profiles() -> None:
    assert {"default", "strict"} <= set(names())
    for name in names():
        profile = load(name)
        assert profile.label.zh != profile.label.en
        assert set(profile.weights) == {"error", "warning", "info"}
        assert {*profile.severity, *profile.off} <= set(rules())


def test_the_document_says_which_profile_suits_it(julu: Record) -> None:
    assert suiting({"2015"}) == "2015-scheme"
    assert suiting({"2021"}) == "2021-scheme"
    assert suiting({"2015", "2021"}) == suiting(set()) == "default"
    assert reviewed(julu).profile == load("2015-scheme").label


def test_the_scheme_of_2021_asks_for_no_cost_under_output(julu: Record) -> None:
    first, *rest = julu.projects
    kept = tuple(i for i in first.indicators if not (i.category or "").endswith(".cost"))
    record = msgspec.structs.replace(
        julu, projects=(msgspec.structs.replace(first, indicators=kept), *rest)
    )
    assert "C02" in codes(reviewed(record))
    assert "C02" not in codes(reviewed(record, "2021-scheme"))


def test_strict_is_stricter(wholly_read: Record) -> None:
    usual, strict = reviewed(wholly_read), reviewed(wholly_read, "strict")
    grave = [len([f for f in r.findings if f.severity != "info"]) for r in (usual, strict)]
    assert grave[1] > grave[0]
    assert len(strict.findings) > len(usual.findings)
    department = [next(s for s in r.scores if s.scope == "department") for r in (usual, strict)]
    assert (department[1].score or 0) < (department[0].score or 0)


def test_a_profile_of_ones_own(julu: Record, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        """label = { zh = "本县", en = "ours" }
        extends = "default"
        off = ["C05"]
        [severity]
        B03 = "error"
        [thresholds]
        large-project = 10000000
        """,
        encoding="utf-8",
    )
    report = reviewed(julu, str(file))
    assert "C05" not in codes(report) and "C05" not in {rate.code for rate in report.rates}
    assert {f.severity for f in report.findings if f.code == "B03"} == {"error"}
    assert [f.name for f in report.findings if f.code == "C08"] == ["专项运转保障经费"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("label = 3", "label"),
        ("off = [", "own.toml"),
        ("nonsense = true", "own.toml"),
        ('label = { zh = "a", en = "b" }\noff = ["B99"]', "B99"),
        ('label = { zh = "a", en = "b" }\nextends = "nobody"', "nobody"),
        ('label = { zh = "a", en = "b" }\n[thresholds]\nlarge = 1', "large"),
    ],
)
def test_a_bad_profile_is_told(julu: Record, tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        reviewed(julu, str(file))
    with pytest.raises(UsageError, match="strict"):
        reviewed(julu, "stricter")


def test_a_profile_that_names_no_other_builds_on_the_default(julu: Record, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('label = { zh = "本县", en = "ours" }', encoding="utf-8")
    assert reviewed(julu, str(file)).findings == reviewed(julu, "default").findings


def test_what_was_read_with_doubt_cannot_be_told(wholly_read: Record) -> None:
    second = wholly_read.projects[1]
    doubtful = tuple(msgspec.structs.replace(i, confidence=0.5) for i in second.indicators)
    projects = [*wholly_read.projects]
    projects[1] = msgspec.structs.replace(second, indicators=doubtful)
    usual = reviewed(wholly_read)
    report = reviewed(msgspec.structs.replace(wholly_read, projects=tuple(projects)))
    always = {finding.focus for finding in usual.findings if finding.outcome == "cannot-tell"}
    unsure = [f for f in report.findings if f.outcome == "cannot-tell" and f.focus not in always]
    # What would be missing of that project cannot be told either.
    own = project_iris(wholly_read)[second.id]
    assert unsure and all(finding.focus.startswith(own) for finding in unsure)
    rates = {rate.code: rate for rate in report.rates}
    before = {rate.code: rate for rate in usual.rates}
    assert rates["M01"].cannot_tell == 4
    assert rates["M01"].failed == before["M01"].failed - 4
    assert rates["M01"].checked == before["M01"].checked
    scores = [s for s in report.scores if s.scope == "indicator" and s.cannot_tell]
    assert len(scores) == 7
    assert all(score.score in (Decimal(100), Decimal("100.0")) for score in scores)
