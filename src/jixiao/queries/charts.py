"""Draws the chart of a question with Vega-Lite, without a browser and without the network."""

import os
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from typing import Any, cast

from jixiao.errors import UsageError
from jixiao.messages import message
from jixiao.model.answer import Answer
from jixiao.rdf.code_lists import words
from jixiao.rdf.questions import Question

FONTS = "JIXIAO_FONTS"  # environment variable: a folder of fonts, besides those of the system
_CONFIG = {
    "background": "white",
    "font": "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif",
    "title": {"fontSize": 15, "anchor": "start", "subtitleColor": "#555"},
    "axis": {"labelLimit": 240},
    # A title above its axis overlaps no label; Chinese is not read sideways.
    "axisY": {
        "titleAngle": 0,
        "titleAlign": "right",
        "titleAnchor": "end",
        "titleX": -8,
        "titleY": -8,
    },
    "legend": {"labelLimit": 240},
    "view": {"continuousWidth": 640},
}
_MAX_BARS = 40  # with more, the labels of the axis no longer fit on a page
_FEW_COLOURS = 10  # of the palette tableau10, which is easier to tell apart than tableau20
_WORD_TYPES = ("nominal", "ordinal")  # channels whose values are codes or words
Row = dict[str, Any]


def specification(question: Question, answer: Answer, lang: str) -> dict[str, Any]:
    """Return the chart of an answer as Vega-Lite with its data.

    Args:
        question: The question, whose head describes the chart.
        answer: The rows to draw.
        lang: "zh" or "en", for titles, axes and the names of codes.

    Raises:
        UsageError: The question has no chart.

    """
    if question.head.chart is None:
        raise UsageError("no-chart", query=question.name)
    chart = _in_language(question.head.chart, lang)
    rows = [dict(zip(answer.columns, map(_number, row), strict=True)) for row in answer.rows]
    rows = _folded(chart, rows)
    rows, left_out = _largest(chart, rows)
    title = {"text": chart.pop("title", question.head.title.in_language(lang))}
    if left_out:
        title["subtitle"] = message("chart-left-out", count=left_out).in_language(lang)
    for field, labels in _labels(question, chart, lang).items():
        for row in rows:
            row[field] = labels.get(row[field], row[field])
    # The legend keeps the order in which the question lists its own words.
    for channel in chart.get("encoding", {}).values():
        if listed := question.head.words.get(channel.get("field")):
            channel.setdefault("sort", [label.in_language(lang) for label in listed.values()])
    colours = {row.get(_field(chart, "color")) for row in rows}
    scheme = "tableau10" if len(colours) <= _FEW_COLOURS else "tableau20"
    config = {**_CONFIG, "range": {"category": {"scheme": scheme}}}
    return {"title": title, "data": {"values": rows}, "config": config, **chart}


def _field(chart: dict[str, Any], channel: str) -> str:
    return str(chart.get("encoding", {}).get(channel, {}).get("field", ""))


def _folded(chart: dict[str, Any], rows: list[Row]) -> list[Row]:
    """Make a row of each column that the chart folds.

    Vega-Lite can fold too, but only in the viewer, where the names of columns would stay codes.
    """
    for fold in chart.pop("fold", []):
        name, value = fold["as"]
        rows = [
            {**row, name: column, value: row[column]} for row in rows for column in fold["columns"]
        ]
    return rows


def _largest(chart: dict[str, Any], rows: list[Row]) -> tuple[list[Row], int]:
    """Return the rows of the longest bars, and how many bars are left out."""
    category, length = _field(chart, "y"), _field(chart, "x")
    if chart.get("encoding", {}).get("y", {}).get("sort") != "-x":
        return rows, 0
    lengths = defaultdict[object, float](float)
    for row in rows:
        lengths[row[category]] += row[length] or 0
    kept = set(sorted(lengths, key=lambda bar: -lengths[bar])[:_MAX_BARS])
    return [row for row in rows if row[category] in kept], len(lengths) - len(kept)


def _labels(question: Question, chart: dict[str, Any], lang: str) -> dict[str, dict[object, str]]:
    """Return the labels of the codes in each column of words."""
    channels = chart.get("encoding", {}).values()
    fields = {str(c["field"]) for c in channels if c.get("type") in _WORD_TYPES}
    none = message("chart-none").in_language(lang)
    labels: dict[str, dict[object, str]] = {field: {None: none} for field in fields}
    for field, schemes in question.head.codes.items():
        for scheme in reversed(schemes):  # of a code in several lists, the first list's label wins
            labels[field] |= {c: label.in_language(lang) for c, label in words(scheme).items()}
    for field, listed in question.head.words.items():
        labels[field] |= {code: label.in_language(lang) for code, label in listed.items()}
    return labels


def draw(question: Question, answer: Answer, kind: str, lang: str) -> bytes:
    """Draw the chart of an answer.

    Args:
        question: The question, whose head describes the chart.
        answer: The rows to draw.
        kind: "png" or "svg".
        lang: "zh" or "en".

    Raises:
        UsageError: The question has no chart, the extra `charts` is not installed, or no font has
            Chinese characters.

    """
    chart = specification(question, answer, lang)
    try:
        import vl_convert
    except ImportError as error:
        raise UsageError("charts-missing") from error
    if folder := os.environ.get(FONTS):
        vl_convert.register_font_directory(folder)
    # No base URL is allowed: a chart of a user's query must not fetch anything.
    if kind == "svg":
        return vl_convert.vegalite_to_svg(chart, allowed_base_urls=[]).encode()
    if not folder and not _has_chinese_font():
        raise UsageError("no-chinese-font", variable=FONTS)
    return vl_convert.vegalite_to_png(chart, scale=2, allowed_base_urls=[])


def _has_chinese_font() -> bool:
    """Tell whether fontconfig lists a Chinese font; without fontconfig, assume it."""
    program = shutil.which("fc-list")
    return program is None or bool(subprocess.check_output([program, ":lang=zh", "family"]))


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value  # JSON has no exact decimals


def _in_language(part: Any, lang: str) -> Any:
    """Return a part of a chart with each `{zh, en}` in it replaced by its text in one language."""
    if isinstance(part, dict):
        entries = cast("dict[str, Any]", part)
        if set(entries) == {"zh", "en"}:
            return entries[lang]
        return {name: _in_language(value, lang) for name, value in entries.items()}
    if isinstance(part, list):
        return [_in_language(value, lang) for value in part]  # pyright: ignore[reportUnknownVariableType]
    return part
