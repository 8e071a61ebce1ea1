"""A new field of the indicator table reaches record, graph, tables and pages in five files."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.answers import ROOT

FIELD = "责任科室"
# The five files, and what is written into each: before a line, another one.
CHANGES = {
    "extract/fields.toml": ('remark = ["备注"', f'office = ["{FIELD}"]\n'),
    "src/jixiao/model/record.py": (
        "    remark: str | None = None\n    recipients",
        "    office: str | None = None\n",
    ),
    "src/jixiao/extraction/forms/indicators.py": (
        '        remark=texts.get("remark") or None,',
        '        office=texts.get("office") or None,\n',
    ),
    "src/jixiao/rdf/mapping/indicator.py": (
        "        (JX.remark, zh_or_none(indicator.remark)),",
        "        (JX.office, zh_or_none(indicator.office)),\n",
    ),
    "ontology/jixiao.ttl": (
        "jx:remark a owl:DatatypeProperty ;",
        f"""jx:office a owl:DatatypeProperty ;
    rdfs:domain jx:PerformanceIndicator ;
    rdfs:range rdf:langString ;
    rdfs:label "{FIELD}"@zh-Hans, "responsible office"@en ;
    skos:definition "负责该指标的科室。"@zh-Hans, "The office in charge of the indicator."@en ;
    rdfs:isDefinedBy <https://w3id.org/jixiao/ns> .

""",
    ),
}
PAGE = f"""<p>巨鹿县水务局2024年部门预算</p><p>1、清淤项目绩效目标表</p><table>
<tr><td>项目名称</td><td colspan=4>清淤项目</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td><td>{FIELD}</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>清淤长度</td><td>≥30公里</td><td>河道科</td></tr></table>"""
PROGRAM = """
import json
from pathlib import Path
import jixiao
from jixiao.publishing.dcat import publication
from jixiao.publishing.site import write
from jixiao.store.store import open_store
from scripts.docs.schema import files
record = jixiao.read("page.html")
(indicator,) = record.projects[0].indicators
jixiao.build("page.html", "store")
jixiao.export("store", "csv", "tables")
rows = jixiao.ask("store", "SELECT ?i ?o { ?i <https://w3id.org/jixiao/ns#office> ?o }").rows
with open_store(Path("store")) as store:
    described = publication(at="https://a.example", publisher="A", licence="https://a.example/l")
    write(store, Path("site"), described, "zh", lambda *_: None)
pages = [path.read_text(encoding="utf-8") for path in Path("site").rglob("*.html")]
generated = {path.name: text for path, text in files().items()}
print(json.dumps({
    "record": indicator.office,
    "graph": rows[0][1],
    "context": "jx:office" in generated["context.jsonld"],
    "dictionary": "jx:office" in generated["data-dictionary.md"],
    "tables": any("河道科" in f.read_text(encoding="utf-8") for f in Path("tables").glob("*.csv")),
    "page": any("河道科" in page and field in page for page in pages),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("field") / "copy"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("src/jixiao", "scripts", "docs", "extract", "ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for path, (before, line) in CHANGES.items():
        text = (folder / path).read_text(encoding="utf-8")
        assert text.count(before) == 1, path
        (folder / path).write_text(text.replace(before, line + before), encoding="utf-8")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    return folder


def _run(copy: Path, program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=copy,
        env={"PYTHONPATH": f"{copy / 'src'}:{copy}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_five_files_are_enough(copy: Path) -> None:
    assert len(CHANGES) == 5
    assert msgspec.json.decode(_run(copy, f"field = {FIELD!r}\n{PROGRAM}")) == {
        "record": "河道科",
        "graph": "河道科",
        "context": True,
        "dictionary": True,
        "tables": True,
        "page": True,  # the indicator's page shows the field by its label
    }
