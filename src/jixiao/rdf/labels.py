"""Texts of the graph in the reader's language: written and chosen here only.

Texts are tagged "zh-Hans" or "en" when they are written. A store may give the tag back in lower
case, and other vocabularies use "zh" or "zh-CN": a language is matched by how its tag begins.
"""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from jixiao.model.message import Message
from jixiao.rdf.terms import Term, Triple, zh


def in_both_languages(
    subject: NamedNode, predicate: NamedNode, message: Message
) -> Iterator[Triple]:
    """Yield a message as two values of a property, in Chinese and in English."""
    yield subject, predicate, zh(message.zh)
    yield subject, predicate, Literal(message.en, language="en")


def read_message(terms: Iterable[Term]) -> Message:
    """Return the values of a property as a message; a language without a text is blank."""
    texts = {(t.language or "")[:2].lower(): t.value for t in terms if isinstance(t, Literal)}
    return Message(zh=texts.get("zh", ""), en=texts.get("en", ""))


def language_rank(term: Term, lang: str) -> tuple[bool, str]:
    """Return what terms are sorted by: those in the language first, then by their text.

    Args:
        term: a text, or an IRI, which is in no language.
        lang: "zh" or "en".

    """
    tag = (term.language or "") if isinstance(term, Literal) else ""
    return not tag.lower().startswith(lang), term.value


def text_in_language(terms: Iterable[Term], lang: str) -> str:
    """Return the text in the language, or in any if there is none; "" without texts.

    Args:
        terms: the values of a property, in any order.
        lang: "zh" or "en".

    """
    best = min(terms, key=lambda term: language_rank(term, lang), default=None)
    return best.value if best else ""
