"""What the user states about a paper: a row of the manifest of a build."""

from hashlib import sha256

import msgspec

from jixiao.model.record import BodyKind, DocumentKind, Region


class ManifestRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is stated about one paper; what a row leaves blank is None.

    `published` is a year, a month or a day ("2024", "2024-02", "2024-02-15"). `words` has each
    value as it was written, by field.
    """

    department: str | None = None
    department_code: str | None = None
    body_kind: BodyKind | None = None
    region: Region | None = None
    fiscal_year: int | None = None
    kind: DocumentKind | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    licence: str | None = None
    words: dict[str, str] = {}

    def digest(self) -> str:
        """Return a digest of all that is stated: a document is mapped again when it changes."""
        stated = msgspec.structs.replace(self, words=dict(sorted(self.words.items())))
        return sha256(msgspec.json.encode(stated)).hexdigest()[:10]
