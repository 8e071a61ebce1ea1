"""Plain values as pandas tables, for notebooks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jixiao.errors import UsageError
from jixiao.model.answer import Answer
from jixiao.model.finding import Finding, Report
from jixiao.model.record import Record

if TYPE_CHECKING:
    import pandas


def frame(value: Answer | Report | Record) -> "pandas.DataFrame":
    """Return an answer's rows, a report's findings, or a record's indicators as a table.

    Money and other exact numbers stay `Decimal`. Raises `UsageError` where pandas is missing.
    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError("pandas-missing") from error
    if isinstance(value, Answer):
        return pandas.DataFrame(list(value.rows), columns=list(value.columns))
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
