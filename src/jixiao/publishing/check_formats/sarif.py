"""Findings as SARIF 2.1.0, which code-scanning viewers show beside the file.

SARIF counts lines of text; of a printed document the line is the page.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import msgspec

from jixiao.checks.catalogue import rules
from jixiao.model.finding import Finding, Rate
from jixiao.model.message import Message

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif(findings: Sequence[Finding], rates: Iterable[Rate], lang: str) -> str:
    """Return findings, each with its document's name, as one run; messages in one language."""
    rules = {rate.code: rate.name for rate in rates}
    codes = sorted(rules)
    driver = {
        "name": "jixiao",
        "version": version("jixiao"),
        "rules": [_rule(code, rules[code], lang) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code), lang) for finding in findings],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def fingerprint(finding: Finding) -> str:
    """Return what stays the same of a finding from one check to the next."""
    said = "|".join((finding.document, finding.code, finding.focus, finding.message.zh))
    return sha256(said.encode()).hexdigest()[:32]


def _rule(code: str, name: Message, lang: str) -> dict[str, Any]:
    rule = rules()[code]
    told: dict[str, Any] = {"id": code, "shortDescription": {"text": name.in_language(lang)}}
    for key, text in (("fullDescription", rule.why), ("help", rule.advice)):
        if said := text.in_language(lang):
            told[key] = {"text": said}
    level = {"level": _LEVELS[rule.severity]}
    return told | {"defaultConfiguration": level, "properties": {"certainty": rule.certainty}}


def _result(finding: Finding, rule: int, lang: str) -> dict[str, Any]:
    unsure = finding.outcome == "cannot-tell"
    told: str = finding.message.in_language(lang)
    repair = f" → {finding.repair.message.in_language(lang)}" if finding.repair else ""
    logical = {"fullyQualifiedName": finding.focus}
    logical |= {"name": finding.name} if finding.name else {}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "kind": "review" if unsure else "fail",
        "level": "none" if unsure else _LEVELS[finding.severity],
        "message": {"text": told + repair},
        "locations": [{"physicalLocation": _place(finding), "logicalLocations": [logical]}],
        "partialFingerprints": {"jixiao/v1": fingerprint(finding)},
        "properties": {
            "dimension": finding.dimension,
            "evidence": finding.evidence,
            "where": finding.where,
        },
    }


def _place(finding: Finding) -> dict[str, Any]:
    where = finding.where
    line = (where.line or where.page) if where else None
    return {
        "artifactLocation": {"uri": finding.document},
        "region": {"startLine": line or 1},
    }
