"""The pages of `docs/rules/`, made from the shapes: one a rule, and the table of them all."""

import re
from functools import cache
from pathlib import Path

from jixiao.checks.catalogue import Rule, populations, rules
from jixiao.config import folder
from jixiao.model.message import Message

_SEVERITY = {"error": "错误 / error", "warning": "警告 / warning", "info": "提示 / note"}
_CERTAINTY = {
    "exact": "确定 / exact",
    "wording": "据词表 / by wording",
    "heuristic": "推测 / heuristic",
}


def write(docs: Path) -> None:
    """Write `rules/CODE.md` for each rule and `rules/README.md` into a folder."""
    (docs / "rules").mkdir(exist_ok=True)
    for name, text in pages().items():
        (docs / "rules" / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return the texts of the pages by their file's name."""
    own = {code: rule for code, rule in rules().items() if not rule.of_reader}
    return {"README.md": _table(own), **{f"{code}.md": _page(rule) for code, rule in own.items()}}


def _table(own: dict[str, Rule]) -> str:
    lines = [
        "# 规则 / Rules",
        "",
        "| code | name | dimension | severity | certainty |",
        "|---|---|---|---|---|",
    ]
    for code, rule in own.items():
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
        f"**为什么 / why.** {rule.why.zh}\n{rule.why.en}",
        f"**怎么改 / what repairs it.** {rule.advice.zh}\n{rule.advice.en}",
        "适用于 / held to:",
        *(f"```sparql\n{query.strip()}\n```" for query in populations()[rule.code]),
        "SHACL:",
        *(f"```turtle\n{source}\n```" for source in _sources(rule.code)),
        f"Tried on `tests/shapes/{rule.code}/`: a graph that passes, and one that fails.",
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
    files = (file for file in folder("shapes").iterdir() if file.name.endswith(".ttl"))
    texts = (file.read_text(encoding="utf-8") for file in sorted(files, key=lambda file: file.name))
    return [
        block.strip()
        for text in texts
        for block in re.findall(r"^jxsh:[\w-]+ a sh:(?:.|\n)*?\.$(?=\n\n|\n*\Z|\n#)", text, re.M)
    ]
