"""The JSON-LD context that is published with the ontology."""

import json
from typing import Any, cast

from jixiao.config import folder


def context() -> dict[str, Any]:
    """Return the terms of `ontology/context.jsonld`, the value of its `@context`."""
    text = (folder("ontology") / "context.jsonld").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text)["@context"])
