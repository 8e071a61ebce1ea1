"""Measure everything and write docs/benchmarks.md.

    benchmarks/run [--work FOLDER] [--only NAME]...

What a step printed is kept in FOLDER/NAME.md and not measured again while it is there; what was
found by it stands in the plan, to be written anew when it is measured anew. The peers that need a
Python of their own are named by JIXIAO_PEERS (camelot-py, morph-kgc); duckdb and oxrdflib are in
the group `comparison`. Chromium prints the papers.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from benchmarks.measure import machine

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> None:
    """Run what is not measured yet, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "jixiao-bench")
    parser.add_argument("--only", action="append")
    given = parser.parse_args()
    given.work.mkdir(exist_ok=True)
    plan = tomllib.loads((ROOT / "benchmarks" / "plan.toml").read_text(encoding="utf-8"))
    for step in plan["steps"]:
        if given.only is None or step["name"] in given.only:
            measure(step, given.work)
    parts = [f"# Benchmarks\n\n{plan['about'].strip()}\n\nMachine: {machine()}.\n"]
    for step in plan["steps"]:
        kept = given.work / f"{step['name']}.md"
        told = kept.read_text(encoding="utf-8") if kept.is_file() else "*not measured*\n"
        what = [step["about"].strip(), told.strip(), step.get("found", "").strip()]
        parts.append("\n\n".join([f"## {step['title']}", *filter(None, what)]) + "\n")
    parts.append(plan["closing"].strip() + "\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def measure(step: dict[str, str], work: Path) -> None:
    """Run the commands of a step, and keep what they print."""
    kept = work / f"{step['name']}.md"
    if kept.is_file():
        return
    printed = list[str]()
    peers = os.environ.get("JIXIAO_PEERS", sys.executable)
    for command in step["commands"].strip().splitlines():
        words = [word.format(work=work, peers=peers) for word in command.split()]
        print("+", " ".join(words), file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT
        )
        printed.append(f"`python -m {command}`\n\n{done.stdout.strip()}\n" if done.stdout else "")
    kept.write_text("\n".join(filter(None, printed)), encoding="utf-8")


if __name__ == "__main__":
    main()
