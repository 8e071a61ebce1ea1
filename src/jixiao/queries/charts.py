"""Draws an answer as its question's chart: Vega-Lite, rendered without a browser or the network."""

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

FONTS = "JIXIAO_FONTS"  # a folder of fonts to draw with, besides the system's
_LOOK = {
    "background": "white",
    "font": "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif",
    "title": {"fontSize": 15, "anchor": "start", "subtitleColor": "#555"},
    "axis": {"labelLimit": 240},
    # On top of its axis, a title stands beside no label.
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
_MOST_BARS = 40
_FEW_COLOURS = 10
_CHANNELS = ("nominal", "ordinal")  # whose values are words


def specification(question: Question, answer: Answer, lang: str) -> dict[str, Any]:
    """Return the chart of an answer as Vega-Lite with its data; raises `UsageError`."""
    chart = question.head.chart
    if chart is None:
        raise UsageError("no-chart", query=question.name)
    spoken = _spoken(chart, lang)
    values = [dict(zip(answer.columns, map(_number, row), strict=True)) for row in answer.rows]
    values = _folded(spoken, values)
    values, left_out = _largest(spoken, values)
    title = {"text": spoken.pop("title", question.head.title.in_language(lang))}
    if left_out:
        title["subtitle"] = message("chart-left-out", count=left_out).in_language(lang)
    for field, known in _words(question, spoken, lang).items():
        for value in values:
            value[field] = known.get(value[field], value[field])
    _order(question, spoken, lang)
    colours = {value.get(_field(spoken, "color")) for value in values}
    scheme = "tableau10" if len(colours) <= _FEW_COLOURS else "tableau20"
    config = {**_LOOK, "range": {"category": {"scheme": scheme}}}
    return {"title": title, "data": {"values": values}, "config": config, **spoken}


def _field(chart: dict[str, Any], channel: str) -> str:
    return str(chart.get("encoding", {}).get(channel, {}).get("field", ""))


def _folded(chart: dict[str, Any], values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a value for each of the columns that a chart folds, so that each is said in words."""
    for fold in chart.pop("fold", []):
        name, counted = fold["as"]
        values = [
            {**v, name: column, counted: v[column]} for v in values for column in fold["columns"]
        ]
    return values


def _largest(
    chart: dict[str, Any], values: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], int]:
    """Return the values of the longest bars, and how many bars are left out."""
    down, along = _field(chart, "y"), _field(chart, "x")
    if chart.get("encoding", {}).get("y", {}).get("sort") != "-x":
        return values, 0
    lengths = defaultdict[object, float](float)
    for value in values:
        lengths[value[down]] += value[along] or 0
    kept = set(sorted(lengths, key=lambda bar: -lengths[bar])[:_MOST_BARS])
    return [value for value in values if value[down] in kept], len(lengths) - len(kept)


def _words(question: Question, chart: dict[str, Any], lang: str) -> dict[str, dict[object, str]]:
    """Return what the values of each column of words are called in a language."""
    named = chart.get("encoding", {}).values()
    fields = {str(c["field"]) for c in named if c.get("type") in _CHANNELS}
    none = message("chart-none").in_language(lang)
    found: dict[str, dict[object, str]] = {field: {None: none} for field in fields}
    for field, schemes in question.head.codes.items():
        for scheme in reversed(schemes):
            found[field] |= {code: said.in_language(lang) for code, said in words(scheme).items()}
    for field, known in question.head.words.items():
        found[field] |= {code: said.in_language(lang) for code, said in known.items()}
    return found


def _order(question: Question, chart: dict[str, Any], lang: str) -> None:
    """Put the legend in the order in which the question's own words are given."""
    for channel in chart.get("encoding", {}).values():
        known = question.head.words.get(channel.get("field"))
        if known:
            channel.setdefault("sort", [said.in_language(lang) for said in known.values()])


def draw(question: Question, answer: Answer, kind: str, lang: str) -> bytes:
    """Return the chart as "png" or "svg"; raises `UsageError` where it cannot be drawn."""
    wanted = specification(question, answer, lang)
    try:
        import vl_convert
    except ImportError as error:
        raise UsageError("charts-missing") from error
    if folder := os.environ.get(FONTS):
        vl_convert.register_font_directory(folder)
    if kind == "svg":
        return vl_convert.vegalite_to_svg(wanted, allowed_base_urls=[]).encode()
    if not folder and not _has_chinese_font():
        raise UsageError("no-chinese-font", variable=FONTS)
    return vl_convert.vegalite_to_png(wanted, scale=2, allowed_base_urls=[])


def _has_chinese_font() -> bool:
    """Tell whether the system has one, as fontconfig says; where there is none, it is believed."""
    program = shutil.which("fc-list")
    return program is None or bool(subprocess.check_output([program, ":lang=zh", "family"]))


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _spoken(part: Any, lang: str) -> Any:
    """Return a part of a chart with what is said in both languages said in one."""
    if isinstance(part, dict):
        known = cast("dict[str, Any]", part)
        if set(known) == {"zh", "en"}:
            return known[lang]
        return {name: _spoken(value, lang) for name, value in known.items()}
    if isinstance(part, list):
        return [_spoken(value, lang) for value in part]  # pyright: ignore[reportUnknownVariableType]
    return part
