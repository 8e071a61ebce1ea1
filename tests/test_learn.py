"""`jixiao learn`: words for headers that nobody knew, accepted and used by the next run."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.commands import run

import jixiao
from jixiao.checks.lint import lint
from jixiao.config import use_knowledge
from jixiao.errors import UsageError
from jixiao.model.record import Record

FORMS = Path(__file__).parent / "data" / "learn"
FUND = FORMS / "18-hunan-taoyuan-special-fund.html"
APPROVAL = FORMS / "14-chongqing-fengjie-approval.html"
NONSENSE = {"一级指标": "丁戊", "二级指标": "己庚", "三级指标": "辛壬", "指标值": "甲乙丙"}


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    use_knowledge(None)


def renamed(form: Path, folder: Path, words: dict[str, str] = NONSENSE) -> Path:
    """Write a form with other words in the cells that hold just these."""
    text = form.read_text(encoding="utf-8")
    for word, other in words.items():
        text = text.replace(f">{word}<", f">{other}<")
    (folder / form.name).write_text(text, encoding="utf-8")
    return folder / form.name


def table(path: Path, *rows: str) -> Path:
    """Write a page with a table; cells are divided by "|"."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    page = f"<p>示例县农业局2024年部门预算</p><p>项目绩效目标表</p><table>{body}</table>"
    path.write_text(page, encoding="utf-8")
    return path


def printed(record: Record) -> dict[str, Any]:
    """Return a record without the digest of its file."""
    values: dict[str, Any] = msgspec.to_builtins(record)
    del values["document"]["sha256"]
    return values


def confidences(record: Record) -> set[float]:
    return {each.confidence for project in record.projects for each in project.indicators}


def accept_all(overlay: Path) -> None:
    """Do what a person does who accepts what is in doubt, too."""
    text = overlay.read_text(encoding="utf-8")
    overlay.write_text(re.sub(r"^( *)#(?! )", r"\1", text, flags=re.M), encoding="utf-8")


def test_a_form_of_unknown_headers_is_read_with_the_words_accepted(tmp_path: Path) -> None:
    known = jixiao.read(FUND)
    form, folder = renamed(FUND, tmp_path), tmp_path / "learnt"
    before = jixiao.read(form)
    assert printed(before) != printed(known) and min(confidences(before)) < 0.8

    words = jixiao.learn(form, folder)
    roles = {word.printed: word.role for word in words if word.kind == "column"}
    assert roles == {"丁戊": "level1", "己庚": "level2", "辛壬": "level3", "甲乙丙": "value"}
    assert not any(word.doubt for word in words if word.kind == "column")

    use_knowledge(folder)
    after = jixiao.read(form)
    assert printed(after) == printed(known)
    assert confidences(after) == {1.0}
    assert not [word for word in jixiao.learn(form, tmp_path / "again") if word.kind == "column"]


def test_the_command_writes_a_folder_and_says_what_to_do_next(tmp_path: Path) -> None:
    form, folder = renamed(FUND, tmp_path), tmp_path / "ours"
    done = run("learn", form, "-o", folder)
    assert done.returncode == 0, done.stderr
    overlay, preview = folder / "extract" / "fields.toml", folder / "preview.html"
    assert done.stdout.splitlines() == [f"wrote {overlay}", f"wrote {preview}"]
    assert f"jixiao extract {form} --knowledge {folder}" in done.stderr
    assert tomllib.loads(overlay.read_text(encoding="utf-8"))["columns"] == {
        "level1": ["丁戊"],
        "level2": ["己庚"],
        "level3": ["辛壬"],
        "value": ["甲乙丙"],
    }
    reason = overlay.read_text(encoding="utf-8").partition("value = [")[2]
    assert "value 指标值" in reason and "confidence" in reason and "table 1" in reason
    read = run("extract", form, "--knowledge", folder)
    assert read.returncode == 0 and '"confidence": 1.0' in read.stdout
    chinese = run("learn", form, "-o", tmp_path / "zh", "--lang", "zh")
    assert "已写入" in chinese.stdout and f"--knowledge {tmp_path / 'zh'}" in chinese.stderr
    assert "其下：" in (tmp_path / "zh" / "extract" / "fields.toml").read_text(encoding="utf-8")


def test_nothing_is_written_over_without_force(tmp_path: Path) -> None:
    form, overlay = renamed(FUND, tmp_path), tmp_path / "ours" / "extract" / "fields.toml"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("# mine\n", encoding="utf-8")
    kept = tmp_path / "ours" / "extract" / "values.toml"
    kept.write_text('[units]\nmu = ["市亩"]\n', encoding="utf-8")
    refused = run("learn", form, "-o", tmp_path / "ours")
    assert refused.returncode == 2 and "--force" in refused.stderr
    assert overlay.read_text(encoding="utf-8") == "# mine\n"
    assert not (tmp_path / "ours" / "preview.html").exists()
    with pytest.raises(UsageError):
        jixiao.learn(form, tmp_path / "ours")
    assert run("learn", form, "-o", tmp_path / "ours", "--force").returncode == 0
    assert "甲乙丙" in overlay.read_text(encoding="utf-8")
    assert "市亩" in kept.read_text(encoding="utf-8")


