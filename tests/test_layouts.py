import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from jixiao.extraction import read
from jixiao.model.record import to_json

CASES = Path(__file__).parent / "layouts"
DOCS = Path(__file__).parents[1] / "docs" / "layouts.md"


def stated(value: Any) -> Any:
    """Return a record's part without places, parsed values and what is not stated."""
    if isinstance(value, dict):
        parts = cast("dict[str, object]", value)
        kept = {key: stated(part) for key, part in parts.items() if key not in ("where", "target")}
        return {key: part for key, part in kept.items() if part not in (None, "", [], {}, False)}
    if isinstance(value, list):
        return [stated(item) for item in cast("list[object]", value)]
    return value


def shown(path: Path) -> dict[str, Any]:
    record = json.loads(to_json(read(path)))
    names = ("department", "fiscal_year", "kind")
    parts = ("overall_goal", "goals", "projects")
    problems = sorted({problem["code"] for problem in record["problems"]})
    document = {name: record["document"][name] for name in names}
    return {"document": document, **{n: stated(record[n]) for n in parts}, "problems": problems}


@pytest.mark.parametrize("path", sorted(CASES.glob("*.html")), ids=lambda path: path.stem)
def test_layout(path: Path) -> None:
    """Each layout gives what its form states: compare with the file beside it."""
    assert shown(path) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


TABLE = """<p>宣传培训考核表</p><table>
<tr><td>考核类别</td><td>考核内容</td><td>考核要点</td><td>年度要求</td><td>佐证材料</td></tr>
<tr><td>产出</td><td>数量</td><td>培训场次</td><td>不少于12场</td><td>签到表</td></tr>
</table>"""


def extract(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jixiao", "--lang", "en", "extract", str(folder / "a.html")]
    settings = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, env=settings, check=False)


def test_a_layout_is_added_with_toml_alone(tmp_path: Path) -> None:
    """The example of docs/layouts.md, as it stands there, reads its table."""
    (tmp_path / "a.html").write_text(TABLE, encoding="utf-8")
    before = json.loads(extract(tmp_path).stdout)
    assert not before["projects"]
    assert "unknown-table" in [problem["code"] for problem in before["problems"]]
    example = DOCS.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    layouts = tmp_path / "extract" / "layouts"
    layouts.mkdir(parents=True)
    (layouts / "benxian.toml").write_text(example, encoding="utf-8")
    after = json.loads(extract(tmp_path, JIXIAO_KNOWLEDGE=str(tmp_path)).stdout)
    [project] = after["projects"]
    assert project["name"] == "宣传培训"
    assert project["layout"]["name"] == "benxian"
    assert project["layout"]["evidence"] == ["考核类别", "考核要点", "佐证材料"]
    [indicator] = project["indicators"]
    assert indicator["category"] == "output.quantity"
    assert (indicator["level3"], indicator["value"]) == ("培训场次", "不少于12场")
    assert indicator["basis"] == "签到表"
    assert indicator["target"]["comparator"] == "ge" and indicator["target"]["lower"] == "12"


@pytest.mark.parametrize(
    ("text", "told"),
    [("subject = 1", "subject"), ("colour = 1", "colour"), ("= =", "benxian.toml")],
)
def test_a_faulty_layout_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.html").write_text(TABLE, encoding="utf-8")
    layouts = tmp_path / "extract" / "layouts"
    layouts.mkdir(parents=True)
    (layouts / "benxian.toml").write_text(text, encoding="utf-8")
    run = extract(tmp_path, JIXIAO_KNOWLEDGE=str(tmp_path))
    assert run.returncode == 2 and told in run.stderr and len(run.stderr.splitlines()) == 1
