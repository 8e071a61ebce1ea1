"""Draws an answer as its question's chart: Vega-Lite, rendered without a browser or the network."""

import os
import shutil
import subprocess
from decimal import Decimal
from typing import Any, cast

from jixiao.errors import UsageError
from jixiao.queries import Answer
from jixiao.questions import Question

FONTS = "JIXIAO_FONTS"  # a folder of fonts to draw with, besides the system's
_LOOK = {
    "background": "white",
    "font": "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif",
    "title": {"fontSize": 15, "anchor": "start", "subtitleColor": "#555"},
    "axis": {"labelLimit": 320},
    "legend": {"labelLimit": 320},
    "view": {"continuousWidth": 640},
    "range": {"category": {"scheme": "tableau20"}},
}


def specification(question: Question, answer: Answer, lang: str) -> dict[str, Any]:
    """Return the chart of an answer as Vega-Lite with its data; raises `UsageError`."""
    chart = question.head.chart
    if chart is None:
        raise UsageError("no-chart", query=question.name)
    values = [dict(zip(answer.columns, map(_number, row), strict=True)) for row in answer.rows]
    told = {"text": getattr(question.head.title, lang)}
    return {"title": told, "data": {"values": values}, "config": _LOOK, **_spoken(chart, lang)}


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
