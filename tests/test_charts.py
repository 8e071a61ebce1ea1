"""Charts: what a question declares is drawn, offline, with Chinese type."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from tests.answers import ROOT, Answers

from jixiao.errors import UsageError
from jixiao.model.answer import Answer
from jixiao.queries.catalogue import question
from jixiao.queries.charts import draw, specification
from jixiao.queries.formats import answer
from jixiao.rdf.code_lists import words
from jixiao.rdf.questions import questions, read
from jixiao.store.store import Store

DRAWN = [known.name for known in questions() if known.head.chart]


@pytest.fixture(scope="module")
def picture(corpus: Store) -> Callable[[str, str], str]:
    """Draw the answer to a question in a language, each once."""

    @cache
    def drawn(name: str, lang: str) -> str:
        return answer(corpus, name, {}, "svg", lang).decode()

    return drawn


def test_a_good_part_of_the_questions_have_a_chart() -> None:
    assert len(DRAWN) >= 10


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chart_is_drawn_of_the_rows(
    name: str, lang: str, picture: Callable[[str, str], str], answers: Answers
) -> None:
    svg, drawn = picture(name, lang), specification(question(name), answers(name), lang)
    title = str(drawn["title"]["text"])
    assert "<svg" in svg and title[:20].replace("&", "&amp;") in svg
    fields = re.findall(r'"field": "(\w+)"', json.dumps(drawn["encoding"]))
    assert fields and all(set(fields) <= set(value) for value in drawn["data"]["values"])
    assert svg.count('aria-roledescription="') > 5 or svg.count("<path") > 5


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_chart_shows_a_bare_code(
    name: str, lang: str, picture: Callable[[str, str], str], answers: Answers
) -> None:
    """What is written beside axes and in legends are words of the language asked for."""
    codes = {"Violation", "Warning", "Info", None} | {
        code for scheme in _schemes() for code in words(scheme)
    }
    said = {getattr(m, lang) for scheme in _schemes() for m in words(scheme).values()}
    drawn = specification(question(name), answers(name), lang)
    for channel in drawn["encoding"].values():
        if channel.get("type") in ("nominal", "ordinal"):
            shown = {value[channel["field"]] for value in drawn["data"]["values"]}
            assert bool(shown) == bool(answers(name).rows)
            assert not (shown & codes) - said
    assert "null" not in re.findall(r">([^<]*)</text>", picture(name, lang))


def _schemes() -> list[str]:
    files = (ROOT / "ontology" / "codes").glob("*.ttl")
    return [file.stem.replace("indicator-", "indicator/") for file in files]


def test_severities_stand_in_their_order(answers: Answers) -> None:
    name = "findings-by-dimension"
    drawn = specification(question(name), answers(name), "en")
    assert drawn["encoding"]["color"]["sort"] == ["error", "warning", "note"]


def _bars(count: int) -> Answer:
    return Answer(("name", "n"), tuple((f"甲{i:03}", count - i) for i in range(count)))


def test_the_longest_bars_are_drawn_and_the_rest_counted() -> None:
    head = """#: title.zh = "甲"
#: title.en = "a"
#: chart.mark = "bar"
#: chart.title = { zh = "乙", en = "b" }
#: chart.encoding.x = { field = "n", type = "quantitative" }
#: chart.encoding.y = { field = "name", type = "nominal", sort = "-x" }
"""
    few = specification(read("mine", head), _bars(40), "en")
    assert few["title"] == {"text": "b"} and len(few["data"]["values"]) == 40
    many = specification(read("mine", head), _bars(43), "en")
    assert many["title"]["subtitle"] == "largest only; 3 more are not shown"
    assert [value["n"] for value in many["data"]["values"]] == list(range(43, 3, -1))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_title_of_an_axis_stands_beside_no_label(lang: str, corpus: Store) -> None:
    """It lies on top, where labels of any length end left of the axis and below it."""
    picture = answer(corpus, "near-duplicates", {}, "svg", lang).decode()
    told = {"zh": "雷同的指标", "en": "near-duplicates"}[lang]
    place = re.search(rf'translate\(([-\d.]+),([-\d.]+)\)"[^>]*>{told}</text>', picture)
    assert place and float(place[2]) < 0


def _title(text: str) -> bytes:
    """Return the pixels of a chart's title."""
    head = f'#: title.zh = "{text}"\n#: title.en = "x"\n#: chart.mark = "bar"\n'
    picture = draw(read("mine", head), Answer(("a",), ((1,),)), "png", "zh")
    with Image.open(io.BytesIO(picture)) as drawn:
        return drawn.convert("L").crop((0, 0, drawn.width, 60)).tobytes()


def test_a_picture_has_chinese_type() -> None:
    """Other characters are other strokes: they are not all drawn as the same empty box."""
    assert _title("绩效指标") == _title("绩效指标") != _title("预算支出")


def test_a_question_without_a_chart_says_so(corpus: Store) -> None:
    with pytest.raises(UsageError, match="where-printed"):
        answer(corpus, "where-printed", {}, "png", "en")


def test_the_command_writes_a_picture(corpus_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    told = ["query", "percent-targets", "--store", str(corpus_folder), "--format", "png"]
    command = [sys.executable, "-m", "jixiao", *told, "-o", str(path)]
    subprocess.run(command, check=True)
    with Image.open(path) as picture:
        assert picture.format == "PNG" and picture.width > 600
