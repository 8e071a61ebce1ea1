"""TODO docstring of publishing.finding_text."""

from jixiao.messages import message
from jixiao.model.finding import Finding
from jixiao.model.record import Where


def told(finding: Finding, lang: str) -> str:
    """Return what was found, after the name of what it was found in."""
    message_text = finding.message.in_language(lang)
    return f"“{finding.name}”: {message_text}" if finding.name else message_text


def place_text(where: Where | None, lang: str) -> str:
    """Return a place in words: the page, the line, or the path."""
    if where is None:
        return ""
    for code, value in (("page", where.page), ("line", where.line), ("path", where.path)):
        if value is not None:
            return message(f"place-{code}", value=value).in_language(lang)
    return ""
