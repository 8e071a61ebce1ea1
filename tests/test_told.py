"""What a form leaves open is told: the unit of its money, and which text names its project."""

from pathlib import Path

from jixiao.extraction import read
from jixiao.model.record import Record

ROWS = (
    "<tr><td>绩效指标</td><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td></tr>"
    "<tr><td></td><td>产出指标</td><td>数量指标</td><td>修路长度</td><td>≥5公里</td></tr>"
)


def form(folder: Path, title: str, label: str, money: str) -> Record:
    head = f'<tr><td>{label}</td><td colspan="4">村道硬化工程</td></tr>'
    head += f'<tr><td>{money}</td><td colspan="4">120</td></tr>'
    path = folder / "form.html"
    page = f'<meta charset="utf-8"><h1>{title}</h1><table border="1">{head}{ROWS}</table>'
    path.write_text(page, encoding="utf-8")
    return read(path)


def test_a_bare_number_of_no_unit_is_kept_and_told_and_is_no_money(tmp_path: Path) -> None:
    bare = form(tmp_path, "项目绩效目标表", "项目名称", "年度资金总额")
    (project,) = bare.projects
    assert not project.amounts
    assert [(o.label, o.text) for o in project.other] == [("年度资金总额", "120")]
    assert [p.code for p in bare.problems if "unit" in p.code] == ["amount-without-unit"]
    stated = form(tmp_path, "项目绩效目标表", "项目名称", "年度资金总额（万元）")
    assert [a.yuan for a in stated.projects[0].amounts] == [1_200_000]


def test_a_name_of_the_title_is_told_where_a_form_may_have_another(tmp_path: Path) -> None:
    unknown = form(tmp_path, "某县农村公路项目绩效目标表", "蠿爩鱻灪", "年度资金总额（万元）")
    told = [p.message.zh for p in unknown.problems if p.code == "name-by-title"]
    assert len(told) == 1 and "村道硬化工程" in told[0]
    known = form(tmp_path, "某县农村公路项目绩效目标表", "项目名称", "年度资金总额（万元）")
    assert known.projects[0].name == "村道硬化工程"
    assert not [p for p in known.problems if p.code == "name-by-title"]
