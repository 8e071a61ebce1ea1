# The library below has no types; values are typed where they leave it.
# pyright: basic
"""Reads the image of a page: recognises its characters and detects its ruling lines."""

import logging
import os
import re
from functools import cache
from importlib import import_module
from itertools import pairwise
from statistics import median
from typing import Any

import cv2
import numpy as np
from PIL.Image import Image

from jixiao.documents.pdf.characters import Glyph, Page, glyphs
from jixiao.model.record import Box

MOST = 0.99  # the highest confidence: no recognised character is certain
_ACROSS, _DOWN = (
    20.0,
    13.0,
)  # points: a longer run of ink is a ruling line, not a stroke of a character
_THICK = 3.0  # points: a thicker run of ink is no ruling line
_PALE = 0.45  # of the way from the ink threshold to white: anything lighter is no ink
_SKEW = 3.0  # degrees: the largest skew that is corrected
_FLAT = 5.0  # points: shorter than the steps in which a thin line with that skew is drawn
_BASE = 0.14  # of a line's height, from its bottom to the baseline
_LOW = 0.5  # confidence: recognised text below it is noise
_LOOSE = 1.15  # of their pitch: the size of characters, because their places are imprecise

_HAN = re.compile(r"[\u4e00-\u9fff]")
_BRACKETED = re.compile(r"[(（].*[A-Za-z].*[)）]")
_WIDE = str.maketrans("()", "（）")


def page(image: Image, number: int, dpi: float) -> Page:
    """Return the marks in the image of a page.

    Args:
        image: The page in RGB.
        number: The page's number.
        dpi: The image's resolution, which gives the page's size in points.

    Returns:
        The page, straightened if it was skewed by up to 3 degrees.
    """
    straight, skew = _straightened(np.asarray(image), dpi)
    picture = _clear(straight)
    scale = 72 / dpi
    _, ink = _threshold(picture)
    rulings = [*_lines(ink, dpi, across=True), *_lines(ink, dpi, across=False)]
    characters = [glyph for words in _recognised(picture) for glyph in _characters(words, scale)]
    boxes: list[Box] = [
        (x0 * scale, y0 * scale, x1 * scale, y1 * scale) for x0, y0, x1, y1 in rulings
    ]
    height, width = picture.shape[:2]
    return Page(number, width * scale, height * scale, glyphs(characters), boxes, 0, 1.0, skew=skew)


@cache
def _engine() -> Any:
    """Return the recogniser, loaded once, with the models that its package contains.

    It uses as many threads as OMP_NUM_THREADS says, as other numeric libraries do, or one for each
    core. If several processes recognise at once, more than one thread each only wait in turns.
    """
    # From 1.29 on, onnxruntime reports its use to its maker and leaves a device number in the home
    # folder. It reads this variable once, when it is imported; on Windows only the call helps.
    # https://github.com/microsoft/onnxruntime/pull/27379
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    runtime: Any = import_module("onnxruntime")  # it is not typed
    runtime.disable_telemetry_events()
    from rapidocr import RapidOCR

    settings: dict[str, Any] = {"Global.log_level": "error", "Global.max_side_len": 4000}
    if (threads := os.environ.get("OMP_NUM_THREADS", "")).isdecimal():
        settings["EngineConfig.onnxruntime.intra_op_num_threads"] = int(threads)
    engine = RapidOCR(params=settings)
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return engine


def _threshold(picture: Any) -> tuple[float, Any]:
    """Return the grey level that separates ink from paper (Otsu's method), and the ink."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)


def _clear(picture: Any) -> Any:
    """Turn pale pixels white: watermarks, which the recogniser would read, and the paper."""
    threshold, _ = _threshold(picture)
    light = picture.min(axis=2) > threshold + _PALE * (255 - threshold)
    return np.where(light[:, :, None], np.uint8(255), picture)


def _lines(ink: Any, dpi: float, *, across: bool) -> list[tuple[float, float, float, float]]:
    """Return the boxes of long thin runs of ink in pixels, each reduced to its middle line."""
    length = round((_ACROSS if across else _DOWN) * dpi / 72)
    kernel = np.ones((1, length) if across else (length, 1), np.uint8)
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
    _, _, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    lines = list[tuple[float, float, float, float]]()
    for x, y, width, height, _ in stats[1:].tolist():
        if (height if across else width) > _THICK * dpi / 72:
            continue
        if across:
            lines.append((x, y + height / 2, x + width, y + height / 2))
        else:
            lines.append((x + width / 2, y, x + width / 2, y + height))
    return lines


def _straightened(picture: Any, dpi: float) -> tuple[Any, float]:
    """Return a slightly skewed page straightened, and its skew in degrees.

    The skew is the median angle of the page's long lines, of which a form has many.
    """
    flat = np.ones((1, round(_FLAT * dpi / 72)), np.uint8)
    _, ink = _threshold(picture)
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, flat)  # removes most characters
    length = round(150 * dpi / 72)
    lines = cv2.HoughLinesP(runs, 1, np.pi / 1800, length, minLineLength=length, maxLineGap=8)
    if lines is None:
        return picture, 0.0
    x0, y0, x1, y1 = lines.reshape(-1, 4).T.astype(float)
    angles = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    angles = angles[np.abs(angles) < _SKEW]
    angle = float(np.median(angles)) if len(angles) else 0.0
    if abs(angle) < 0.05:
        return picture, 0.0
    height, width = picture.shape[:2]
    rotation = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(picture, rotation, (width, height), borderValue=(255, 255, 255)), angle


_Word = tuple[str, float, list[list[int]]]


def _recognised(picture: Any) -> list[tuple[_Word, ...]]:
    """Return the words of each recognised line: text, confidence, corners in pixels."""
    result = _engine()(picture, use_cls=False, return_word_box=True, return_single_char_box=True)
    if result.txts is None:
        return []
    lines = zip(result.word_results, result.scores, strict=True)
    return [_wide_brackets(words) for words, score in lines if score >= _LOW]


def _wide_brackets(words: tuple[_Word, ...]) -> tuple[_Word, ...]:
    """Return a line of Chinese with full-width brackets: the recogniser mixes up the widths."""
    text = "".join(word for word, _, _ in words)
    if not _HAN.search(text) and not _BRACKETED.fullmatch(text.strip()):
        return words
    return tuple((word.translate(_WIDE), score, corners) for word, score, corners in words)


def _characters(words: tuple[_Word, ...], scale: float) -> list[Glyph]:
    """Return the characters of a line; their size is estimated from their distance."""
    characters = list[Glyph]()
    starts = [corners[0][0] * scale for _, _, corners in words]
    pitch = median([b - a for a, b in pairwise(starts)] or [0.0])
    for word, confidence, corners in words:
        x0, x1 = corners[0][0] * scale, corners[1][0] * scale
        top, bottom = corners[0][1] * scale, corners[2][1] * scale
        baseline, size = bottom - _BASE * (bottom - top), max((bottom - top) * 0.8, pitch * _LOOSE)
        step = (x1 - x0) / max(len(word), 1)
        characters += [
            Glyph(char, x0 + i * step, x0 + (i + 1) * step, baseline, size, min(confidence, MOST))
            for i, char in enumerate(word)
            if not char.isspace()
        ]
    return characters
