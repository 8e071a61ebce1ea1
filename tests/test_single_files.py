"""One file that takes too much ends its own process: one clear line, exit 2."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOSTILE = ROOT / "tests" / "data" / "hostile"
COMMANDS = ("extract", "tables", "check", "build")
# `tables` and `check` start their process as `extract` does: one case each is enough daily.
DAILY = [
    pytest.param(c, marks=() if c in ("extract", "build") else pytest.mark.exhaustive)
    for c in COMMANDS
]


def jixiao(command: str, file: Path, *options: str, store: Path) -> tuple[int, list[str], int]:
    """Run a command; return its exit code, its lines on standard error, and its peak memory.

    The peak is the largest of any process that it started, in megabytes.
    """
    more = ["--store", str(store)] if command == "build" else []
    words = [sys.executable, "-m", "jixiao", "--lang", "en", command, str(file), *more, *options]
    # Processes that read are children of a fork server, which outlives the command by a moment: the
    # process that waits adopts it (PR_SET_CHILD_SUBREAPER), as rusage counts what was waited for.
    code = (
        "import ctypes, os, resource, subprocess, sys\n"
        "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "code = subprocess.call(sys.argv[1:])\n"
        "try:\n"
        "    while os.wait(): pass\n"
        "except ChildProcessError: pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        check=False,
    )
    return done.returncode, done.stderr.splitlines(), int(done.stdout.split()[-1])


def environment() -> dict[str, str]:
    """Return the environment with this source tree behind what the test has on its path."""
    paths = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT / "src")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


@pytest.fixture
def paper(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A page whose name says what reading it does."""
    text = "<html><p>某某局2024年部门预算</p><table><tr><td>甲</td></tr></table></html>"
    (tmp_path / f"{request.param}.html").write_text(text, encoding="utf-8")
    return tmp_path / f"{request.param}.html"


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("command", DAILY)
@pytest.mark.parametrize(("paper", "says"), [
    ("hangs", "took too long and was ended twice; --seconds allows more"),
    ("eats", "needs more memory than it may have; --memory allows more"),
], indirect=["paper"])  # fmt: skip
def test_a_single_file_has_limits(command: str, paper: Path, says: str, tmp_path: Path) -> None:
    _is_one_line(command, paper, says, tmp_path)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("paper", ["dies"], indirect=True)
def test_a_single_file_may_end_its_process(command: str, paper: Path, tmp_path: Path) -> None:
    _is_one_line(command, paper, "the process reading it died twice", tmp_path)


def _is_one_line(command: str, paper: Path, says: str, tmp_path: Path) -> None:
    seconds = "1" if paper.stem == "hangs" else "60"
    code, lines, peak = jixiao(command, paper, "--seconds", seconds, store=tmp_path / "store")
    assert code == 2
    assert len(lines) == 1
    assert str(paper) in lines[0] and says in lines[0]
    assert peak < 1000


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("paper", ["once"], indirect=True)
@pytest.mark.parametrize("command", DAILY)
def test_a_process_that_was_ended_by_chance_is_tried_again(
    command: str, paper: Path, tmp_path: Path
) -> None:
    code, lines, _ = jixiao(command, paper, store=tmp_path / "store")
    assert code in (0, 1)
    assert not any("died" in line for line in lines)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("paper", ["trips", "garbles"], indirect=True)
def test_a_fault_of_the_program_is_reported_with_its_place(paper: Path, tmp_path: Path) -> None:
    code, lines, _ = jixiao("extract", paper, store=tmp_path)
    assert (code, len(lines)) == (2, 1)
    words = [sys.executable, "-m", "jixiao", "--verbose", "extract", str(paper)]
    done = subprocess.run(
        words, capture_output=True, encoding="utf-8", env=environment(), check=False
    )
    assert "in hostile" in done.stderr, "the traceback of the process that read the file"


@pytest.mark.parametrize(("name", "command"), [
    ("pdf-form-self.pdf", "extract"), ("pdf-form-self.pdf", "check"),
    ("xlsx-stray-A1048576.xlsx", "tables"), ("xlsx-stray-A1048576.xlsx", "build"),
])  # fmt: skip
def test_small_files_take_no_more_memory_than_they_may(
    command: str, name: str, tmp_path: Path
) -> None:
    """They are 787 bytes and 7 kB; whether they can be read within the limits is not asked here."""
    limits = "--memory", "300", "--seconds", "30"
    code, lines, peak = jixiao(command, HOSTILE / name, *limits, store=tmp_path / "store")
    assert peak < 600
    if code == 2:
        assert len(lines) == 1 and " allows more" in lines[0]


def test_the_process_that_waits_loads_no_reader() -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from jixiao.pipeline.printouts import record_json\n"
        "from jixiao.pipeline.process_limits import Limits\n"
        "if __name__ == '__main__':\n"
        "    assert record_json(Path(sys.argv[1]), 'pdfium', Limits()).startswith(b'{')\n"
        "    print({'numpy', 'lxml', 'pypdfium2', 'pyoxigraph', 'rdflib'} & set(sys.modules))\n"
    )
    page = ROOT / "README.md"
    words = [sys.executable, "-c", code, str(page)]
    assert subprocess.check_output(words, text=True, env=environment()) == "set()\n"


@pytest.mark.usefixtures("hostile")
def test_several_files_are_checked_at_the_same_time(tmp_path: Path) -> None:
    papers = [tmp_path / f"hangs-{at}.html" for at in (1, 2)]
    for paper in papers:
        paper.write_text("<p>某某局2024年部门预算</p>", encoding="utf-8")
    command = [sys.executable, "-m", "jixiao", "check", *map(str, papers), "--jobs", "2"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as checking:
        try:
            for paper in papers:  # each hangs for minutes: the second does not wait for the first
                while not paper.with_suffix(".html.hangs").exists():
                    assert checking.poll() is None
                    time.sleep(0.1)
        finally:
            checking.terminate()
