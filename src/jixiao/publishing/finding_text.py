"""Findings, places and amounts in words, as several reports print them."""

from decimal import Decimal

from jixiao.messages import message
from jixiao.model.finding import Finding
from jixiao.model.record import Where


def named_message(finding: Finding, lang: str) -> str:
    """Return the message of a finding in one language, after the name of what it is about."""
    sentence: str = getattr(finding.message, lang)
    return f"“{finding.name}”: {sentence}" if finding.name else sentence


def place_text(where: Where | None, lang: str) -> str:
    """Return a place in words: the page, the line, or the path; blank without a place."""
    if where is None:
        return ""
    for code, value in (("page", where.page), ("line", where.line), ("path", where.path)):
        if value is not None:
            return str(getattr(message(f"place-{code}", value=value), lang))
    return ""


def wan(yuan: Decimal) -> str:
    """Return an amount of yuan in ten thousand yuan (万元), the unit that disclosures print."""
    return f"{(yuan / 10000).normalize():f}"
