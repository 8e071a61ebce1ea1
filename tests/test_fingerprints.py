"""What a build does again after a change: only the stages that the change concerns."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.answers import ROOT

from jixiao import fingerprints
from jixiao.fingerprints import CHECK, COMPARE, MAP, READ, Files

PACKAGE = ROOT / "src" / "jixiao"
# What all stages may use: it changes no document.
_COMMON = (
    "jixiao.config",
    "jixiao.documents.gc_pause",
    "jixiao.errors",
    "jixiao.fingerprints",
    "jixiao.logs",
    "jixiao.messages",
)
PAGE = """<p>巨鹿县水务局2024年部门预算</p><p>1、清淤项目绩效目标表</p><table>
<tr><td>项目名称</td><td colspan=3>清淤项目</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>清淤长度</td><td>≥30公里</td></tr></table>"""
_BUILD = """
import sys
from pathlib import Path
import msgspec
from jixiao.pipeline.build import build
from jixiao.store.store import open_store
store = Path("store")
done = build([Path("papers")], store, limits=None)
with open_store(store) as opened:
    exported = sorted(str(quad) for quad in opened.quads())
Path("exported").write_text("\\n".join(exported), encoding="utf-8")
print(msgspec.json.encode([done.tally.stages, len(done.skipped)]).decode())
"""


class Copy:
    """A copy of the package with its knowledge, two documents, and a store built of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE, folder / "src" / "jixiao", ignore=ignored)
        for name in ("extract", "ontology", "shapes", "queries"):
            shutil.copytree(ROOT / name, folder / name)
        (folder / "papers").mkdir()
        for name in ("清淤", "绿化"):
            page = PAGE.replace("清淤", name)
            (folder / "papers" / f"{name}.html").write_text(page, encoding="utf-8")

    def build(self) -> tuple[dict[str, int], int]:
        """Build in a new process; return how many documents went through each stage."""
        done = subprocess.run(
            [sys.executable, "-c", _BUILD],
            cwd=self.folder,
            env={"PYTHONPATH": str(self.folder / "src"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        return msgspec.json.decode(done.stdout, type=tuple[dict[str, int], int])

    def exported(self) -> str:
        """Return the published quads of the store as the last build left them."""
        return (self.folder / "exported").read_text(encoding="utf-8")

    def comment(self, path: str) -> None:
        """Add a comment to a file."""
        with (self.folder / path).open("a", encoding="utf-8") as file:
            file.write("\n# a comment\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = Copy(tmp_path_factory.mktemp("built") / "copy")
    assert copy.build() == ({"read": 2, "map": 2, "check": 2}, 0)
    return copy.folder


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Copy:
    copied = Copy.__new__(Copy)
    copied.folder = tmp_path / "copy"
    shutil.copytree(built, copied.folder)
    # The ledger names files by their paths: the copied store belongs to the copied files.
    sources = copied.folder / "papers"
    shutil.rmtree(sources)
    sources.symlink_to(built / "papers")
    return copied


@pytest.mark.parametrize(
    ("path", "stages"),
    [
        ("src/jixiao/checks/scores.py", {"check": 2}),
        pytest.param("shapes/completeness.ttl", {"check": 2}, marks=pytest.mark.exhaustive),
        ("src/jixiao/rdf/iris.py", {"map": 2, "check": 2}),
        ("extract/lexicons/signs.toml", {"map": 2, "check": 2}),
        pytest.param(
            "ontology/codes/unit.ttl", {"map": 2, "check": 2}, marks=pytest.mark.exhaustive
        ),
        pytest.param(
            "src/jixiao/extraction/targets.py",
            {"read": 2, "map": 2, "check": 2},
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            "src/jixiao/text.py", {"read": 2, "map": 2, "check": 2}, marks=pytest.mark.exhaustive
        ),
        ("extract/values.toml", {"read": 2, "map": 2, "check": 2}),
    ],
)
def test_a_change_redoes_the_stages_it_concerns(
    copy: Copy, path: str, stages: dict[str, int]
) -> None:
    before = copy.exported()
    copy.comment(path)
    assert copy.build() == (stages, 0)
    assert copy.exported() == before


def test_a_change_outside_the_stages_does_nothing_to_data(copy: Copy) -> None:
    before = copy.exported()
    for path in (
        "src/jixiao/server/pages/lists.py",
        "src/jixiao/publishing/report/view.py",
        "src/jixiao/cli/__init__.py",
        "src/jixiao/pipeline/build.py",
        "src/jixiao/comparison/continuity.py",
    ):
        copy.comment(path)
    assert copy.build() == ({}, 2)
    assert copy.exported() == before


def test_another_profile_is_checked_and_not_read(copy: Copy) -> None:
    before = copy.exported()
    build = _BUILD.replace("limits=None)", "limits=None, profile='strict')")
    done = subprocess.run(
        [sys.executable, "-c", build],
        cwd=copy.folder,
        env={"PYTHONPATH": str(copy.folder / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert msgspec.json.decode(done.stdout) == [{"check": 2}, 0]
    changed = set(copy.exported().splitlines()) ^ set(before.splitlines())
    assert changed
    assert all("/findings>" in quad for quad in changed)


def test_a_record_that_is_lost_or_damaged_is_read_again(copy: Copy) -> None:
    first, second = sorted((copy.folder / "store" / "records").rglob("*.json.z"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:100])
    copy.comment("src/jixiao/rdf/iris.py")
    assert copy.build() == ({"read": 2, "map": 2, "check": 2}, 0)


def test_nothing_published_carries_a_fingerprint(copy: Copy) -> None:
    made_by = fingerprints.current()
    for fingerprint in (made_by.read, made_by.map, made_by.check, fingerprints.comparison()):
        assert fingerprint not in copy.exported()


@pytest.mark.parametrize(
    ("stage", "earlier"),
    [(READ, ()), (MAP, (READ,)), (CHECK, (READ, MAP)), (COMPARE, (READ, MAP))],
    ids=["read", "map", "check", "compare"],
)
def test_a_stage_uses_no_module_that_its_fingerprint_leaves_out(
    stage: Files, earlier: tuple[Files, ...]
) -> None:
    import grimp

    graph = grimp.build_graph("jixiao", cache_dir=None)
    covered = {m for m in graph.modules if any(_is_of(m, one) for one in (stage, *earlier))}
    used = {m for module in covered for m in graph.find_upstream_modules(module)}
    if stage is COMPARE:  # it reads what the store holds; how that is kept changes no comparison
        storage = {m for m in used if m.startswith("jixiao.store")}
        used -= storage.union(*(graph.find_upstream_modules(module) for module in storage))
    assert not {m for m in used - covered if m not in _COMMON and not _is_package(m)}


def _is_of(module: str, stage: Files) -> bool:
    path = module.removeprefix("jixiao.").replace(".", "/")
    names = (path, f"{path}.py")
    if any(name == left or path.startswith(f"{left}/") for left in stage.without for name in names):
        return False
    return any(name == code or path.startswith(f"{code}/") for code in stage.code for name in names)


def _is_package(module: str) -> bool:
    """Tell whether a module is a package without code: an import of what is in it names it too."""
    return (PACKAGE / module.removeprefix("jixiao").replace(".", "/") / "__init__.py").is_file()
