"""Writes `docs/rules/` from the shapes: a page for each rule, and a table of them all.

python -m scripts.docs.rules
"""

import re
from pathlib import Path

from jixiao.checks.catalogue import Rule, populations, rules
from jixiao.config import cache, folder
from jixiao.model.message import Message

DOCS = Path(__file__).parents[2] / "docs"
_SEVERITY = {"error": "错误 / error", "warning": "警告 / warning", "info": "提示 / note"}
_CERTAINTY = {
    "exact": "确定 / exact",
    "wording": "据词表 / by wording",
    "heuristic": "推测 / heuristic",
}


def write(docs: Path = DOCS) -> None:
    """Write `rules/CODE.md` for each rule and `rules/README.md` into a folder."""
    (docs / "rules").mkdir(exist_ok=True)
    for name, text in pages().items():
        (docs / "rules" / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return the texts of the pages by the names of their files."""
    shipped = {code: rule for code, rule in rules().items() if not rule.of_reader}
    return {"README.md": _table(shipped), **{f"{c}.md": _page(r) for c, r in shipped.items()}}


def _table(shipped: dict[str, Rule]) -> str:
    lines = [
        "# 规则 / Rules",
        "",
        "| code | name | dimension | severity | certainty |",
        "|---|---|---|---|---|",
    ]
    for code, rule in shipped.items():
        dimension = " ".join((_both(rule.dimension), *rule.letters))
        severity, certainty = _SEVERITY[rule.severity], _CERTAINTY[rule.certainty]
        lines.append(
            f"| [{code}]({code}.md) | {_both(rule.name)} | {dimension} | {severity} | {certainty} |"
        )
    return "\n".join(lines) + "\n"


def _page(rule: Rule) -> str:
    sources = "；".join(f"{s.title}（{_verified(verified=s.verified)}）" for s in rule.sources)
    facts = [
        ("维度 / dimension", " · ".join((_both(rule.dimension), *rule.letters))),
        ("级别 / severity", _SEVERITY[rule.severity]),
        ("把握 / certainty", _CERTAINTY[rule.certainty]),
        ("依据 / source", sources or "—"),
    ]
    parts = [
        f"# {rule.code} {_both(rule.name)}",
        "\n".join(("| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts))),
        f"**为什么检查 / why.** {rule.why.zh}\n{rule.why.en}",
        f"**如何整改 / how to fix a finding.** {rule.advice.zh}\n{rule.advice.en}",
        "检查对象 / what it checks:",
        *(f"```sparql\n{query.strip()}\n```" for query in populations()[rule.code]),
        "SHACL:",
        *(f"```turtle\n{source}\n```" for source in _sources(rule.code)),
        f"Examples: `tests/shapes/{rule.code}/` has a graph that passes and one that fails.",
    ]
    return "\n\n".join(parts) + "\n"


def _both(text: Message) -> str:
    return f"{text.zh} / {text.en}"


def _verified(*, verified: bool) -> str:
    return "已核对原文 / verified" if verified else "未核对原文 / not verified"


def _sources(code: str) -> list[str]:
    """Return the rule's shapes as they are written."""
    return [block for block in _blocks() if f'dct:identifier "{code}" ;' in block]


@cache
def _blocks() -> list[str]:
    # The text is cut, not parsed: a page shows the shape with the author's layout and comments.
    texts = (file.read_text() for file in folder("shapes").files(".ttl"))
    return [
        block.strip()
        for text in texts
        for block in re.findall(r"^jxsh:[\w-]+ a sh:(?:.|\n)*?\.$(?=\n\n|\n*\Z|\n#)", text, re.M)
    ]


if __name__ == "__main__":
    write()
