"""Maps targets (指标值): their bounds, dates or words, and what was stated."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from jixiao.model.record import Target
from jixiao.rdf.dates import date_or_none
from jixiao.rdf.namespaces import JX, RDF
from jixiao.rdf.terms import (
    Triple,
    boolean,
    code_or_none,
    decimal_or_none,
    describe,
    text_or_none,
    true_or_none,
)

_TARGET_CLASSES = {
    "number": JX.NumericTarget,
    "range": JX.RangeTarget,
    "date": JX.DateTarget,
    "recurring": JX.RecurringTarget,
    "grade": JX.QualitativeTarget,
    "text": JX.UngradedTarget,
}


def map_target(node: NamedNode, stated: str, target: Target | None) -> Iterator[Triple]:
    """Yield a target.

    Args:
        node: its IRI.
        stated: the words it is printed as.
        target: what they mean, None if that is not known.

    """
    yield node, RDF.type, _TARGET_CLASSES[target.kind] if target else JX.UnparsedTarget
    yield node, JX.stated, Literal(stated)
    if target is None:
        return
    lower, upper = target.lower, target.upper
    recurring = target.kind == "recurring"
    yield from describe(
        node,
        (JX.comparator, code_or_none("comparator", target.comparator)),
        (JX.lowerBound, decimal_or_none(lower)),
        (JX.lowerInclusive, None if lower is None else boolean(target.comparator != "gt")),
        (JX.upperBound, decimal_or_none(upper)),
        (JX.upperInclusive, None if upper is None else boolean(target.comparator != "lt")),
        (JX.unit, code_or_none("unit", target.unit)),
        (JX.recurringPer if recurring else JX.perUnit, text_or_none(target.per)),
        (JX.approximate, true_or_none(target.approximate)),
        (JX.recurringDay if recurring else JX.date, date_or_none(target.date)),
    )
