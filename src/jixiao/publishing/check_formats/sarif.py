"""Findings as SARIF 2.1.0, which code-scanning viewers show beside the file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from jixiao.checks.catalogue import rules
from jixiao.model.finding import Finding
from jixiao.model.message import Message
from jixiao.pipeline.reports import DocumentReport, all_findings, fingerprint, total_rates

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def text(reports: Sequence[DocumentReport], lang: str) -> str:
    """Return the findings of all documents as one run, messages in one language."""
    names = {rate.code: rate.name for rate in total_rates(reports)}
    codes = sorted(names)
    driver = {
        "name": "jixiao",
        "version": version("jixiao"),
        "rules": [_rule(code, names[code], lang) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, codes.index(f.code), lang) for f in all_findings(reports)],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _rule(code: str, name: Message, lang: str) -> dict[str, Any]:
    rule = rules()[code]
    described: dict[str, Any] = {"id": code, "shortDescription": {"text": name.in_language(lang)}}
    for key, message in (("fullDescription", rule.why), ("help", rule.advice)):
        if sentence := message.in_language(lang):  # SARIF allows no empty text
            described[key] = {"text": sentence}
    level = {"level": _LEVELS[rule.severity]}
    return described | {"defaultConfiguration": level, "properties": {"certainty": rule.certainty}}


def _result(finding: Finding, rule_index: int, lang: str) -> dict[str, Any]:
    unsure = finding.outcome == "cannot-tell"
    message: str = finding.message.in_language(lang)
    repair = f" → {finding.repair.message.in_language(lang)}" if finding.repair else ""
    logical = {"fullyQualifiedName": finding.focus}
    logical |= {"name": finding.name} if finding.name else {}
    # SARIF has lines of text and no pages: of a printed document the line is the page.
    where = finding.where
    line = (where.line or where.page) if where else None
    physical = {"artifactLocation": {"uri": finding.document}, "region": {"startLine": line or 1}}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "kind": "review" if unsure else "fail",
        "level": "none" if unsure else _LEVELS[finding.severity],
        "message": {"text": message + repair},
        "locations": [{"physicalLocation": physical, "logicalLocations": [logical]}],
        "partialFingerprints": {"jixiao/v1": fingerprint(finding)},
        "properties": {
            "dimension": finding.dimension,
            "evidence": finding.evidence,
            "where": finding.where,
        },
    }
