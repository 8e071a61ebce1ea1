"""Problems that end a request: a code, an HTTP status, and a sentence (RFC 9457)."""

import msgspec
from pyoxigraph import NamedNode

from jixiao.messages import message

MEDIA_TYPE = "application/problem+json"
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


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """The reason why a request is not answered.

    Args:
        code: The code of a sentence in `messages.toml`, without its prefix "problem-".
        fields: The fields of that sentence.

    """

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code, self.fields = code, fields
        self.status = _STATUS.get(code, 400)

    def text(self, lang: str) -> str:
        """Return the sentence in a language, "zh" or "en"."""
        return message(f"problem-{self.code}", **self.fields).in_language(lang)

    def to_json(self, lang: str) -> bytes:
        """Return the problem as `application/problem+json`."""
        return msgspec.json.encode(
            {
                "type": f"/problems#{self.code}",
                "title": self.code,
                "status": self.status,
                "detail": self.text(lang),
            }
        )


def parse_iri(iri: str) -> NamedNode:
    """Return the node of an IRI that a client sent.

    Raises:
        Problem: "bad-iri", if it is not a valid absolute IRI.

    """
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise Problem("bad-iri", reason=error) from error
