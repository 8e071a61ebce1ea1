"""Renders pages from the templates."""

from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from jixiao.messages import texts
from jixiao.model.money import wan
from jixiao.rdf.namespaces import HOME

_SEVERITIES = ("error", "warning", "info")


def render(template: str, lang: str, root: str = "", **values: object) -> str:
    """Return a page as HTML.

    Args:
        template: The name of a file in `templates/`.
        lang: The language of the page, "zh" or "en".
        root: The prefix of its links: "/try" for a visitor's upload.
        values: What the template shows. It must have all of them: a missing one is an error.

    """
    return _environment(lang).get_template(template).render(root=root, **values)


def compile_templates() -> None:
    """Compile all templates, so that no page waits for it."""
    for lang in ("zh", "en"):
        for file in (files("jixiao.server") / "templates").iterdir():
            _environment(lang).get_template(file.name)


@cache
def _environment(lang: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "translate": partial(_translate, lang),
        "wan": partial(wan, grouped=True),
        "address": _address,
        "anchor": _anchor,
        "number": _number,
        "tenth": _tenth,
    }
    environment.filters.update(filters)
    variables: dict[str, Any] = {
        "lang": lang,
        "severities": _SEVERITIES,
        "t": texts("workbench", lang),
    }
    environment.globals.update(variables)
    return environment


def _template(name: str) -> str:
    return (files("jixiao.server") / "templates" / name).read_text(encoding="utf-8")


def _translate(lang: str, texts: object) -> str:
    """Return a text of an object that has it in both languages: a message, a parameter."""
    return str(getattr(texts, lang))


def _address(iri: str) -> str:
    return quote(iri.removeprefix(HOME))


def _anchor(iri: str) -> str:
    return iri.rpartition("/")[2]


def _tenth(share: tuple[int, int]) -> int:
    """Return a share in tenths, 0 to 10: the shade of a cell."""
    return round(10 * share[0] / share[1]) if share[1] else 0


def _number(value: int | Decimal) -> str:
    return f"{value:,}"
