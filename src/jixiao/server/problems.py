"""What goes wrong, as `application/problem+json` (RFC 9457)."""

import msgspec
from pyoxigraph import NamedNode

from jixiao.messages import message

TYPE = "application/problem+json"
_STATUS = {
    "busy": 503,
    "died": 503,
    "unavailable": 503,
    "foreign-host": 421,
    "fault": 500,
    "too-slow": 504,
    "too-long": 422,
    "not-found": 404,
    "gone": 410,
    "read-only": 403,
    "no-service": 403,
    "method": 405,
    "media-type": 415,
    "not-acceptable": 406,
    "body-too-long": 413,
    "sent-too-slowly": 408,
}


class Problem(Exception):  # noqa: N818 - the RFC's word
    """A request that is not answered: a code of `messages.toml`, after "problem-"."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code, self.fields = code, fields
        self.status = _STATUS.get(code, 400)

    def told(self, lang: str) -> str:
        """Return what is wrong, in words."""
        return message(f"problem-{self.code}", **self.fields).in_language(lang)

    def body(self, lang: str) -> bytes:
        """Return the problem as RFC 9457 writes it."""
        return msgspec.json.encode(
            {
                "type": f"/problems#{self.code}",
                "title": self.code,
                "status": self.status,
                "detail": self.told(lang),
            }
        )


def named(iri: str) -> NamedNode:
    """Return an IRI as a node; raises `Problem` for what is none."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise Problem("bad-iri", reason=error) from error
