"""Builds the problems of a record: what the document says but could not be read with certainty."""

from jixiao.messages import message
from jixiao.model.record import Problem, Where


def problem(code: str, where: Where | None, **fields: object) -> Problem:
    """Return a problem with its message.

    Args:
        code: A key of `messages.toml`.
        where: The place in the document, None for the document as a whole.
        fields: The values of the message's placeholders.
    """
    return Problem(code, message(code, **fields), where)
