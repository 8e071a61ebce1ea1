"""Findings, places and amounts in words, as several reports print them."""

from jixiao.messages import message
from jixiao.model.finding import Finding
from jixiao.model.record import Where


def named_message(finding: Finding, lang: str) -> str:
    """Return the message of a finding in one language, after the name of what it is about."""
    sentence: str = finding.message.in_language(lang)
    return f"“{finding.name}”: {sentence}" if finding.name else sentence


def place_text(where: Where | None, lang: str) -> str:
    """Return a place in words: the page, the line, or the path; blank without a place."""
    if where is None:
        return ""
    for code, value in (("page", where.page), ("line", where.line), ("path", where.path)):
        if value is not None:
            return message(f"place-{code}", value=value).in_language(lang)
    return ""