def test_where_all_is_known_nothing_is_written(tmp_path: Path) -> None:
    header, row = "一级指标|二级指标|三级指标|指标值", "产出指标|数量指标|复垦面积|≥300亩"
    known = run("learn", table(tmp_path / "known.html", header, row), "-o", tmp_path / "ours")
    assert known.returncode == 0 and known.stdout == "" and "nothing to propose" in known.stderr
    other = table(tmp_path / "other.html", "姓名|电话", "张某|123")
    none = run("learn", other, "-o", tmp_path / "ours")
    assert none.returncode == 0 and "no indicator table" in none.stderr
    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize("form", [FUND, APPROVAL])
def test_lint_accepts_what_is_proposed_and_what_is_in_doubt(form: Path, tmp_path: Path) -> None:
    words = jixiao.learn(renamed(form, tmp_path), tmp_path / "ours", lang="en")
    assert lint(tmp_path / "ours", ask=jixiao.ask) == []
    overlay = tmp_path / "ours" / "extract" / "fields.toml"
    sure = str(tomllib.loads(overlay.read_text(encoding="utf-8")))
    accept_all(overlay)
    accepted = str(tomllib.loads(overlay.read_text(encoding="utf-8")))
    for word in words:
        assert (word.word in sure) == (not word.doubt)
        assert word.word in accepted
    assert lint(tmp_path / "ours", ask=jixiao.ask) == []


def test_labels_are_proposed_by_their_values_for_a_person_to_decide(tmp_path: Path) -> None:
    form = table(
        tmp_path / "form.html",
        "项目名称|土地复垦|主管部门|农业局",
        "戊己庚|2024年3月|辛壬癸|35万元",
        "子丑寅|甲方案|卯辰巳|乙方案",
        "一级指标|二级指标|三级指标|指标值",
        "产出指标|数量指标|复垦面积|≥300亩",
    )
    words = {word.printed: word for word in jixiao.learn(form, tmp_path / "ours")}
    assert {name: word.role for name, word in words.items()} == {
        "戊己庚": "period",
        "辛壬癸": "amount",
        "子丑寅": "",
        "卯辰巳": "",
    }
    assert {word.doubt for word in words.values()} == {"label"}
    overlay = tmp_path / "ours" / "extract" / "fields.toml"
    assert tomllib.loads(overlay.read_text(encoding="utf-8")) == {}
    accept_all(overlay)
    use_knowledge(tmp_path / "ours")
    (project,) = jixiao.read(form).projects
    assert project.period and [str(amount.yuan) for amount in project.amounts] == ["350000"]


def test_a_word_that_does_not_tell_a_column_is_in_doubt(tmp_path: Path) -> None:
    form = tmp_path / "shared.html"
    page = (
        "<p>项目绩效目标表</p><table>"
        "<tr><td colspan=2>子丑</td><td>三级指标</td><td>目标要求</td></tr>"
        "<tr><td>产出指标</td><td>数量指标</td><td>复垦面积</td><td>≥300亩</td></tr>"
        "<tr><td>效益指标</td><td>社会效益指标</td><td>受益农户</td><td>≥50户</td></tr></table>"
    )
    form.write_text(page, encoding="utf-8")
    words = [word for word in jixiao.learn(form, tmp_path / "ours") if word.printed == "子丑"]
    assert {word.role for word in words} == {"level1", "level2"}
    assert {word.doubt for word in words} == {"shared"}
    taken = table(
        tmp_path / "taken.html",
        "一级指标|二级指标|三级指标|实施单位名称|项目名称",
        "产出指标|数量指标|复垦面积|农业局|≥300亩",
        "产出指标|质量指标|合格比例|农业局|≥95%",
    )
    (word,) = (w for w in jixiao.learn(taken, tmp_path / "b") if w.printed == "项目名称")
    assert (word.role, word.doubt, word.rival) == ("value", "known", "name")


def test_the_page_shows_what_a_document_says_as_text(tmp_path: Path) -> None:
    form = table(
        tmp_path / "hostile.html",
        '一级指标|二级指标|三级指标|&lt;script src="http://x"&gt;\\"甲',
        "产出指标|数量指标|&lt;img src=x onerror=alert(1)&gt;|≥300亩",
    )
    assert jixiao.learn(form, tmp_path / "ours")
    page = (tmp_path / "ours" / "preview.html").read_text(encoding="utf-8")
    assert "&lt;script" in page and "&lt;img" in page
    assert not re.search(r"<(script|img|link|iframe)|\b(href|src)=[\"']?http", page)
    overlay = (tmp_path / "ours" / "extract" / "fields.toml").read_text(encoding="utf-8")
    assert tomllib.loads(overlay)["columns"]["value"] == ['<script src="http://x">\\"甲']
    assert page.count("<tr>") >= 4 and "level3 三级指标" in page and "doubtful" in page
