"""Plain values as pandas data frames, for notebooks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jixiao.errors import UsageError
from jixiao.model.answer import Answer
from jixiao.model.finding import Finding, Report
from jixiao.model.record import Record

if TYPE_CHECKING:
    import pandas


def frame(value: Answer | Report | Record) -> "pandas.DataFrame":
    """Return plain values as a pandas data frame.

    Args:
        value: An answer, a report or a record.

    Returns:
        A row for each row of the answer, finding of the report, or indicator of the record's
        projects. Money and other exact numbers stay `Decimal`: a float would round 分.

    Raises:
        UsageError: pandas is not installed.

    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError("pandas-missing") from error
    if isinstance(value, Answer):
        return value.to_pandas()
    if isinstance(value, Report):
        return pandas.DataFrame([_finding(finding) for finding in value.findings])
    return pandas.DataFrame(list(_indicators(value)))


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "outcome": finding.outcome,
        "dimension": finding.dimension.rpartition("/")[2],
        "name": finding.name,
        "zh": finding.message.zh,
        "en": finding.message.en,
        "page": finding.where.page if finding.where else None,
        "document": finding.document,
    }


def _indicators(record: Record) -> Iterator[dict[str, Any]]:
    for project in record.projects:
        for indicator in project.indicators:
            target = indicator.target
            yield {
                "order": project.order,
                "project": project.name,
                "level1": indicator.level1,
                "level2": indicator.level2,
                "level3": indicator.level3,
                "category": indicator.category,
                "description": indicator.description,
                "value": indicator.value,
                "comparator": target.comparator if target else None,
                "lower": target.lower if target else None,
                "upper": target.upper if target else None,
                "unit": target.unit if target else None,
                "basis": indicator.basis,
                "page": indicator.where.page,
            }
